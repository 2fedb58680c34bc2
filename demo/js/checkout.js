import { clear, lines, total } from "./cart.js";
import { byId, element } from "./dom.js";
import { orderLines } from "./order-lines.js";
import { mountPaymentWidget } from "./payment-widget.js";
import { person } from "./person.js";

const form = byId("checkout");
const button = form.querySelector(".place-order");
const { email, card_number: card } = form.elements;

function say(id, problem) {
  const place = byId(id);
  place.hidden = !problem;
  place.textContent = problem ?? "";
}

const sayPayment = (problem) => {
  say("payment-problem", problem);
  card.toggleAttribute("aria-invalid", !!problem);
};

async function pay() {
  const answer = await fetch("/demo/api/payment", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ card_number: card.value.replace(/\D/g, ""), amount_cents: total() }),
  });
  const { order_id, message } = await answer.json();
  if (!answer.ok) return sayPayment(message);
  const order = { id: order_id, name: form.elements.name.value, total_cents: total(), lines: lines() };
  sessionStorage.setItem("fern-and-field.order", JSON.stringify(order));
  window.footpath?.track("purchase", { order_id, total_cents: order.total_cents, items: order.lines.length });
  clear();
  location.assign(`/demo/order/${order_id}`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const missing = [...form.elements].find((field) => field.willValidate && !field.checkValidity());
  say("form-problem", missing && "Please fill in every field; an e-mail address needs an @.");
  if (missing) return missing.focus();
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    await pay();
  } catch {
    sayPayment("The payment could not be sent. Please try again.");
  } finally {
    button.ariaBusy = "false";
  }
});

mountPaymentWidget({ field: card, onChange: sayPayment });
email.value = person()?.email ?? "";
if (lines().length) {
  byId("summary-lines").append(orderLines(lines(), total()));
} else {
  button.disabled = true;
  byId("summary-lines").append(
    element("p", { class: "muted" }, "Your cart is empty."),
    element("a", { class: "text-link", href: "/demo/products" }, "Find something green"),
  );
}
