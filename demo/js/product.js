import { catalogue } from "/demo/catalogue.js";
import { addButton, card } from "./card.js";
import { byId, element, money } from "./dom.js";

const id = Number(location.pathname.split("/")[3]);
const product = catalogue.find((one) => one.id === id);

byId("product").append(
  element("img", { class: `product-picture tint-${product.tint}`, src: `/demo/img/${product.slug}.svg`, width: 400, height: 400, alt: product.name }),
  element(
    "div",
    { class: "product-words" },
    element("p", { class: "eyebrow" }, product.category),
    element("h1", {}, product.name),
    element("p", { class: "price large" }, money(product.price_cents)),
    element("p", { class: "lede" }, product.about),
    element("ul", { class: "facts" }, product.facts.map((fact) => element("li", {}, fact))),
    element(
      "div",
      { class: "product-buttons" },
      addButton(product, "primary"),
      // It does nothing: its feature was never finished. Every shop has one; Footpath calls it a dead click.
      element("button", { class: "size-guide button", type: "button" }, "Size guide"),
    ),
  ),
);

const others = catalogue.filter((one) => one !== product);
const near = others.filter((one) => one.category === product.category);
byId("related-list").append(...[...near, ...others.filter((one) => !near.includes(one))].slice(0, 4).map(card));
