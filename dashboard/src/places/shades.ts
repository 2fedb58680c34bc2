/** How dark a country is: five shades by the root of its sessions, so that a small one beside a large one is still seen. */

export const SHADES = 5

/** From 1 to {@link SHADES}; 0 for nothing. */
export function shadeOf(sessions: number, most: number): number {
  if (sessions <= 0 || most <= 0) return 0
  return Math.max(1, Math.ceil(Math.sqrt(sessions / most) * SHADES))
}
