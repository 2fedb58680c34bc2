// Types into every kind of field of `pages/form.html`, words that nothing else has in it, and looks for them afterwards.

import type { Page } from "playwright-core";

/** What the robot types; of letters that no page or wire has beside each other. */
const TYPED = {
  "#text": "Wxqz Vqkj",
  "#email": "jzqx.vvkw@qzwx.test",
  "#password": "Kqz#7xVwq",
  "#card": "4929 7391 8264 5530",
  "#search": "xkqv wzzq",
  "#tel": "+49 7731 zqx",
  "#textarea": "Zqwv xkkq wqzx",
  "#editable": "Vxqw zkkv qqwx",
  "#plain": "Qkzz wvxx jqzv",
};

export async function typeEverything(page: Page) {
  for (const [selector, text] of Object.entries(TYPED)) {
    await page.click(selector);
    await page.keyboard.type(text, { delay: 5 });
  }
  await page.click("#show");
  await page.click("#password");
  await page.keyboard.type("Jvq!zxw8");
  await page.click("#editable");
  await page.keyboard.press("Enter");
  await page.keyboard.type("zzwqk line");
  await page.selectOption("#select", "vwqx1");
  await page.click("#radio");
  await page.click("#checkbox");
  await page.locator("#shadow input").pressSequentially("deepq wzvxk");
  await page.frameLocator("#frame").locator("#inner").pressSequentially("jjrqz zwvkx");
  await page.click("#submit");
}

/** Every part of five characters of what must not be told. */
function partsOf(texts: string[]): string[] {
  return texts.flatMap((text) => [...Array(Math.max(0, text.length - 4)).keys()].map((at) => text.slice(at, at + 5)));
}

const SECRETS = [
  ...Object.values(TYPED),
  "Jvq!zxw8",
  "zzwqk line",
  "deepq wzvxk",
  "jjrqz zwvkx",
  "vwqx1",
  "qqzv yes",
  "zzvq box",
  "qwvz dxqvj",
];

/** Parts of what was typed that are in a text. */
export function leaks(everything: string, secrets = SECRETS): string[] {
  const told = everything.toLowerCase();
  return partsOf(secrets).filter(
    (part) => told.includes(part.toLowerCase()) || told.includes(encodeURIComponent(part).toLowerCase()),
  );
}
