import { byId } from "./dom.js";
import { orderLines } from "./order-lines.js";

const id = location.pathname.split("/")[3];
byId("order-id").textContent = `№ ${id}`;

const order = JSON.parse(sessionStorage.getItem("fern-and-field.order") ?? "null");
// A link from elsewhere: this tab knows nothing of the order.
if (order && String(order.id) === id) {
  byId("thanks-name").textContent = order.name ? `, ${order.name.split(" ")[0]}` : "";
  byId("order-lines").append(orderLines(order.lines, order.total_cents));
}
