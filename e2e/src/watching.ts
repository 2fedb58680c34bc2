// Watching as a person does, and what the dashboard's player says of the page on its stage.

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { type Api, eventually, type ReplayManifest } from "./api";

export const player = (page: Page): Locator => page.getByRole("region", { name: "Replay" });
export const slider = (page: Page): Locator => page.getByRole("slider", { name: "Moment" });

/** What the bar shows of each tab. */
export const lanes = (page: Page): Locator => player(page).locator('[class*="_lane_"]');

/** The playhead, Unix ms. */
export const momentOf = async (page: Page): Promise<number> => Number(await slider(page).inputValue());

/** Waits until the page of a moment is on the stage, and all is still. */
export async function untilShown(page: Page): Promise<void> {
  await page.getByTitle("The page as it was").waitFor();
  await eventually(async () => {
    await expectNote(page, "Reading the replay", false);
    expect(
      await player(page)
        .getByText(/\d+ × \d+/)
        .count(),
    ).toBeGreaterThan(0);
  });
}

/** Opens the replay of a session at a moment. */
export async function openReplay(page: Page, session: string, at: number): Promise<void> {
  await page.goto(`${session}?at=0`);
  await slider(page).waitFor();
  await seekTo(page, at);
  await untilShown(page);
}

/** Whether the player says something of what it shows. */
export async function expectNote(page: Page, text: string | RegExp, isThere = true): Promise<void> {
  const n = await player(page).getByText(text).count();
  if (isThere) expect(n).toBeGreaterThan(0);
  else expect(n).toBe(0);
}

/** Moves the slider to a moment, as dragging it does. */
export const seekTo = (page: Page, at: number): Promise<void> =>
  slider(page).evaluate((input, value) => {
    // React listens to the setter of the instance.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, String(value));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, at);

/** The document that is rebuilt: of the frame within the player's frame. */
export async function rebuilt(page: Page) {
  const outer = await (await page.getByTitle("The page as it was").elementHandle())?.contentFrame();
  const inner = outer?.childFrames()[0];
  if (!outer || !inner) throw new Error("there is no page on the stage");
  return { outer, inner };
}

/** What there is of a session to be watched, as soon as the server has it up to a moment of the recorded page's clock. */
export function untilReplayed(api: Api, id: string, until: number): Promise<ReplayManifest> {
  return eventually(async () => {
    const manifest = await api.replay(id);
    const ends = manifest.tabs.flatMap(({ chunks }) => chunks.map(({ end, clock_skew_ms }) => end - clock_skew_ms));
    expect(Math.max(...ends)).toBeGreaterThanOrEqual(until);
    return manifest;
  }, 30_000);
}
