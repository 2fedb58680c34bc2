// The script tag's door: `<script src="https://footpath.example.com/footpath.js" data-site="KEY"></script>`, in the
// head or the body, plain, `async` or `defer`. Reads its own tag, starts, and exposes `window.footpath`. Without
// `data-site` it only exposes it, for a page that calls `footpath.init(…)` itself.

import { type Facade, openFacade } from "./boot/facade";
import { optionsOfTag } from "./boot/tag-options";

const tag = document.currentScript ?? document.querySelector("script[data-site]");
const options = tag && optionsOfTag(tag as HTMLScriptElement);
const footpath = openFacade();
(window as Window & { footpath?: Facade }).footpath = footpath;
if (options) footpath.init(options);
