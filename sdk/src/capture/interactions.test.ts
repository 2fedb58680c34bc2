import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { click, type FakePage, fakePage, show, trusted } from "../fixtures";
import { startClicks } from "./clicks";
import { STILL_TYPING_MS, startForms } from "./forms";
import { startScroll } from "./scroll";
import { ACTIVE_GAP_MS, startVisibility } from "./visibility";

let page: FakePage;
beforeEach(() => {
  page = fakePage();
});
afterEach(() => page.stop());

const type = (field: Element) => field.dispatchEvent(trusted(new Event("input", { bubbles: true })));
const field = (name: string) => document.querySelector(`[name=${name}]`) as HTMLInputElement;

describe("clicks", () => {
  test("of a person are told, of a script and in ignored parts not", () => {
    startClicks(page, () => {});
    const button = show('<button id="it"><i>Buy</i></button><p data-fp-ignore><button class="no">No</button></p>');
    click(button.querySelector("i") as Element, { x: 3.6, y: 4 });
    button.click();
    click(document.querySelector(".no") as Element);
    expect(page.kinds).toEqual([{ click: { label: "Buy", role: "button", selector: "button#it", x: 4, y: 4 } }]);
  });

  test("on a label is told once, by its field", () => {
    startClicks(page, () => {});
    click(show('<label id="it">News <input type="checkbox" name="news"></label>'));
    expect(page.kinds).toEqual([]);
    click(field("news"));
    expect(page.kinds).toMatchObject([{ click: { label: "News", role: "checkbox" } }]);
  });
});

describe("forms", () => {
  const FORM =
    '<form id="it" name="checkout"><input name="email"><input type="password" name="card"><input type="checkbox" name="news"><input type="hidden" name="csrf" value="1"><input name="own" data-fp-ignore><button name="go" value="1">Pay</button></form><input name="search">';

  test("the first input, and each change of field, by name", () => {
    const forms = startForms(page);
    show(FORM);
    type(field("email"));
    type(field("email"));
    type(field("card"));
    type(field("own"));
    type(field("search"));
    type(field("email"));
    forms.newPage();
    type(field("email"));
    expect(page.kinds.map((kind) => "input" in kind && Object.values(kind.input).join())).toEqual([
      "checkout,email,true",
      "checkout,card,false",
      ",search,true",
      "checkout,email,false",
      "checkout,email,true",
    ]);
  });

  test("typing on for minutes is told again, so that it is no absence", () => {
    startForms(page);
    show(FORM);
    for (let i = 0; i < 13; i++) {
      type(field("email"));
      page.advance(STILL_TYPING_MS / 4);
    }
    expect(page.kinds.length).toBe(4);
  });

  test("a submit tells which fields were filled, and no value", () => {
    startForms(page);
    const form = show(FORM);
    field("email").value = "a@example.com";
    field("news").checked = true;
    field("own").value = "x";
    form.dispatchEvent(trusted(new Event("submit", { bubbles: true })));
    form.dispatchEvent(new Event("submit", { bubbles: true }));
    expect(page.kinds).toEqual([{ submit: { form: "checkout", fields: ["email", "news"] } }]);
    expect(JSON.stringify(page.kinds)).not.toContain("example.com");
  });
});

describe("scroll", () => {
  const scrollTo = (y: number, by?: string) => {
    if (by) window.dispatchEvent(new Event(by));
    Object.defineProperty(window, "scrollY", { value: y, configurable: true });
    window.dispatchEvent(new Event("scroll"));
  };
  beforeEach(() => {
    Object.defineProperty(document.documentElement, "scrollHeight", { value: 4000, configurable: true });
    Object.defineProperty(window, "innerHeight", { value: 1000, configurable: true });
  });

  test("is told when it settles deeper than before, and only a person's", () => {
    startScroll(page);
    scrollTo(2000);
    page.advance(5000);
    expect(page.kinds).toEqual([]);
    scrollTo(500, "wheel");
    scrollTo(1000);
    page.advance(5000);
    scrollTo(0, "wheel");
    page.advance(5000);
    scrollTo(1100, "wheel");
    page.advance(5000);
    scrollTo(3000, "touchmove");
    page.advance(5000);
    expect(page.kinds).toEqual([{ scroll: { depth_pct: 50 } }, { scroll: { depth_pct: 100 } }]);
  });

  test("begins anew on each page, and what was seen last is told before", () => {
    const scroll = startScroll(page);
    scrollTo(1000, "wheel");
    scroll.newPage();
    scrollTo(0, "wheel");
    page.advance(5000);
    expect(page.kinds).toEqual([{ scroll: { depth_pct: 50 } }, { scroll: { depth_pct: 25 } }]);
  });
});

describe("visibility", () => {
  const become = (state: string) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  afterEach(() => become("visible"));

  test("active time counts gaps up to 30 s, and only while shown", () => {
    startVisibility(page);
    page.advance(10_000);
    window.dispatchEvent(new Event("keydown"));
    page.advance(ACTIVE_GAP_MS + 5000);
    become("hidden");
    page.advance(100_000);
    become("visible");
    page.advance(1000);
    window.dispatchEvent(new Event("pagehide"));
    become("hidden");
    expect(page.kinds).toEqual([
      { visibility: { state: "hidden", active_ms: 40_000 } },
      { visibility: { state: "visible", active_ms: 0 } },
      { visibility: { state: "hidden", active_ms: 1000 } },
    ]);
  });

  test("it is told each minute while there is some, and to a session that is closed", () => {
    const visibility = startVisibility(page);
    page.advance(180_000);
    expect(page.kinds).toEqual([{ visibility: { state: "visible", active_ms: ACTIVE_GAP_MS } }]);
    expect(visibility.parting()).toBeUndefined();
    window.dispatchEvent(new Event("keydown"));
    page.advance(200);
    expect(visibility.parting()).toEqual({ visibility: { state: "visible", active_ms: 200 } });
  });
});
