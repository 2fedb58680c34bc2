// Records that no recorder makes: types, shapes and sizes to stumble over, and commands for a canvas.

import {
  add,
  change,
  type HostileRecording,
  META,
  mutation,
  nodes,
  page,
  payload,
  recording,
  type Trap,
} from "./records";

export function forged(trap: Trap): HostileRecording[] {
  const code = (name: string) => payload(trap, name);
  const found: HostileRecording[] = [];
  const after = (name: string, ...records: { type: number; data: unknown }[]) =>
    found.push(recording(name, page([]), ...records));

  for (const type of [-1, 0, 1, 6, 7, 99, 1e20]) {
    after(`a record of type ${type}`, {
      type,
      data: { plugin: "rrweb/console@1", payload: { level: "log", payload: [code("plugin")], trace: [trap.url] } },
    });
  }
  for (const source of [-1, 6, 9, 11, 16, 17, 99, "0", "constructor", null, {}]) {
    after(`a change of source ${JSON.stringify(source)}`, {
      type: 3,
      data: { source, id: 5, text: code("source"), positions: "x", attributes: { onclick: code("x") } },
    });
  }
  const shapes: [string, unknown][] = [
    ["nothing", null],
    ["text", "PWNED"],
    ["a list", []],
    ["a node of text alone", { node: "<script>" }],
    ["a node without children", { node: { type: 0, id: 1 } }],
    ["children that are no list", { node: { type: 0, id: 1, childNodes: { length: 9, 0: { type: 2 } } } }],
    ["children that are nothing", { node: { type: 0, id: 1, childNodes: [null, 1, "x", [], {}] } }],
    ["a quirks page without a child", { node: { type: 0, id: 1, compatMode: "BackCompat", childNodes: [] } }],
    [
      "an element as page",
      { node: { type: 2, id: 1, tagName: "script", attributes: { src: trap.url }, childNodes: [] } },
    ],
    [
      "an offset that is a command",
      { ...page([]), initialOffset: { behavior: "smooth", left: "x", top: { toString: 1 } } },
    ],
  ];
  for (const [name, data] of shapes)
    found.push({
      name: `a page that is ${name}`,
      records: [META, { type: 2, data }, ...recording("", page([])).records],
    });

  for (const attributes of [
    JSON.parse('{"__proto__": {"polluted": "PWNED"}}') as Record<string, unknown>,
    { constructor: { prototype: { polluted: "PWNED" } } },
    { "": "x", " ": "x", "x y": "x", "on click": code("space"), "onclick ": code("end"), "\tonload": code("tab") },
    { onclick: { toString: code("object") } },
    { onclick: [code("list")], onload: true, onerror: 1 },
    { "xmlns:onload": code("prefix"), "x:onload": code("prefix"), "xlink:onload": code("prefix") },
    { _cssText: { toString: "x" }, style: [["x"]], class: null, rr_width: { x: 1 }, rr_scrollTop: "1e9" },
    { rr_dataURL: `javascript:${code("dataurl")}`, rr_src: trap.url, rr_captured_stylesheets: trap.url },
  ]) {
    const { element } = nodes();
    found.push(
      recording(
        `attributes ${JSON.stringify(attributes).slice(0, 60)}`,
        page([element("img", attributes), element("style", attributes), element("canvas", attributes)]),
      ),
    );
  }
  for (const tagName of [
    "",
    "a b",
    "<script>",
    "SCRIPT",
    "sCrIpT",
    "svg:script",
    "html:script",
    "x-\u0000",
    "script ",
    "frameset",
    "head",
    "html",
    5,
    null,
    {},
  ]) {
    const { element, text } = nodes();
    const node = element(tagName as string, { src: `${trap.url}/tag`, onload: code("tag") }, [text(code("tag"))]);
    found.push(
      recording(
        `an element named ${JSON.stringify(tagName)}`,
        page([node, { ...node, id: 900, isSVG: true }]),
        mutation({ adds: [add({ ...node, id: 901 })] }),
      ),
    );
  }
  for (const id of [0, -1, 1, 2, 5, 2 ** 53, 0.5, "5", null, "__proto__"]) {
    const { element } = nodes();
    const twice = { ...element("p", { onclick: code("id") }), id: id as number };
    found.push(
      recording(
        `a node of id ${JSON.stringify(id)}`,
        page([twice, twice]),
        mutation({ adds: [add(twice)], removes: [{ id, parentId: id }] }),
      ),
    );
  }
  for (const [publicId, systemId, name] of [
    [`"><script>${code("doctype")}</script>`, trap.url, "html"],
    ["", trap.url, "html [<!ENTITY x SYSTEM 'x'>]"],
    ["-//W3C//DTD XHTML", `${trap.url}/dtd`, "svg"],
    [null, {}, "<script>"],
  ]) {
    const data = page([]) as { node: { childNodes: { type: number }[] } };
    data.node.childNodes[0] = { type: 1, id: 9, name, publicId, systemId } as never;
    found.push(recording(`a doctype ${JSON.stringify(name)}`, data));
  }
  for (const type of [4, 5, 6, 7, 99, "2", null]) {
    const { next } = nodes();
    const node = {
      type: type as number,
      id: next(),
      textContent: `--><script>${code("node")}</script>]]>`,
      tagName: "script",
    };
    found.push(
      recording(
        `a node of type ${JSON.stringify(type)}`,
        page([node]),
        mutation({ adds: [add({ ...node, id: 902 })] }),
      ),
    );
  }

  // Canvases: commands are not followed, and images stand only where they are images.
  const drawings: [string, Record<string, unknown>][] = [
    [
      "drawImage",
      {
        type: 1,
        commands: [{ property: "drawImage", args: [{ rr_type: "HTMLImageElement", src: `${trap.url}/draw` }, 0, 0] }],
      },
    ],
    ["a property of the context", { type: 1, commands: [{ property: "constructor", args: [code("canvas")] }] }],
    ["a setter", { type: 1, commands: [{ setter: true, property: "fillStyle", args: [`url(${trap.url})`] }] }],
    ["canvas", { type: 1, commands: [{ property: "canvas", args: [] }] }],
    [
      "WebGL",
      {
        type: 2,
        commands: [{ property: "texImage2D", args: [{ rr_type: "HTMLImageElement", src: `${trap.url}/gl` }] }],
      },
    ],
    [
      "a blob",
      {
        type: 1,
        commands: [
          {
            property: "drawImage",
            args: [
              {
                rr_type: "ImageBitmap",
                args: [{ rr_type: "Blob", data: [{ rr_type: "ArrayBuffer", base64: "PHN2Zz4=" }], type: "text/html" }],
              },
            ],
          },
        ],
      },
    ],
    [
      "Function",
      { type: 1, commands: [{ property: "fillText", args: [{ rr_type: "Function", args: [code("function")] }] }] },
    ],
    ["one command", { type: 0, property: "fillRect", args: [0, 0, 1, 1] }],
  ];
  for (const [name, data] of drawings) {
    const { element } = nodes();
    const canvas = element("canvas", { width: "10", height: "10", rr_dataURL: `${trap.url}/canvas` });
    found.push(recording(`a canvas told to ${name}`, page([canvas]), change(9, { id: canvas.id, ...data })));
  }
  for (const image of [
    trap.url,
    `javascript:${code("image")}`,
    `data:image/svg+xml,<svg onload="${code("svg")}"/>`,
    `data:image/png;base64,AA"),url("${trap.url}/css`,
    "data:text/html,x",
    null,
    {},
    "blob:x",
  ]) {
    const { element } = nodes();
    const canvas = element("canvas", { width: "10", height: "10" });
    found.push(
      recording(`a still image ${JSON.stringify(image)?.slice(0, 40)}`, page([canvas]), {
        type: 5,
        data: { tag: "fp.canvas", payload: { id: canvas.id, width: 1e9, height: -1, image } },
      }),
    );
  }
  for (const tag of ["fp.style", "fp.degraded", "fp.recovered", "fp.unknown", "__proto__", null]) {
    after(
      `an own record ${JSON.stringify(tag)} with anything`,
      ...[null, "x", [], { hash: "__proto__", css: `@import "${trap.url}"`, id: "5", nodes: {} }].map((load) => ({
        type: 5,
        data: { tag, payload: load },
      })),
    );
  }
  const fonts = [
    `url(${trap.url}/font)`,
    `url("${trap.url}/font") format("woff2"), local(x)`,
    "[1,2",
    "data:font/woff2;base64,AA",
  ];
  for (const fontSource of fonts) {
    for (const buffer of [true, false])
      after(
        `a font ${fontSource.slice(0, 20)} ${buffer}`,
        change(10, { family: "x", fontSource, buffer, descriptors: { weight: {} } }),
      );
  }
  const deep = (depth: number) => {
    const { element, text } = nodes();
    let node = element("script", {}, [text(code("deep"))]);
    for (let n = 0; n < depth; n++) node = element("div", { onclick: code("deep") }, [node]);
    return node;
  };
  for (const depth of [100, 600]) found.push(recording(`a page ${depth} elements deep`, page([deep(depth)])));
  return found;
}
