// What is bought, as a table of lines with a total.

import { element, money } from "./dom.js";

/** `end` makes the last cell of a line; the line's price by default. */
export function orderLines(lines, totalCents, end = ({ product, quantity }) => money(product.price_cents * quantity)) {
  return element(
    "div",
    { class: "lines" },
    element(
      "ul",
      {},
      lines.map((line) =>
        element(
          "li",
          { class: "line" },
          element("img", { class: `tint-${line.product.tint}`, src: `/demo/img/${line.product.slug}.svg`, width: 64, height: 64, alt: "" }),
          element(
            "span",
            { class: "line-name" },
            element("a", { href: `/demo/products/${line.product.id}` }, line.product.name),
            element("small", {}, `${line.quantity} × ${money(line.product.price_cents)}`),
          ),
          element("span", { class: "line-end" }, end(line)),
        ),
      ),
    ),
    element("p", { class: "total" }, element("span", {}, "Total"), element("strong", {}, money(totalCents))),
  );
}
