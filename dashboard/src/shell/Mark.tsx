/** The product's mark: a path between two points. */

export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--mark)" />
      <path
        d="M9 24.5h8.7a4.6 4.6 0 0 0 0-9.2h-3.4a4.3 4.3 0 0 1 0-8.6H23"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
      />
      <circle cx="9" cy="24.5" r="3" fill="#fff" />
      <circle cx="23" cy="6.7" r="3" fill="#fff" />
    </svg>
  )
}
