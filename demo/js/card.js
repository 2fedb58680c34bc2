// A product on a shelf.

import { add } from "./cart.js";
import { element, money } from "./dom.js";
import { openMiniCart } from "./mini-cart.js";

export function card(product) {
  const href = `/demo/products/${product.id}`;
  return element(
    "li",
    { class: "card" },
    element(
      "a",
      { class: "card-link", href },
      element("img", { class: `card-picture tint-${product.tint}`, src: `/demo/img/${product.slug}.svg`, width: 400, height: 400, alt: "" }),
      element("span", { class: "card-name" }, product.name),
    ),
    element("p", { class: "card-line" }, product.line),
    element(
      "div",
      { class: "card-buy" },
      element("span", { class: "price" }, money(product.price_cents)),
      addButton(product),
    ),
  );
}

/** Its words never change: what happens is told by `aria-busy` and by the cart that opens. */
export function addButton(product, look = "") {
  const button = element("button", { class: `add-to-cart button ${look}`, type: "button" }, "Add to Cart");
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      await add(product);
      openMiniCart();
    } finally {
      button.ariaBusy = "false";
    }
  });
  return button;
}
