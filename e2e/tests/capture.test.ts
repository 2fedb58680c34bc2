// What happens on a page is recorded as it happened, and nothing that is none of our business.

import { expect } from "vitest";
import { eventually, linesOf, ofKind, onlySession } from "../src/api";
import { test } from "../src/test";

test("rage, dead and error clicks, and none where a click did its work", async ({
  page,
  serve,
  tracked,
  api,
  site,
}) => {
  const website = await serve({
    "/": tracked({
      body: `
        <button id="fine" onclick="this.append('!')">Fine</button>
        <button id="dead">Dead</button>
        <button id="rage" onclick="document.body.append('.')">Rage</button>
        <button id="broken" onclick="document.body.append('.'); throw new RangeError('too far')">Broken</button>`,
    }),
  });
  await page.goto(website.url);
  await page.getByRole("button", { name: "Dead" }).click();
  await onlySession(api, site, (rows) => expect(ofKind(rows, "frustration")).toHaveLength(1));
  await page.getByRole("button", { name: "Fine" }).click();
  const box = await page.getByRole("button", { name: "Rage" }).boundingBox();
  const [x, y] = [(box?.x ?? 0) + 10, (box?.y ?? 0) + 5];
  for (const _ of [1, 2, 3, 4, 5]) await page.mouse.click(x, y);
  await page.getByRole("button", { name: "Broken" }).click();
  const { rows, session } = await onlySession(api, site, (rows) => expect(ofKind(rows, "frustration")).toHaveLength(3));
  expect(linesOf(rows.filter(({ event }) => event && "frustration" in event.kind))).toEqual([
    'Dead click: "Dead" button',
    'Rage click: "Rage" button',
    'Click followed by an error: "Broken" button',
  ]);
  expect(session.counts).toMatchObject({ clicks: 8, dead_clicks: 1, rage_clicks: 1, error_clicks: 1, errors: 1 });
  const dead = rows.find(({ line }) => line === 'Click: "Dead" button');
  expect(ofKind(rows, "frustration")[0]?.click_seq).toBe(dead?.event?.seq);
});

test("forms: which fields and when, never what was typed", async ({ page, serve, tracked, relay, api, site }) => {
  const website = await serve({
    "/": tracked({
      options: `data-endpoint="${relay.url}"`,
      body: `
        <form name="signup" onsubmit="event.preventDefault()">
          <label>E-mail <input name="email" type="email"></label>
          <label>Password <input name="password" type="password"></label>
          <label>About you <textarea name="about"></textarea></label>
          <label>Plan <select name="plan"><option value="">–</option><option value="secret-plan">Secret choice</option></select></label>
          <input type="hidden" name="csrf" value="secret-token">
          <label>Company <input name="company"></label>
          <p contenteditable aria-label="Notes"></p>
          <input type="submit" value="Sign up">
        </form>`,
    }),
  });
  const secrets = ["secret-mail@example.com", "secret-word", "secret-story", "secret-plan", "secret-note"];
  await page.goto(website.url);
  await page.getByLabel("E-mail").click();
  await page.keyboard.type("secret-mail@example.com");
  await page.getByLabel("Password").fill("secret-word");
  await page.getByLabel("About you").pressSequentially("secret-story");
  await page.getByLabel("About you").click();
  await page.getByLabel("Plan").press("ArrowDown");
  await page.getByLabel("Notes").pressSequentially("secret-note");
  await page.getByLabel("Notes").click();
  await page.getByRole("button", { name: "Sign up" }).click();
  const { rows } = await onlySession(api, site, (rows) => expect(ofKind(rows, "submit")).toHaveLength(1));

  expect(ofKind(rows, "submit")).toEqual([{ form: "signup", fields: ["email", "password", "about", "plan"] }]);
  expect(ofKind(rows, "input").map(({ field, first }) => [field, first])).toEqual([
    ["email", true],
    ["password", false],
    ["about", false],
    ["plan", false],
    ["Notes", false],
  ]);
  expect(ofKind(rows, "click").map(({ label, role }) => `${label} ${role}`)).toEqual([
    "E-mail textbox",
    "About you textbox",
    "Notes p",
    expect.stringMatching(/button$/),
  ]);
  const sent = relay.bodies.join("\n");
  expect(sent).toContain("signup");
  for (const secret of [...secrets, "secret-token", "Secret choice"]) expect(sent).not.toContain(secret);
});

test("requests by fetch and XMLHttpRequest, with their outcome; not their contents, not our own", async ({
  page,
  serve,
  tracked,
  relay,
  api,
  site,
}) => {
  const website = await serve({
    "/": tracked({ options: `data-endpoint="${relay.url}"` }),
    "/orders/42": (_, response) => response.writeHead(200, { "Content-Length": 5 }).end("hello"),
    "/broken": (_, response) => response.writeHead(500).end(),
    "/cut": (request) => request.socket.destroy(),
    "/slow": () => {},
  });
  await page.goto(website.url);
  await page.evaluate(async () => {
    const headers = { Authorization: "Bearer secret-bearer" };
    await fetch("/orders/42?token=secret-param&page=2", { method: "POST", body: "secret-body", headers });
    await fetch(new Request("/missing"));
    await fetch("/cut").catch(() => {});
    const controller = new AbortController();
    const slow = fetch("/slow", { signal: controller.signal }).catch(() => {});
    controller.abort();
    await slow;
    await fetch("/slow", { signal: AbortSignal.timeout(50) }).catch(() => {});
    const xhr = (method: string, url: string, then?: (request: XMLHttpRequest) => void) =>
      new Promise((done) => {
        const request = new XMLHttpRequest();
        request.open(method, url);
        // Not at once: the page hears of the end before the SDK does.
        request.onloadend = () => setTimeout(done);
        request.send("secret-body");
        then?.(request);
      });
    await xhr("PUT", "/orders/42");
    await xhr("GET", "/broken");
    await xhr("GET", "/slow", (request) => request.abort());
  });
  await page.close({ runBeforeUnload: true });
  const { rows, session } = await onlySession(api, site, (rows) => expect(ofKind(rows, "request")).toHaveLength(8));
  const requests = rows.filter(({ event }) => event && "request" in event.kind);
  expect(linesOf(requests)).toEqual([
    "HTTP: POST /orders/42 - 200",
    "HTTP: GET /missing - 404",
    "HTTP: GET /cut - network error",
    "HTTP: GET /slow - aborted",
    "HTTP: GET /slow - timed out",
    "HTTP: PUT /orders/42 - 200",
    "HTTP: GET /broken - 500",
    "HTTP: GET /slow - aborted",
  ]);
  const [first] = ofKind(requests, "request");
  expect(first).toMatchObject({ url: `${website.url}/orders/42?token=•••&page=2`, size_bytes: 5, initiator: "fetch" });
  expect(requests[0]?.event?.route).toBe("/orders/:id");
  expect(
    ofKind(requests, "request")
      .map(({ initiator }) => initiator)
      .slice(5),
  ).toEqual(["xhr", "xhr", "xhr"]);
  // Aborted by the page itself is no failure.
  expect(session.counts).toMatchObject({ requests: 8, failed_requests: 4 });
  for (const secret of ["secret-bearer", "secret-param", "secret-body"]) {
    expect(relay.bodies.join("\n")).not.toContain(secret);
  }
});

test("errors that nobody caught, and rejections that nobody handled", async ({ page, serve, tracked, api, site }) => {
  const script = `
    class CartError extends Error { name = "CartError" }
    function failOnPurpose() { throw new CartError("the cart is on fire") }
    setTimeout(failOnPurpose);
    addEventListener("load", () => {
      Promise.reject(new RangeError("too far"));
      Promise.reject("only words");
      Promise.reject(new Error("handled")).catch(() => {});
      try { null.x } catch (error) { footpath.captureError(error) }
    });`;
  const website = await serve({
    "/shop.js": (_, response) => response.writeHead(200, { "Content-Type": "text/javascript" }).end(script),
    "/": tracked({ body: '<script src="/shop.js"></script><img src="/missing.png">' }),
  });
  const pageErrors: string[] = [];
  page.on("pageerror", (error) => pageErrors.push(String(error)));
  await page.goto(website.url);
  const { rows } = await onlySession(api, site, (rows) => expect(ofKind(rows, "error")).toHaveLength(4));
  const errors = ofKind(rows, "error").map(({ name, message, source }) => `${source} ${name}: ${message}`);
  expect(errors.sort()).toEqual([
    "captured TypeError: Cannot read properties of null (reading 'x')",
    "rejection Error: only words",
    "rejection RangeError: too far",
    "uncaught CartError: the cart is on fire",
  ]);
  const onFire = ofKind(rows, "error").find(({ name }) => name === "CartError");
  expect(onFire?.stack).toContain("failOnPurpose");
  expect(onFire?.stack).toContain(`${website.url}/shop.js:3:`);
  // The browser still tells the page's developers.
  expect(pageErrors).toHaveLength(3);
});

test("web vitals and the load of the page", async ({ page, serve, tracked, api, site }) => {
  const website = await serve({
    "/": tracked({
      head: "<style>#late { height: 300px }</style>",
      body: `
        <h1 id="title">The largest words of this page by far</h1>
        <button onclick="const until = performance.now() + 160; while (performance.now() < until); this.append('!')">Slow</button>
        <p>Below</p>
        <script>setTimeout(() => document.body.prepend(Object.assign(document.createElement("div"), { id: "late" })), 300)</script>`,
    }),
  });
  /** The browser measures when it has painted, and web-vitals reckons when it is idle; both were asked before us. */
  const measured = (type: "layout-shift" | "event") =>
    page.evaluate(
      (type) =>
        new Promise<void>((seen) => {
          // Pointers that merely wander are events too, but no interactions.
          const tells = (entry: PerformanceEntry) =>
            type !== "event" || (entry as { interactionId?: number }).interactionId;
          const observer = new PerformanceObserver((list) => {
            if (!list.getEntries().some(tells)) return;
            requestIdleCallback(() => seen());
            // Without a screen, a browser that has nothing to paint is never idle after an input.
            const paint = () => requestAnimationFrame(paint);
            paint();
          });
          observer.observe({ type, buffered: true });
        }),
      type,
    );
  await page.goto(website.url);
  await measured("layout-shift");
  await page.getByRole("button").click();
  await measured("event");
  await page.close({ runBeforeUnload: true });
  const { rows, session } = await onlySession(api, site, (rows) =>
    expect(ofKind(rows, "vital").map(({ name }) => name)).toEqual(
      expect.arrayContaining(["TTFB", "FCP", "LCP", "CLS", "INP"]),
    ),
  );
  const vital = (wanted: string) => ofKind(rows, "vital").filter(({ name }) => name === wanted);
  expect(vital("LCP").at(-1)).toMatchObject({ attribution: { target: expect.stringContaining("h1#title") } });
  expect(vital("CLS").at(-1)?.value).toBeGreaterThan(0.01);
  expect(vital("INP").at(-1)?.value).toBeGreaterThanOrEqual(160);
  expect(vital("INP").at(-1)).toMatchObject({ attribution: { interaction: "pointer" } });
  expect(vital("TTFB")[0]?.value).toBeGreaterThan(0);
  expect(vital("FCP")[0]?.value).toBeGreaterThanOrEqual(vital("TTFB")[0]?.value ?? Number.POSITIVE_INFINITY);
  const [load] = ofKind(rows, "page_load");
  expect(load?.load_ms).toBeGreaterThanOrEqual(load?.dom_ready_ms ?? Number.POSITIVE_INFINITY);
  expect(session.load_ms).toBe(load?.load_ms);
  expect(ofKind(rows, "resources")[0]?.by_type).toHaveProperty("script");
});

test("what the page itself has wrapped around fetch and history keeps working", async ({
  page,
  serve,
  tracked,
  api,
  site,
}) => {
  const wrap = (name: string) => `
    { const { fetch } = window, { pushState } = history;
      window.fetch = function (...args) {
        // The SDK sends by what was there when it came.
        if (!String(args[0]).includes("/i/")) calls.push("${name} fetch");
        return fetch.apply(this, args);
      };
      history.pushState = function (...args) { calls.push("${name} push"); return pushState.apply(this, args) }; }`;
  const website = await serve({
    "/": tracked({
      head: `<script>window.calls = []; ${wrap("inner")}</script>`,
      body: `<script>${wrap("outer")}</script>`,
    }),
    "/api": (_, response) => response.writeHead(201, { "X-Answer": "42" }).end("hello"),
  });
  await page.goto(website.url);
  const seen = await page.evaluate(async () => {
    const { calls } = window as unknown as { calls: string[] };
    const answer = await fetch("/api", { method: "POST", body: "x" });
    history.pushState({ kept: true }, "", "/elsewhere");
    const refused = await fetch("http://[").catch((error) => (error as Error).name);
    const wrapped = [...calls];
    window.footpath.stop();
    await fetch("/api");
    history.pushState(null, "", "/third");
    return {
      answer: [answer.status, answer.headers.get("X-Answer"), await answer.text()],
      refused,
      wrapped,
      afterStop: calls.slice(wrapped.length),
      path: location.pathname,
    };
  });
  expect(seen).toEqual({
    answer: [201, "42", "hello"],
    refused: "TypeError",
    wrapped: ["outer fetch", "inner fetch", "outer push", "inner push", "outer fetch", "inner fetch"],
    afterStop: ["outer fetch", "inner fetch", "outer push", "inner push"],
    path: "/third",
  });
  // `stop` sent what was left, and nothing since.
  await eventually(async () => {
    const { sessions } = await api.list(site.id);
    expect(sessions).toMatchObject([{ counts: { page_views: 2 }, exit: { path: "/elsewhere" } }]);
    expect(linesOf(await api.rows(sessions[0]?.id ?? "", "request"))).toContain("HTTP: POST /api - 201");
  });
});
