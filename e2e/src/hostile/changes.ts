// Pages that become hostile step by step: pieces that are harmless, and what they are put together to.

import {
  add,
  BODY_ID,
  change,
  HEAD_ID,
  type HostileRecording,
  mutation,
  nodes,
  page,
  payload,
  recording,
  type Trap,
} from "./records";

export function changes(trap: Trap): HostileRecording[] {
  const code = (name: string) => payload(trap, name);
  const found: HostileRecording[] = [];
  const say = (name: string, make: (tools: ReturnType<typeof nodes>) => HostileRecording) =>
    found.push({ ...make(nodes()), name });

  say("a script that is added, and given its text afterwards", ({ element, text }) => {
    const words = text("");
    const script = element("script", {}, [words]);
    return recording(
      "",
      page([]),
      mutation({ adds: [add(script, HEAD_ID)] }),
      mutation({ texts: [{ id: words.id, value: code("late script") }] }),
      mutation({ attributes: [{ id: script.id, attributes: { src: `${trap.url}/late.js` } }] }),
      mutation({ adds: [add(text(code("later script")), script.id)] }),
    );
  });
  say("a noscript that is filled", ({ element, text }) => {
    const noscript = element("noscript");
    return recording(
      "",
      page([noscript]),
      mutation({ adds: [add(element("img", { src: `${trap.url}/n`, onerror: code("noscript") }), noscript.id)] }),
      mutation({ adds: [add(text(`<img src=x onerror="${code("noscript text")}">`), noscript.id)] }),
    );
  });
  for (const tag of ["title", "textarea", "xmp", "plaintext", "noembed", "noframes", "template", "listing", "option"]) {
    say(`markup as text of ${tag}`, ({ element, text }) => {
      const words = text("");
      const markup = `</${tag}><script>${code(tag)}</script><img src=${trap.url}/${tag} onerror="${code(tag)}">`;
      return recording(
        "",
        page([element(tag, { value: markup }, [text(markup)]), element(tag, {}, [words])]),
        mutation({ texts: [{ id: words.id, value: markup }] }),
      );
    });
  }
  say("a link that becomes another", ({ element }) => {
    const link = element("link", { rel: "stylesheet", _cssText: "p {}", href: "#" });
    const bare = element("link", { rel: "stylesheet", href: "data:text/css,p{}" });
    const turns = ["preconnect", "dns-prefetch", "preload", "prefetch", "prerender", "modulepreload", "stylesheet"];
    return recording(
      "",
      page([], [link, bare]),
      ...turns.flatMap((rel) =>
        [link, bare].map(({ id }) =>
          mutation({ attributes: [{ id, attributes: { rel, href: trap.url, as: "image" } }] }),
        ),
      ),
      mutation({
        attributes: [{ id: link.id, attributes: { _cssText: `@import "${trap.url}/c"`, rel: "preconnect" } }],
      }),
    );
  });
  say("a frame whose document is told", ({ element, text, next }) => {
    const frame = element("iframe", {});
    const inner = {
      type: 0,
      id: next(),
      childNodes: [
        element("html", {}, [
          element("head", {}, [element("script", { src: `${trap.url}/f.js` }, [text(code("frame"))])]),
          element("body", { onload: code("frame body") }, [
            element("img", { src: `${trap.url}/f`, onerror: code("frame image") }),
            element("iframe", { src: `javascript:${code("frame in frame")}` }),
          ]),
        ]),
      ],
    };
    return recording("", page([frame]), mutation({ adds: [add(inner, frame.id)], isAttachIframe: true }));
  });
  for (const name of ["src", "srcdoc", "sandbox", "allow", "name", "csp", "credentialless"]) {
    say(`a frame that is given ${name}`, ({ element }) => {
      const frame = element("iframe", { title: "x" });
      const values = [
        `${trap.url}/frame`,
        `javascript:${code(name)}`,
        `<script>${code(name)}</script>`,
        "allow-scripts",
      ];
      return recording(
        "",
        page([frame]),
        ...values.map((value) => mutation({ attributes: [{ id: frame.id, attributes: { [name]: value } }] })),
      );
    });
  }
  say("an image that is moved, shown and hidden", ({ element }) => {
    const image = element("img", {
      rr_src: `${trap.url}/rr`,
      rr_dataURL: `${trap.url}/dataurl`,
      srcset: trap.url,
      rr_width: "9px",
    });
    return recording(
      "",
      page([image, element("video", { rr_mediaState: "played", src: `${trap.url}/v`, rr_mediaCurrentTime: 1 })]),
      mutation({
        removes: [{ parentId: BODY_ID, id: image.id }],
        adds: [add({ ...image, attributes: { src: `${trap.url}/again` } })],
      }),
      change(7, { id: image.id, type: 0 }),
    );
  });
  say("elements of every name that is not known", ({ element }) =>
    recording(
      "",
      page(
        ["x-pwned", "annotation-xml", "font-face", "constructor", "__proto__"].map((tag) =>
          element(tag, { onconnected: code(tag) }, [], { isCustom: true }),
        ),
      ),
      { type: 3, data: { source: 16, define: { name: "x-pwned" } } },
      { type: 3, data: { source: 16, define: { name: "constructor" } } },
    ),
  );
  say("a shadow root in a shadow root", ({ element, text }) => {
    const within = (inner: ReturnType<typeof element>) =>
      element("div", { slot: "x" }, [{ ...inner, isShadow: true }], { isShadowHost: true });
    const evil = element("img", { src: `${trap.url}/shadow`, onerror: code("shadow") });
    return recording("", page([within(within(evil)), within(element("script", {}, [text(code("shadow script"))]))]));
  });
  say("a dialog, a popover and a form that open by themselves", ({ element }) => {
    const dialog = element("dialog", { open: "", rr_open_mode: "modal", onclose: code("dialog") }, [
      element("form", { method: "dialog", action: trap.url, onsubmit: code("form") }, [
        element("button", {
          autofocus: "",
          formaction: `javascript:${code("button")}`,
          commandfor: "x",
          command: "show-modal",
        }),
      ]),
    ]);
    return recording(
      "",
      page([dialog, element("div", { popover: "manual", id: "x", onbeforetoggle: code("popover") })]),
      mutation({ attributes: [{ id: dialog.id, attributes: { open: null } }] }),
      mutation({ attributes: [{ id: dialog.id, attributes: { open: "", rr_open_mode: "modal" } }] }),
    );
  });
  say("somebody who presses everything", ({ element, text }) => {
    const link = element("a", { href: `javascript:${code("pressed")}`, onclick: code("click"), target: "_blank" }, [
      text("x"),
    ]);
    const out = element("a", { href: `${trap.url}/out`, ping: `${trap.url}/ping`, download: "" }, [text("x")]);
    const button = element("button", { formaction: trap.url, onclick: code("button") });
    const form = element("form", { action: trap.url, onsubmit: code("submit") }, [button]);
    const types = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10];
    return recording(
      "",
      page([link, out, form]),
      ...[link, out, button].flatMap(({ id }) => types.map((type) => change(2, { id, type, x: 1, y: 1 }))),
      change(5, { id: button.id, text: "x", isChecked: true }),
    );
  });
  say("a selection, a drag and a scroll of nothing", ({ next }) =>
    recording(
      "",
      page([]),
      change(14, { ranges: [{ start: next(), startOffset: 1e9, end: 1, endOffset: -1 }] }),
      change(12, { positions: [{ x: Number.MAX_VALUE, y: -1, id: 5, timeOffset: -1e12 }] }),
      change(3, { id: 1, x: 1e12, y: -1e12 }),
      change(4, { width: 1e9, height: -5 }),
    ),
  );
  return found;
}
