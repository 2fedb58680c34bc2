// The cart: ids and quantities, kept in this browser, priced by the server when something is added.

import { catalogue } from "/demo/catalogue.js";

const KEY = "fern-and-field.cart";
/** For browsers that block storage: the cart of this page. */
let fallback = {};

/** `[{ product, quantity }]`, in the order of the catalogue. */
export function lines() {
  const quantities = read();
  return catalogue
    .filter((product) => quantities[product.id] > 0)
    .map((product) => ({ product, quantity: quantities[product.id] }));
}

export const count = () => lines().reduce((sum, line) => sum + line.quantity, 0);
export const total = () => lines().reduce((sum, line) => sum + line.quantity * line.product.price_cents, 0);

/** Adds one and tells the server; rejects where the server refuses. */
export async function add(product) {
  const quantities = read();
  const next = { ...quantities, [product.id]: (quantities[product.id] ?? 0) + 1 };
  const answer = await fetch("/demo/api/cart", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ items: Object.entries(next).map(([id, quantity]) => ({ id: Number(id), quantity })) }),
  });
  if (!answer.ok) throw new Error(`the cart answered ${answer.status}`);
  write(next);
}

export function setQuantity(product, quantity) {
  write({ ...read(), [product.id]: quantity });
}

export function clear() {
  write({});
}

/** Calls back now and whenever the cart changes, in this tab or another. */
export function watch(changed) {
  addEventListener("cart", changed);
  addEventListener("storage", (event) => event.key === KEY && changed());
  // Back from the back/forward cache, other pages may have changed it.
  addEventListener("pageshow", (event) => event.persisted && changed());
  changed();
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return fallback;
  }
}

function write(quantities) {
  fallback = quantities;
  try {
    localStorage.setItem(KEY, JSON.stringify(quantities));
  } catch {
    // Storage is blocked: `fallback` has it.
  }
  dispatchEvent(new Event("cart"));
}
