// The little cart that slides in when something was added, so that one can go on to the checkout from any shelf.

import { lines, total } from "./cart.js";
import { element, money } from "./dom.js";

let drawer;

export function openMiniCart() {
  drawer?.remove();
  drawer = element(
    "aside",
    { id: "mini-cart", class: "mini-cart", "aria-label": "Cart", tabindex: "-1", onkeydown: (event) => event.key === "Escape" && close() },
    element(
      "div",
      { class: "mini-cart-head" },
      element("h2", {}, "In your cart"),
      element("button", { class: "mini-cart-close", type: "button", "aria-label": "Close", onclick: close }, "×"),
    ),
    element("ul", { class: "mini-cart-lines" }, lines().map(line)),
    element("p", { class: "total" }, element("span", {}, "Total"), element("strong", {}, money(total()))),
    element("button", { class: "go-checkout button primary", type: "button", onclick: () => location.assign("/demo/checkout") }, "Checkout"),
    element("a", { class: "text-link", href: "/demo/cart" }, "View cart"),
  );
  document.body.append(drawer);
  drawer.focus({ preventScroll: true });
}

function close() {
  drawer?.remove();
  drawer = undefined;
}

function line({ product, quantity }) {
  return element(
    "li",
    {},
    element("img", { class: `tint-${product.tint}`, src: `/demo/img/${product.slug}.svg`, width: 56, height: 56, alt: "" }),
    element("span", {}, product.name, element("small", {}, `${quantity} × ${money(product.price_cents)}`)),
  );
}
