// The script tag's door: `<script src="https://footpath.example.com/footpath.js" data-site="KEY"></script>`, in the
// head or the body, plain, `async` or `defer`. Reads its own tag, starts, and exposes `window.footpath`. Without
// `data-site` it only exposes it, for a page that calls `footpath.init(…)` itself.

import { type Facade, openFacade } from "./boot/facade";
import { optionsOfTag } from "./boot/tag-options";
import type { StartReplay } from "./replay/host";
import { SDK } from "./session/sdk";

const tag = (document.currentScript ?? document.querySelector("script[data-site]")) as HTMLScriptElement;
const options = tag && optionsOfTag(tag);

/** The recorder lies where this script does, and is of the same version. It is a module, since `import` keeps to a policy. */
async function loadReplay(): Promise<StartReplay> {
  const { startReplay } = await import(tag.src.replace(/[^/]*$/, `footpath-replay.js?${SDK.version}`));
  return startReplay;
}

const footpath = openFacade(loadReplay);
(window as Window & { footpath?: Facade }).footpath = footpath;
if (options) footpath.init(options);
