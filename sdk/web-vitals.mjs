// web-vitals as we bundle it: its modules, without what this SDK does not ask for. What is measured, and how, is Google's.

import { fileURLToPath } from "node:url";
import { change, cut, swap } from "./changes.mjs";

/** The package exports one minified file; its modules lie beside it. */
const MODULES = fileURLToPath(new URL("modules/", import.meta.resolve("web-vitals")));

const NO_OPTIONS = "we set no option";
const NO_ATTRIBUTION = "nobody else listens in: the attribution is ours";
const SHOWN = "the SDK begins when a prerendered page is shown";

const CHANGES = {
  "onCLS.js": {
    [NO_OPTIONS]: [
      swap(", opts.reportAllChanges", "", 2),
      swap("initUnique(opts, LayoutShiftManager)", "new LayoutShiftManager()"),
    ],
  },
  "onFCP.js": {
    [NO_OPTIONS]: [swap(", opts.reportAllChanges", "", 2)],
    [SHOWN]: [swap("whenActivated(() => {", "{"), swap(/\}\);\n\};\n*$/, "}\n};\n")],
  },
  "onINP.js": {
    [NO_OPTIONS]: [
      swap(", opts.reportAllChanges", "", 2),
      swap("initUnique(opts, InteractionManager)", "new InteractionManager()"),
      swap("opts.durationThreshold ?? DEFAULT_DURATION_THRESHOLD", "DEFAULT_DURATION_THRESHOLD"),
    ],
    [SHOWN]: [swap("whenActivated(() => {", "{"), swap(/\}\);\n\};\n*$/, "}\n};\n")],
  },
  "onLCP.js": {
    [NO_OPTIONS]: [
      swap(", opts.reportAllChanges", "", 2),
      cut(
        "            if (!opts.reportAllChanges) {",
        "                entries = entries.slice(-1);",
        "            {\n",
      ),
    ],
    [NO_ATTRIBUTION]: [
      cut("        const lcpEntryManager = ", "        const handleEntries"),
      swap("lcpEntryManager._processEntry(entry);", ""),
    ],
    [SHOWN]: [swap("whenActivated(() => {", "{"), swap(/\}\);\n\};\n*$/, "}\n};\n")],
  },
  "onTTFB.js": {
    [NO_OPTIONS]: [swap(", opts.reportAllChanges", "", 2)],
    [SHOWN]: [
      cut("    if (document.prerendering) {", "    else if (document.readyState"),
      swap("    else if (document.readyState", "    if (document.readyState"),
    ],
  },
  "lib/bindReporter.js": {
    [NO_OPTIONS]: [swap(", reportAllChanges)", ")"), swap(" || reportAllChanges", "")],
    "nobody asks by how much it has changed": [
      swap("    let delta;\n", ""),
      cut(
        "                delta = metric.value",
        "                    prevValue = metric.value",
        "                if (metric.value !== prevValue) {\n",
      ),
      swap("                    metric.delta = delta;\n", ""),
    ],
  },
  "lib/getVisibilityWatcher.js": {
    [SHOWN]: [
      swap(" && !document.prerendering", ""),
      swap("!document.prerendering\n            ? ", ""),
      swap(/\n\s*: undefined;/, ";"),
      swap("        addEventListener('prerenderingchange', onVisibilityUpdate, true);\n", ""),
      swap("            removeEventListener('prerenderingchange', onVisibilityUpdate, true);\n", ""),
      swap("event.type === 'visibilitychange' ? event.timeStamp : 0", "event.timeStamp"),
      swap("        if (event.type === 'visibilitychange') {", "        {"),
    ],
  },
  "lib/InteractionManager.js": {
    [NO_ATTRIBUTION]: [
      swap("    _onBeforeProcessingEntry;\n", ""),
      swap("    _onAfterProcessingINPCandidate;\n", ""),
      swap("this._onBeforeProcessingEntry?.(entry);", ""),
      swap("this._onAfterProcessingINPCandidate?.(interaction);", ""),
    ],
    "ten are found as fast in their list as in a map beside it": [
      swap("    _longestInteractionMap = new Map();\n", ""),
      swap("        this._longestInteractionMap.clear();\n", ""),
      swap(
        "this._longestInteractionMap.get(entry.interactionId)",
        "this._longestInteractionList.find(({ id }) => id === entry.interactionId)",
      ),
      swap("                this._longestInteractionMap.set(interaction.id, interaction);\n", ""),
      cut(
        "            if (this._longestInteractionList.length > MAX_INTERACTIONS_TO_CONSIDER) {",
        "        }\n    }\n}",
        "            this._longestInteractionList.splice(MAX_INTERACTIONS_TO_CONSIDER);\n",
      ),
    ],
  },
  "lib/LayoutShiftManager.js": {
    [NO_ATTRIBUTION]: [
      swap("    _onAfterProcessingUnexpectedShift;\n", ""),
      swap("this._onAfterProcessingUnexpectedShift?.(entry);", ""),
    ],
  },
  "lib/whenIdleOrHidden.js": {
    "what it puts off takes us less than a millisecond, and done at once it cannot be lost": [
      cut("export const whenIdleOrHidden = (cb) => {", "\n};", "export const whenIdleOrHidden = (cb) => {\n    cb();"),
    ],
  },
  "lib/initMetric.js": {
    "nobody asks how the page was come to, nor for an id": [
      cut("    const navEntry = ", "    const entries = []"),
      cut("        rating: 'good'", "        entries,"),
      cut("        id: generateUniqueID()", "    };"),
    ],
  },
};

/** A plugin for the bundler. */
export function webVitals() {
  return {
    name: "web-vitals",
    resolveId: (id) => (id === "web-vitals" ? `${MODULES}index.js` : null),
    transform(code, id) {
      const changes = id.startsWith(MODULES) && CHANGES[id.slice(MODULES.length)];
      // Comments may hold the same words as code.
      return changes ? change(code.replace(/^\s*(\/\/|\/?\*).*\n/gm, ""), changes) : null;
    },
  };
}
