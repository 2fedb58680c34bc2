// The shelves, filtered like a single-page app: a category changes the path (a page view), a search only the query
// (none). Both replace the history entry, so that Back leaves the shelves.

import { catalogue } from "/demo/catalogue.js";
import { card } from "./card.js";
import { byId } from "./dom.js";

const search = byId("search");
const field = search.elements.q;
const cards = new Map(catalogue.map((product) => [product, card(product)]));

const categoryInPath = () => location.pathname.split("/")[3] ?? "";

function show() {
  const category = categoryInPath();
  const words = field.value.trim().toLowerCase().split(/\s+/);
  const found = catalogue.filter((product) => {
    const text = `${product.name} ${product.line} ${product.about}`.toLowerCase();
    return (!category || product.category === category) && words.every((word) => text.includes(word));
  });
  byId("products").replaceChildren(...found.map((product) => cards.get(product)));
  byId("nothing").hidden = found.length > 0;
  byId("shelf-count").textContent = found.length === 1 ? "1 thing" : `${found.length} things`;
  for (const chip of document.querySelectorAll("#categories .chip")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.category === category));
  }
}

function go(category) {
  const query = field.value.trim() ? `?${new URLSearchParams({ q: field.value.trim() })}` : "";
  history.replaceState(null, "", `/demo/products${category && `/${category}`}${query}`);
  show();
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", () => go(categoryInPath()));
search.addEventListener("submit", (event) => event.preventDefault());
byId("categories").addEventListener("click", ({ target }) => {
  const chip = target.closest(".chip");
  if (chip) go(chip.dataset.category);
});
show();
