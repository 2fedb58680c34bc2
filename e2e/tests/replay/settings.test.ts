// Whoever is responsible for a site decides in the dashboard what its pages record, and for how long it is kept.

import { expect } from "vitest";
import { test } from "../../src/test";

test("what is recorded and kept is changed, holds, and is in the log", async ({ page, footpath, site }) => {
  const answer = async (what: string) => (await fetch(`${footpath}/api/v1/sites/${site.id}/${what}`)).json();
  await page.goto(`${footpath}/sites/${site.id}/sessions`);
  await page.getByRole("link", { name: "Privacy and retention" }).click();
  await page.getByRole("switch", { name: /^Record session replay/ }).click();
  await page.getByRole("switch", { name: /^Wait for consent/ }).click();
  await page.getByRole("button", { name: "Save the rules" }).click();
  await page.getByText(/^Saved\. Browsers hear/).waitFor();
  expect(await answer("privacy")).toMatchObject({ consent_required: true, replay: { enabled: true } });

  const kept = page.getByRole("group", { name: "Keep replay" });
  await kept.getByRole("button", { name: "30 days" }).click();
  await page.getByRole("button", { name: "Save the retention" }).click();
  await page.getByText(/^Saved\. What is older/).waitFor();
  expect(await answer("retention")).toMatchObject({ replay_days: 30 });

  await page.getByText("Wait for consent: off → on").waitFor();
  await page.getByText("Replay: for ever → 30 days").waitFor();
  await page.screenshot({ path: "test-results/settings.png", fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

  await page.reload();
  expect(await page.getByRole("switch", { name: /^Record session replay/ }).isChecked()).toBe(true);
});
