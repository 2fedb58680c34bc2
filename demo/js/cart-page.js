import { lines, setQuantity, total, watch } from "./cart.js";
import { byId, element } from "./dom.js";
import { orderLines } from "./order-lines.js";

function quantityButtons({ product, quantity }) {
  const step = (words, sign, by) =>
    element("button", { class: "step", type: "button", "aria-label": `${words} ${product.name}`, onclick: () => setQuantity(product, quantity + by) }, sign);
  return element("span", { class: "quantity" }, step("One less", "−", -1), element("output", {}, String(quantity)), step("One more", "+", 1));
}

watch(() => {
  const now = lines();
  byId("cart").replaceChildren(
    ...(now.length
      ? [
          orderLines(now, total(), quantityButtons),
          element("button", { class: "go-checkout button primary", type: "button", onclick: () => location.assign("/demo/checkout") }, "Checkout"),
        ]
      : [
          element("p", { class: "lede" }, "Nothing in it yet."),
          element("a", { class: "button primary", href: "/demo/products" }, "Find something green"),
        ]),
  );
});
