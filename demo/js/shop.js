// On every page: the number beside the cart, and who is here.

import { count, watch } from "./cart.js";
import { byId } from "./dom.js";
import { introduce } from "./person.js";

introduce();

watch(() => {
  const badge = byId("cart-count");
  const n = count();
  badge.hidden = n === 0;
  badge.textContent = n || "";
});

for (const link of document.querySelectorAll("#nav a")) {
  if (location.pathname.startsWith(new URL(link.href).pathname)) link.setAttribute("aria-current", "page");
}
