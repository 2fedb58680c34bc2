// Nothing that a person puts into a page leaves the browser: not as typed, not in parts, not where the page repeats it.

import { expect } from "vitest";
import type { Chunk } from "../../src/collector";
import { chunksOf, PARTS, pageNamed, pageOf, untilRecording } from "../../src/recorded";
import { leaks, typeEverything } from "../../src/robot";
import { test } from "../../src/test";

const inputsIn = (chunks: Chunk[]) =>
  chunks.flatMap(({ records }) => records.filter(({ type, data }) => type === 3 && data.source === 5));

test.for([
  { name: "as a site is by default", replay: {} },
  { name: "where text may be told", replay: { mask_all_text: false } },
])("a form typed into, $name", async ({ replay }, { page, serve, collector }) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, ...replay } };
  const website = await serve({ ...PARTS, "/": pageNamed("form", collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await typeEverything(page);
  // A whole page told again holds what was typed before.
  await page.evaluate(() => history.pushState(null, "", "/elsewhere"));
  await page.waitForTimeout(1500);
  const chunks = await chunksOf(page, collector);
  expect(chunks.flatMap(({ records }) => records).filter(({ type }) => type === 2).length).toBeGreaterThan(1);
  expect(leaks(collector.everything())).toEqual([]);
  expect(chunks.map(({ head }) => head.cost.failures)).toEqual(chunks.map(() => 0));
  // That something was put in is told, and once, whatever its length.
  const inputs = inputsIn(chunks);
  expect(inputs.length).toBeGreaterThan(5);
  expect(inputs.filter(({ data }) => data.text !== "*****" && data.text !== "")).toEqual([]);
  const fields = inputs.map(({ data }) => data.id);
  expect(Math.max(...fields.map((id) => fields.filter((other) => other === id).length))).toBeLessThan(4);
  expect(collector.everything()).not.toContain("a preflight");
  expect(JSON.stringify(chunks).includes("Show password")).toBe(replay.mask_all_text === false);
});

test("where inputs may be told, some still are not: ever a password, hidden, of a card, long texts, what is edited", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, mask_inputs: false, mask_all_text: false } };
  const body = `
    <input id="free"><input id="password" type="password"><input id="card" autocomplete="section-pay billing cc-number">
    <textarea id="textarea"></textarea><div id="editable" contenteditable></div><input id="hidden" type="hidden">
    <input id="code" autocomplete="one-time-code"><input id="masked" data-fp-mask>
    <button onclick="password.type = 'text'">Show</button>`;
  const website = await serve({ "/": pageOf(body, collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.fill("#free", "told freely");
  await page.click("#password");
  await page.keyboard.type("Kqz#7");
  await page.click("button");
  await page.click("#password");
  await page.keyboard.type("xVwqZ");
  for (const [id, text] of [
    ["card", "4929 7391"],
    ["textarea", "Zqwv xkkq"],
    ["editable", "Vxqw zkkv"],
    ["code", "773 991 x"],
    ["masked", "wqzzv kx"],
  ]) {
    await page.click(`#${id}`);
    await page.keyboard.type(text as string);
  }
  await page.evaluate(() => {
    (document.getElementById("hidden") as HTMLInputElement).value = "hqzwv 1";
  });
  await page.evaluate(() => history.pushState(null, "", "/elsewhere"));
  await page.waitForTimeout(1500);
  const chunks = await chunksOf(page, collector);
  const secrets = ["Kqz#7", "xVwqZ", "4929 7391", "Zqwv xkkq", "Vxqw zkkv", "773 991 x", "wqzzv kx", "hqzwv 1"];
  expect(leaks(collector.everything(), secrets)).toEqual([]);
  expect(JSON.stringify(inputsIn(chunks))).toContain("told freely");
});

test("parts that are masked, unmasked, blocked and ignored, by attributes and by the site's selectors", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = {
    mask: [".iban"],
    unmask: ["nav"],
    block: ["#map"],
    ignore: [".quiet"],
    replay: { enabled: true, sample_rate: 1 },
  };
  const body = `
    <nav>Told words <b data-fp-mask>jqzwx</b></nav>
    <p>Shaped words zqwvx</p>
    <div data-fp-unmask>Also told <i class="iban">kkqwz <u data-fp-unmask>told within</u></i></div>
    <section data-fp-block class="box"><p>qvvzk</p><img alt="" src="/vqwk.png"></section>
    <div id="map"><span>wwqzj</span></div>
    <div class="quiet"><button id="quiet">Quiet</button></div>
    <button id="loud" title="zzkqv">Loud</button>
    <p id="later">x</p>`;
  const website = await serve({ "/": pageOf(body, collector) });
  await page.goto(website.url);
  await untilRecording(page);
  await page.click("#quiet");
  await page.click("#loud");
  await page.evaluate(() => {
    const later = document.getElementById("later") as HTMLElement;
    later.innerHTML = "<b>xxqzk</b>";
    (document.querySelector("section p") as HTMLElement).textContent = "kkzqv";
    document.getElementById("map")?.append("zvqqk");
    (document.querySelector(".iban") as Element).firstChild?.replaceWith("qqjzw");
    (document.querySelector("nav") as Element).append(" told later");
  });
  await page.waitForTimeout(200);
  const chunks = await chunksOf(page, collector);
  const replayed = chunks.flatMap(({ records }) => records);
  const text = JSON.stringify(replayed);
  for (const word of ["Told words", "Also told", "told within", "told later"]) expect(text).toContain(word);
  const hidden = ["jqzwx", "zqwvx", "kkqwz", "qvvzk", "vqwk.png", "wwqzj", "zzkqv", "xxqzk", "kkzqv", "zvqqk", "qqjzw"];
  expect(hidden.filter((word) => text.includes(word))).toEqual([]);
  expect(text).toContain('"****** ***** *****"');
  expect(text).toMatch(/"class":"box","rr_width":"\d/);
  const clicks = replayed.filter(({ type, data }) => type === 3 && data.source === 2 && data.type === 2);
  expect(clicks.length).toBe(1);
});

test("addresses lose their secrets, code and frames' pages are not told, images by address are", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, mask_all_text: false } };
  const body = `
    <a href="/reset?token=zzqwk&page=2" onclick="let zqqvw">x</a>
    <a href="mailto:jqz@example.com">Mail</a>
    <img src="/picture.svg?session=vvqkz&w=1" srcset="/picture.svg?key=wwzqk 2x" alt="">
    <form action="/pay?code=kqzzw"></form>
    <p style="background: url(/picture.svg?sig=xqqzw)">styled</p>
    <style>p { background-image: url("/picture.svg?api_key=jjqzw"); ${"margin: 0; ".repeat(40)} }</style>
    <iframe srcdoc="<p>frame</p>"></iframe>
    <img id="upload" src="data:image/png;base64,${"zqwk".repeat(3000)}">`;
  const website = await serve({ ...PARTS, "/": pageOf(body, collector) });
  await page.goto(`${website.url}/?access_token=qwqzz`);
  await untilRecording(page);
  await page.evaluate(() => {
    const link = document.querySelector("a") as HTMLAnchorElement;
    link.href = "/reset?token=vzqqj";
    link.setAttribute("onmouseover", "zkqjv()");
  });
  await page.waitForTimeout(200);
  const chunks = await chunksOf(page, collector);
  const text = JSON.stringify(chunks.flatMap(({ records }) => records));
  const secrets = [
    "zzqwk",
    "zqqvw",
    "jqz@",
    "vvqkz",
    "wwzqk",
    "kqzzw",
    "xqqzw",
    "jjqzw",
    "zqwkz",
    "qwqzz",
    "vzqqj",
    "zkqjv",
  ];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).toContain("/reset?token=***&page=2");
  expect(text).toContain("/picture.svg?session=***&w=1");
  expect(text).toMatch(/url\(\\"http:\/\/localhost:\d+\/picture.svg\?api_key=\*\*\*\\"\)/);
  expect(text).not.toContain("srcdoc");
});

test("media are boxes where the site says so", async ({ page, serve, collector }) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1, block_media: true } };
  const body = '<img id="p" alt="" src="/picture.svg" width="40" height="30"><video src="/film.mp4"></video>';
  const website = await serve({ ...PARTS, "/": pageOf(body, collector) });
  await page.goto(website.url);
  await untilRecording(page);
  const text = JSON.stringify((await chunksOf(page, collector)).flatMap(({ records }) => records));
  expect(text).toContain('"rr_width":"40px","rr_height":"30px"');
  expect(text).not.toMatch(/picture\.svg|film\.mp4/);
});

test("a rule that cannot be read is no permission", async ({ page, serve, collector }) => {
  collector.rules = { mask: ["p:::"], replay: { enabled: true, sample_rate: 1 } };
  const website = await serve({ "/": pageOf("<p>x</p>", collector) });
  await page.goto(website.url);
  await page.waitForTimeout(1000);
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => collector.batches.length).toBeGreaterThan(0);
  expect(collector.chunks).toEqual([]);
});

test("beforeSendReplay sees masked records, and may drop them; one that throws drops", async ({
  page,
  serve,
  collector,
}) => {
  collector.rules = { replay: { enabled: true, sample_rate: 1 } };
  const html = `<script src="${collector.url}/footpath.js"></script><script>
    window.seen = [];
    footpath.init({ siteKey: "KEY", endpoint: "${collector.url}", beforeSendReplay(record) {
      window.seen.push(JSON.stringify(record));
      if (record.type === 4) record.data.href = "changed";
      if (record.data.source === 2) return null;
      if (record.data.source === 0) throw new Error("a bug of the site");
    } });
  </script><p>Masked words</p><button onclick="this.append(1)">x</button>`;
  const website = await serve({ "/": html });
  await page.goto(website.url);
  await untilRecording(page);
  await page.click("button");
  await page.waitForTimeout(700);
  const seen: string = await page.evaluate(() => (window as unknown as { seen: string[] }).seen.join());
  expect(seen).not.toContain("Masked words");
  const records = (await chunksOf(page, collector)).flatMap((chunk) => chunk.records);
  expect(records[0]).toMatchObject({ type: 4, data: { href: "changed" } });
  expect(records.some(({ data }) => data.source === 2 || data.source === 0)).toBe(false);
});
