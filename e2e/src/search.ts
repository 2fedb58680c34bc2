// Searching as a person does: the field on top of the dashboard, its chips, and what the list then says.

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "./api";

export const searchField = (page: Page): Locator => page.getByRole("combobox", { name: "Search sessions" });

/** The parts of the search, as they are read on its chips. */
export const chips = (page: Page): Promise<string[]> =>
  page.getByRole("list", { name: "Parts of the search" }).locator("[data-chip]").allInnerTexts();

/** Writes a search in place of the one there is, and runs it. */
export async function typeSearch(page: Page, text: string): Promise<void> {
  await page.keyboard.press("/");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

/** Opens the menu of common filters; `field` then is one whose values are chosen. */
export async function openFilters(page: Page, field?: string): Promise<Locator> {
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const menu = page.getByRole("dialog", { name: "Filter" });
  await menu.waitFor();
  if (field) await menu.getByRole("button", { name: field, exact: true }).click();
  return menu;
}

/** The search in the address. */
export const searchOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

/** Who is in the list, from its top; of rows that are in the document. */
export const whoInList = (page: Page): Promise<string[]> =>
  page.getByRole("table", { name: "Sessions" }).locator("[data-index] a[data-row-link]").allInnerTexts();

export const expectWho = (page: Page, expected: string[]): Promise<void> =>
  eventually(async () => expect(await whoInList(page)).toEqual(expected));
