// rrweb's recorder as we bundle it: the published file with changes that do three things. They leave out what we never use
// (among it a worker made from a blob, which a strict content security policy forbids), repair what would harm the page or
// leak memory, and let us stand where the work is done.

import { fileURLToPath } from "node:url";
import { change, cut, swap } from "./changes.mjs";

const RRWEB = fileURLToPath(import.meta.resolve("@rrweb/record"));

const CHANGES = {
  "importing does nothing: not even repairing `Array.from` by a frame in the page": [
    cut("try {\n  if (Array.from([1]", "const mirror = createMirror();"),
    cut("const DEPARTED_MIRROR_ACCESS_WARNING", "function throttle("),
  ],
  "no canvas: ours takes still images without a worker; no inlined images; no fonts": [
    cut(
      '\nvar chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      "class StylesheetManager {",
      "\nclass CanvasManager { reset() {} freeze() {} unfreeze() {} lock() {} unlock() {} }\n",
    ),
    cut('  if (tagName === "canvas" && recordCanvas) {', '  if (["audio", "video"].includes(tagName)) {'),
    cut("    if (o.collectFonts) {", "  }\n  const selectionObserver"),
  ],
  "no frames of other origins, and so no messages from them": [
    cut("class CrossOriginIframeMirror {", "class IframeManager {"),
    cut(
      "    this.crossOriginIframeStyleMirror = new CrossOriginIframeMirror(",
      "    this.mirror = options.mirror;\n    if (this.recordCrossOriginIframes)",
    ),
    cut("    if (this.recordCrossOriginIframes) {", "  }\n  addIframe("),
    cut("    this.iframes.set(iframeEl, true);", "  }\n  addLoadListener("),
    cut("    if (this.recordCrossOriginIframes)\n", "    (_b = this.loadListener)"),
    cut("  handleMessage(message) {", "class ShadowDomManager {", "}\n"),
    swap('__publicField(this, "crossOriginIframeMirror", new CrossOriginIframeMirror(genId));', ""),
    cut("  for (const plugin of plugins || []) {\n    if (plugin.getMirror)", "  const processedNodeManager"),
    cut("    } else if (passEmitsToParent) {", "    if (e.type === EventType.FullSnapshot) {\n      last", "    }\n"),
  ],
  "no hooks and plugins": [
    swap("  mergeHooks(o, hooks);\n", ""),
    cut("  const pluginHandlers = [];", "  return callbackWrapper(() => {\n    mutationBuffers.forEach((b) => b.reset"),
    swap("    pluginHandlers.forEach((h) => h());\n", ""),
    cut("          plugins: ((_a2 = plugins", "        },\n        hooks"),
    cut("    for (const plugin of plugins || []) {", "    if (packFn &&"),
  ],
  "no nodes of rrweb's own DOM, which only a player has": [
    cut("class BaseRRNode {", "function on(type, fn"),
    cut("  if (n instanceof BaseRRNode", "  return Boolean(index.shadowRoot(n));"),
  ],
  "masks are ours (see src/replay/privacy): nothing here decides on text, or writes on the page that a field was a password":
    [
      cut("  if (!needsMask) {\n    const checkAncestors", "  const _serializedNode = serializeNode("),
      cut("              value: needMaskingText(", "              node: m.target", "              value,\n"),
      cut('            target.setAttribute("data-rr-is-password"', "          }\n          if (!ignoreAttribute("),
    ],
  "blocks are told by selectors alone, not by a class besides": [
    cut(
      '    if (typeof blockClass === "string") {\n      if (element.classList',
      "    if (blockSelector) {\n      return element",
    ),
    cut(
      '  try {\n    if (typeof blockClass === "string") {\n      if (el.classList.contains(blockClass))',
      "  if (blockSelector) {\n    if (el.matches",
    ),
  ],
  "every callback runs where it is timed and cannot throw (`around`), and none after the recorder has stopped": [
    cut(
      "const callbackWrapper = (cb) => {",
      "const mutationBuffers = [];",
      "const callbackWrapper = (cb) => (...rest) => errorHandler?.(() => cb(...rest));\n",
    ),
    swap("errorHandler: errorHandler2", "around: errorHandler2"),
    swap(
      "const testableAccessors = {",
      "const setTimeout = (run, ms) => window.setTimeout(callbackWrapper(run), ms);\nconst testableAccessors = {",
    ),
    swap(
      "function on(type, fn, target = document) {",
      "function on(type, run, target = document) {\n  const fn = callbackWrapper(run);",
    ),
    swap('  link.addEventListener("load", () => {', '  on("load", () => {'),
    swap(
      "    clearTimeout(timer);\n    fired = true;\n    listener();\n  });\n}\nfunction serializeNode(",
      "    clearTimeout(timer);\n    fired = true;\n    listener();\n  }, link);\n}\nfunction serializeNode(",
    ),
    swap(
      "              manager.addShadowRoot(shadowRootEl, doc);",
      "callbackWrapper(() => manager.addShadowRoot(shadowRootEl, doc))();",
    ),
  ],
  "a function of the page that we listen in on answers, and throws, as the browser's own does": [
    swap(
      "function initStyleSheetObserver(",
      `const listenIn = (note) => (target, self, args) => {
  note(target, self, args);
  return target.apply(self, args);
};
function initStyleSheetObserver(`,
    ),
    swap("apply: callbackWrapper(", "apply: listenIn(callbackWrapper(", 8),
    swap(/return target\.apply\(thisArg, argumentsList\);\n(\s*)\}\n(\s*)\)/, "$1}\n$2))", 8),
    swap("          return setProperty.apply(thisArg, [property, value, priority]);", "return;"),
    swap("          return removeProperty.apply(thisArg, [property]);", "return;"),
  ],
  "mutations pass our gate, which may hold some back; an observer that ends takes its buffer along": [
    swap(
      "callbackWrapper(mutationBuffer.processMutations.bind(mutationBuffer))",
      "callbackWrapper((mutations) => mutationBuffer.processMutations(admit(mutations)))",
    ),
    swap("let errorHandler;\n", "let errorHandler;\nlet admit;\n"),
    swap("  registerErrorHandler(errorHandler2);", "  registerErrorHandler(errorHandler2);\n  admit = options.admit;"),
    swap(
      "  return [observer, iframeCleanup];",
      `  const disconnect = observer.disconnect;
  observer.disconnect = () => {
    disconnect.call(observer);
    mutationBuffers.splice(mutationBuffers.indexOf(mutationBuffer), 1);
  };
  return [observer, iframeCleanup];`,
    ),
  ],
  "a frame's document is observed once, not once more at each keyframe, and never after the end": [
    swap(
      "        handlers.push(observe(iframeEl.contentDocument));",
      `        const seen = iframeEl.contentDocument;
        if (observedDocuments.has(seen)) return;
        observedDocuments.add(seen);
        handlers.push(observe(seen));`,
    ),
    swap(
      "    const handlers = [];\n    const observe",
      "    const handlers = [];\n    const observedDocuments = new WeakSet();\n    const observe",
    ),
    swap("  attachIframe(iframeEl, childSn) {", "  attachIframe(iframeEl, childSn) {\n    if (!recording) return;"),
    swap(
      "function onceIframeLoaded(",
      `const loadListeners = new WeakMap();
function onLoad(iframeEl, listener) {
  loadListeners.get(iframeEl)?.();
  loadListeners.set(iframeEl, on("load", listener, iframeEl));
}
function onceIframeLoaded(`,
    ),
    swap('    return iframeEl.addEventListener("load", listener);', "    return onLoad(iframeEl, listener);"),
    swap('  }\n  iframeEl.addEventListener("load", listener);', "  }\n  onLoad(iframeEl, listener);"),
  ],
  "a node that is put back where it was stays known, or its changes would not be told any more": [
    swap(
      "this.mirror.removeNodeFromMap(this.mapRemoves.shift());",
      "const removed = this.mapRemoves.shift();\n        if (!removed.isConnected) this.mirror.removeNodeFromMap(removed);",
    ),
  ],
  "a shadow root that is moved keeps its style sheets": [
    swap("    if (this.shadowDoms.has(shadowRoot2)) return;\n", ""),
    swap(
      "    this.shadowDoms.add(shadowRoot2);\n",
      `    const adopt = () => {
      if (shadowRoot2.adoptedStyleSheets && shadowRoot2.adoptedStyleSheets.length > 0)
        this.bypassOptions.stylesheetManager.adoptStyleSheets(
          shadowRoot2.adoptedStyleSheets,
          this.mirror.getId(index.host(shadowRoot2))
        );
    };
    if (this.shadowDoms.has(shadowRoot2)) {
      setTimeout(adopt, 0);
      return;
    }
    this.shadowDoms.add(shadowRoot2);
`,
    ),
    cut(
      "      if (shadowRoot2.adoptedStyleSheets && shadowRoot2.adoptedStyleSheets.length > 0)\n        this.bypassOptions.stylesheetManager.adoptStyleSheets(\n          shadowRoot2.adoptedStyleSheets,\n          this.mirror.getId(index.host(shadowRoot2))\n        );\n      this.restoreHandlers",
      ".push(\n        initAdoptedStyleSheetObserver(",
      "      adopt();\n      this.restoreHandlers",
    ),
  ],
  "a style sheet is its own link's, also in a shadow root": [
    cut(
      "    const stylesheet = Array.from(doc.styleSheets).find(",
      "    let cssText = null;",
      "    const stylesheet = n.sheet;\n",
    ),
  ],
  "less work for each node: no copies of the options, and no closures, of which each would keep them all": [
    cut(
      "function serializeNodeWithId(n, options) {\n  const {",
      "  let { preserveWhiteSpace = true } = options;",
      `const frameLoaded = (frame, options) => () => {
  const doc = frame.contentDocument;
  // One that is empty still will say that it has loaded; told now, it would be observed as nothing.
  const node = doc?.documentElement && serializeNodeWithId(doc, { ...options, doc, skipChild: false, newlyAddedElement: false });
  if (node) options.onIframeLoad(frame, node);
};
const styleLoaded = (link, options) => () => {
  const node = serializeNodeWithId(link, { ...options, skipChild: false, newlyAddedElement: false });
  if (node) options.onStylesheetLoad(link, node);
};
function serializeNodeWithId(n, options) {
  const { mirror: mirror2, skipChild = false, slimDOMOptions, onSerialize, cssCaptured = false } = options;
`,
    ),
    cut(
      "    onceIframeLoaded(\n      n,\n",
      '  if (serializedNode.type === NodeType.Element && serializedNode.tagName === "link"',
      "    onceIframeLoaded(n, frameLoaded(n, options), 5e3);\n  }\n",
    ),
    cut(
      "    onceStylesheetLoaded(\n      n,\n",
      "  return serializedNode;\n}\nfunction snapshot(",
      "    onceStylesheetLoaded(n, styleLoaded(n, options), 5e3);\n  }\n",
    ),
    cut(
      "  const len = n.attributes.length;",
      '  if (tagName === "link" && inlineStylesheet) {',
      `  for (const name of n.getAttributeNames()) {
    if (!ignoreAttribute(tagName, name)) {
      attributes[name] = transformAttribute(doc, tagName, toLowerCase(name), n.getAttribute(name));
    }
  }
`,
    ),
    swap("if (customElements.get(tagName))", 'if (tagName.includes("-") && customElements.get(tagName))'),
    cut(
      "  const _serializedNode = serializeNode(n, {",
      "  if (!_serializedNode) {",
      "  const _serializedNode = serializeNode(n, options);\n",
    ),
    cut(
      "      return serializeElementNode(n, {",
      "    case n.TEXT_NODE:",
      "      return serializeElementNode(n, options, rootId);\n",
    ),
    cut(
      "      return serializeTextNode(n, {",
      "    case n.CDATA_SECTION_NODE:",
      "      return serializeTextNode(n, options, rootId);\n",
    ),
    swap("function serializeElementNode(n, options) {", "function serializeElementNode(n, options, rootId) {"),
    swap(
      "    keepIframeSrcFn,\n    newlyAddedElement = false,\n    rootId\n  } = options;",
      "    keepIframeSrcFn = () => false,\n    newlyAddedElement = false\n  } = options;",
    ),
    swap(
      "function serializeTextNode(n, options) {\n  const { needsMask, maskTextFn, rootId, cssCaptured } = options;",
      "function serializeTextNode(n, options, rootId) {\n  const { needsMask, maskTextFn, cssCaptured } = options;",
    ),
    cut(
      "    const bypassOptions = {",
      '    if (serializedNode.type === NodeType.Element && serializedNode.tagName === "textarea"',
      "    let bypassOptions = cssCaptured ? { ...options, cssCaptured: false } : options;\n",
    ),
    swap("        bypassOptions.cssCaptured = true;", "        bypassOptions = { ...options, cssCaptured: true };"),
    swap(
      "for (const childN of Array.from(index.childNodes(n))) {",
      "for (let childN = index.firstChild(n); childN; childN = index.nextSibling(childN)) {",
    ),
    swap(
      "for (const childN of Array.from(index.childNodes(shadowRootEl))) {",
      "for (let childN = index.firstChild(shadowRootEl); childN; childN = index.nextSibling(childN)) {",
    ),
    swap("    delete serializedNode.needBlock;", "    serializedNode.needBlock = void 0;"),
  ],
};

/** Fields as fields, which a minifier can see; and nothing on the page's console. */
function tidy(code) {
  return code
    .replace(/console\.(warn|error)\(/g, "void (")
    .replace(/__publicField\(this, "\w+"\);\n/g, "\n")
    .replace(/__publicField\(this, "(\w+)", /g, "(this.$1 = ");
}

/** A plugin for the bundler. */
export function rrweb() {
  return {
    name: "rrweb",
    transform: (code, id) => (id === RRWEB ? tidy(change(code, CHANGES)) : null),
  };
}
