// Attributes that act: every handler there is, and addresses wherever one can stand.

import { type HostileRecording, mutation, nodes, page, payload, recording, type Trap } from "./records";

const HANDLERS =
  `abort afterprint afterscriptexecute animationcancel animationend animationiteration animationstart auxclick beforecopy
  beforecut beforeinput beforematch beforepaste beforeprint beforescriptexecute beforetoggle beforeunload beforexrselect
  begin blur bounce cancel canplay canplaythrough change click close command contentvisibilityautostatechange contextlost
  contextmenu contextrestored copy cuechange cut dblclick drag dragend dragenter dragexit dragleave dragover dragstart drop
  durationchange emptied encrypted end ended error finish focus focusin focusout formdata fullscreenchange fullscreenerror
  gotpointercapture hashchange input invalid keydown keypress keyup languagechange load loadeddata loadedmetadata loadend
  loadstart lostpointercapture message messageerror mousedown mouseenter mouseleave mousemove mouseout mouseover mouseup
  mousewheel offline online open orientationchange pagehide pagereveal pageshow pageswap paste pause play playing
  pointercancel pointerdown pointerenter pointerleave pointermove pointerout pointerover pointerrawupdate pointerup
  popstate progress promptaction promptdismiss ratechange readystatechange rejectionhandled repeat reset resize scroll
  scrollend scrollsnapchange scrollsnapchanging search securitypolicyviolation seeked seeking select selectionchange
  selectstart show slotchange stalled start storage submit suspend timeupdate toggle touchcancel touchend touchmove
  touchstart transitioncancel transitionend transitionrun transitionstart unhandledrejection unload volumechange waiting
  webkitanimationend webkitanimationstart webkittransitionend webkitfullscreenchange webkitmouseforceup wheel zoom`
    .trim()
    .split(/\s+/);

const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

/** Each handler on elements that would call most of them by themselves, as an attribute and as a change of one. */
export function handlers(trap: Trap): HostileRecording[] {
  return HANDLERS.map((event) => {
    const { element, svg } = nodes();
    const name = `on${event}`;
    const on = { [name]: payload(trap, name) };
    const plain = element("img", { src: PIXEL });
    return recording(
      name,
      page(
        [
          element("img", { src: "data:image/png;base64,broken", ...on }),
          element("img", { src: PIXEL, ...on }),
          element("input", { autofocus: "", ...on }),
          element("details", { open: "", ...on }),
          element("video", { autoplay: "", muted: "", src: "data:video/mp4;base64,AAAA", ...on }),
          element("marquee", { loop: "1", ...on }),
          element("iframe", { src: "data:text/html,x", ...on }),
          element("style", { ...on }),
          svg("svg", on, [svg("animate", { attributeName: "x", dur: "1ms", ...on }), svg("set", on)]),
          element("div", { style: "animation: x 1ms; transition: all 1ms", tabindex: "0", ...on }),
          plain,
        ],
        [],
        on,
      ),
      mutation({ attributes: [{ id: plain.id, attributes: { [name.toUpperCase()]: on[name], src: "data:,broken" } }] }),
    );
  });
}

/** Elements with an attribute that is an address. `{}` stands for it. */
const PLACES: [tag: string, attributes: Record<string, string>][] = [
  ["a", { href: "{}", autofocus: "", target: "_top", ping: "{}" }],
  ["area", { href: "{}", shape: "default" }],
  ["base", { href: "{}", target: "_top" }],
  ["form", { action: "{}", method: "post" }],
  ["button", { formaction: "{}", type: "submit", autofocus: "" }],
  ["input", { type: "image", src: "{}", formaction: "{}" }],
  ["iframe", { src: "{}", allow: "*", allowfullscreen: "", sandbox: "allow-scripts allow-top-navigation" }],
  ["iframe", { srcdoc: "<script src='{}'></script><img src='{}' onerror='{}'>" }],
  ["frame", { src: "{}" }],
  ["frameset", { onload: "{}" }],
  ["fencedframe", { src: "{}" }],
  ["portal", { src: "{}" }],
  ["embed", { src: "{}", type: "text/html" }],
  ["object", { data: "{}", type: "text/html", codebase: "{}", classid: "{}" }],
  ["applet", { code: "{}", codebase: "{}", archive: "{}" }],
  ["param", { name: "movie", value: "{}" }],
  ["img", { src: "{}", srcset: "{} 1x, {} 2x", lowsrc: "{}", dynsrc: "{}", longdesc: "{}" }],
  ["img", { src: "{}", loading: "eager", fetchpriority: "high", crossorigin: "use-credentials", attributionsrc: "{}" }],
  ["source", { src: "{}", srcset: "{}" }],
  ["video", { src: "{}", poster: "{}", autoplay: "", preload: "auto" }],
  ["audio", { src: "{}", autoplay: "", preload: "auto" }],
  ["track", { src: "{}", default: "", kind: "metadata" }],
  ["bgsound", { src: "{}" }],
  ["script", { src: "{}" }],
  ["script", { src: "{}", type: "module", async: "" }],
  ["script", { type: "speculationrules" }],
  ["script", { type: "importmap" }],
  ["body", { background: "{}" }],
  ["table", { background: "{}" }],
  ["td", { background: "{}" }],
  ["blockquote", { cite: "{}" }],
  ["html", { manifest: "{}" }],
  ["command", { icon: "{}" }],
  ["menuitem", { icon: "{}" }],
  ["isindex", { action: "{}", src: "{}" }],
  ["image", { src: "{}" }],
  ["meta", { "http-equiv": "refresh", content: "0;url={}" }],
  ["meta", { "http-equiv": "Refresh ", content: "0; {}" }],
  ["meta", { "http-equiv": "Content-Security-Policy", content: "report-uri {}; img-src *; script-src *" }],
  ["meta", { "http-equiv": "Link", content: "<{}>; rel=preload" }],
  ["meta", { "http-equiv": "x-dns-prefetch-control", content: "on" }],
  ["meta", { "http-equiv": "set-cookie", content: "pwned=1" }],
  ["math", { href: "{}", "xlink:href": "{}" }],
  ["mglyph", { src: "{}" }],
  ["maction", { actiontype: "statusline#{}", "xlink:href": "{}" }],
  ["template", { shadowrootmode: "open" }],
  ["div", { style: "background: url('{}')", is: "x-pwned", contenteditable: "", popover: "auto" }],
  ["model", { src: "{}" }],
  ["x-pwned", { src: "{}", href: "{}" }],
];

const RELS = [
  "stylesheet",
  "alternate stylesheet",
  "preload",
  "prefetch",
  "prerender",
  "preconnect",
  "dns-prefetch",
  "modulepreload",
  "manifest",
  "icon",
  "import",
  "next",
  "pingback",
  "preconnect stylesheet",
  "expect",
  "compression-dictionary",
];

const SVG_PLACES: [tag: string, attributes: Record<string, string>][] = [
  ["a", { href: "{}", "xlink:href": "{}" }],
  ["use", { href: "{}#x", "xlink:href": "{}#x" }],
  ["image", { href: "{}", "xlink:href": "{}" }],
  ["feImage", { href: "{}" }],
  ["script", { href: "{}", "xlink:href": "{}" }],
  ["animate", { attributeName: "href", values: "{};{}", dur: "1ms", begin: "0s", onbegin: "{}" }],
  ["set", { attributeName: "href", to: "{}", begin: "0s" }],
  ["set", { attributeName: "onload", to: "{}", begin: "0s" }],
  ["handler", { "xlink:href": "{}", "ev:event": "load" }],
  ["foreignObject", { requiredExtensions: "http://www.w3.org/1999/xhtml" }],
  ["cursor", { "xlink:href": "{}" }],
  ["tref", { "xlink:href": "{}" }],
  ["mpath", { href: "{}" }],
  ["linearGradient", { href: "{}#x" }],
  ["pattern", { href: "{}#x" }],
  ["filter", { href: "{}#x" }],
  ["svg", { style: "fill: url({}#x); mask: url({}#x)" }],
];

/** What an address can be, if it is up to no good. */
function addresses(trap: Trap, name: string): Record<string, string> {
  const code = payload(trap, name);
  return {
    elsewhere: `${trap.url}/asked`,
    code: `javascript:${code}`,
    "hidden code": ` \u0001jav\tascr\nipt:${code}`,
    "a page": `data:text/html,<script>${code}</script>`,
    "an image of a page": `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${code}"/>`,
    "our own": "/api/v1/sites?pwned",
  };
}

/** Each place with each address, in the page as it is told and by a change. */
export function urls(trap: Trap): HostileRecording[] {
  const html = [...PLACES, ...RELS.map((rel): (typeof PLACES)[number] => ["link", { rel, href: "{}", as: "script" }])];
  const all = [
    ...html.map(([tag, attributes]) => ({ tag, attributes, isSvg: false })),
    ...SVG_PLACES.map(([tag, attributes]) => ({ tag, attributes, isSvg: true })),
  ];
  return all.flatMap(({ tag, attributes, isSvg }) => {
    const { element, svg, text } = nodes();
    const of = isSvg ? `svg ${tag}` : `${tag}${attributes.rel ? ` ${attributes.rel}` : ""}`;
    const fill = (address: string) =>
      Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value.replaceAll("{}", address)]));
    const make = (given: Record<string, string>) => {
      const inside = [text(tag === "script" ? payload(trap, of) : "inside")];
      return isSvg ? svg("svg", {}, [svg(tag, given, inside)]) : element(tag, given, inside);
    };
    // As it is told; and one that is harmless at first, and then changed.
    return Object.entries(addresses(trap, of)).map(([what, address]) => {
      const late = make(Object.fromEntries(Object.keys(attributes).map((name) => [name, "#"])));
      const changed = isSvg ? late.childNodes[0].id : late.id;
      return recording(
        `${of}: ${what}`,
        page([make(fill(address)), late], tag === "link" || tag === "meta" ? [make(fill(address))] : []),
        mutation({ attributes: [{ id: changed, attributes: fill(address) }] }),
      );
    });
  });
}
