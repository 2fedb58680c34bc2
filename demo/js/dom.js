// Building elements. Text goes in as text and nothing is ever parsed as HTML, so a product's or a person's name can
// carry whatever it likes.

const SVG = "http://www.w3.org/2000/svg";

/** `element("button", { class: "add", type: "button", onclick: add }, "Add")`; null children are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "path" ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** The element of this id, which the page is known to have. */
export const byId = (id) => document.getElementById(id);

export const money = (cents) => (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
