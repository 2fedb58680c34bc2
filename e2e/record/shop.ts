// Walks through the demo shop in a real browser, written to `demo/recordings`, from where `footpath demo` brings them in.
// Each is what the SDK sent, with the shop's address replaced; nothing is cut or made up.

import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type BrowserContextOptions, devices, type Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "../src/api";
import { USER_AGENT } from "../src/browser";
import { type Eavesdropper, eavesdrop, type Sent } from "../src/eavesdrop";
import { test } from "../src/test";

const DIRECTORY = resolve(import.meta.dirname, "../../demo/recordings");
const ORIGIN = "https://shop.example";

/** A person looks before they act. */
const look = (page: Page, seconds = 1.5) => page.waitForTimeout(seconds * 1000);

/** Goes to a place with the pointer, as hands do, and presses there. */
async function press(page: Page, what: ReturnType<Page["locator"]>) {
  await what.scrollIntoViewIfNeeded();
  const box = await what.boundingBox();
  if (!box) throw new Error("it is not on the page");
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.6, { steps: 18 });
  await look(page, 0.3);
  await page.mouse.down();
  await page.mouse.up();
}

async function fill(page: Page, label: string, text: string) {
  await press(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.type(text, { delay: 70 });
}

async function scroll(page: Page, by: number) {
  for (let step = 0; step < 8; step++) {
    await page.mouse.wheel(0, by / 8);
    await look(page, 0.12);
  }
}

const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const cart = (page: Page) => page.getByRole("complementary", { name: "Cart" });

async function addressed(page: Page) {
  await fill(page, "E-mail", "jane.doe@example.com");
  await fill(page, "Name", "Jane Doe");
  await fill(page, "Address", "12 Fern Street");
  await fill(page, "City", "Portland");
  await fill(page, "ZIP", "97201");
}

async function putInCart(page: Page, nth: number) {
  await press(page, button(page, "Add to Cart").nth(nth));
  await cart(page).waitFor();
  await look(page);
}

interface Walk {
  name: string;
  browser?: BrowserContextOptions;
  go(page: Page): Promise<void>;
}

const WALKS: Walk[] = [
  {
    name: "declined-card",
    async go(page) {
      await scroll(page, 500);
      await press(page, link(page, "Products"));
      await look(page);
      await scroll(page, 400);
      await putInCart(page, 1);
      await press(page, cart(page).getByRole("button", { name: "Checkout" }));
      await page.waitForURL("**/checkout");
      await look(page);
      await addressed(page);
      await fill(page, "Card number", "4000000000000002");
      await press(page, page.getByLabel("Expiry", { exact: true }));
      await page.getByText("Your bank declined this card").waitFor();
      await look(page, 3);
      await page.keyboard.type("12 / 29", { delay: 80 });
      await fill(page, "CVC", "123");
      await press(page, button(page, "Place order"));
      await look(page, 2.5);
      await press(page, button(page, "Place order"));
      await look(page, 2);
      await press(page, page.getByRole("link", { name: /^Cart/ }));
      await page.waitForURL("**/cart");
      await look(page, 3);
    },
  },
  {
    name: "order",
    async go(page) {
      await press(page, link(page, "Browse the collection"));
      await page.waitForURL("**/products");
      await press(page, page.getByLabel("Search", { exact: true }));
      await page.keyboard.type("fern", { delay: 140 });
      await look(page);
      await putInCart(page, 0);
      await press(page, cart(page).getByRole("link", { name: "View cart" }));
      await page.waitForURL("**/cart");
      await look(page, 2);
      await page.goto(`${new URL(page.url()).origin}/demo/checkout`);
      await addressed(page);
      await fill(page, "Card number", "4242424242424242");
      await fill(page, "Expiry", "08 / 31");
      await fill(page, "CVC", "987");
      await press(page, button(page, "Place order"));
      await page.waitForURL("**/order/*");
      await look(page, 4);
    },
  },
  {
    name: "phone",
    browser: { ...devices["Pixel 7"], locale: "en-GB", timezoneId: "Europe/London" },
    async go(page) {
      await scroll(page, 1200);
      await page.getByRole("link", { name: "Products", exact: true }).tap();
      await look(page);
      for (const name of ["Plants", "Outdoors", "Garden"]) {
        await button(page, name).tap();
        await look(page);
        await scroll(page, 500);
      }
      await page.locator("#products a").first().tap();
      await page.waitForURL("**/products/*");
      await look(page, 3);
      await button(page, "Size guide").tap();
      await look(page, 0.4);
      await button(page, "Size guide").tap();
      await look(page, 0.4);
      await button(page, "Size guide").tap();
      await look(page, 3);
      await scroll(page, 700);
    },
  },
  {
    name: "broken-payment",
    browser: { colorScheme: "dark", locale: "fr-FR", timezoneId: "Europe/Paris" },
    async go(page) {
      await press(page, link(page, "Account"));
      await look(page);
      await fill(page, "E-mail", "jane.doe@example.com");
      await page.getByLabel("Plan").selectOption("evergreen");
      await press(page, button(page, "Sign in"));
      await look(page);
      await press(page, link(page, "Products"));
      await look(page);
      await putInCart(page, 2);
      await press(page, cart(page).getByRole("button", { name: "Checkout" }));
      await page.waitForURL("**/checkout");
      await fill(page, "Name", "Jane Doe");
      await fill(page, "Address", "12 Fern Street");
      await fill(page, "City", "Portland");
      await fill(page, "ZIP", "97201");
      await fill(page, "Card number", "4000000000000119");
      await fill(page, "Expiry", "12 / 29");
      await fill(page, "CVC", "123");
      for (let n = 0; n < 3; n++) {
        await press(page, button(page, "Place order"));
        await page.getByText("Something broke on our side").waitFor();
        await look(page, 1.5);
      }
      await look(page, 2);
    },
  },
];

async function quiet({ sent }: Eavesdropper) {
  let n = -1;
  await eventually(async () => {
    const before = n;
    n = sent.length;
    await new Promise((done) => setTimeout(done, 1500));
    expect(n).toBe(before);
  }, 30_000);
}

test.for(WALKS)("$name", async ({ name, browser, go }, { footpath, newPerson }) => {
  const between = await eavesdrop(footpath);
  const person = await newPerson({ viewport: { width: 1280, height: 800 }, ...browser });
  const page = await person.newPage();
  await page.goto(`${between.url}/demo/`);
  await look(page, 2);
  await go(page);
  await page.close({ runBeforeUnload: true });
  await quiet(between);
  await between.close();
  const sent = JSON.stringify(between.sent).replaceAll(between.url, ORIGIN);
  const recording = { user_agent: browser?.userAgent ?? USER_AGENT, origin: ORIGIN, sent: JSON.parse(sent) as Sent[] };
  // Of a user that a page identified, events may tell; of what was typed, nothing.
  const records = JSON.stringify(recording.sent.filter((one) => "chunk" in one));
  expect(/jane|doe@|Fern Street|Portland|97201|4000000|424242|localhost/i.exec(records)?.[0]).toBeUndefined();
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(`${DIRECTORY}/${name}.json.gz`, gzipSync(JSON.stringify(recording), { level: 9 }));
});
