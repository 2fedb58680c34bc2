// Reading the dashboard as a person does: what stands in the rows of its list and of a timeline.

import type { Locator, Page } from "playwright-core";

export const sessionRows = (page: Page): Locator =>
  page.getByRole("table", { name: "Sessions" }).locator("[data-index]");

export const timelineRows = (page: Page): Locator =>
  page.getByRole("region", { name: "Timeline" }).locator("[data-index]");

/** The words of each row that is in the document, without its times and figures. */
export function timelineLines(page: Page): Promise<string[]> {
  return timelineRows(page).evaluateAll((rows) =>
    rows
      .sort((a, b) => Number(a.getAttribute("data-index")) - Number(b.getAttribute("data-index")))
      // The line itself comes before what is told beside it, such as an error's message.
      .map((row) => row.querySelector("[data-row-toggle] > :nth-child(4) > :first-child")?.textContent ?? ""),
  );
}
