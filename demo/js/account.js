import { byId } from "./dom.js";
import { person, signIn, signOut } from "./person.js";

const form = byId("sign-in");
const panel = byId("signed-in");

function show() {
  const who = person();
  form.hidden = !!who;
  panel.hidden = !who;
  byId("who").textContent = who?.email ?? "";
  byId("plan").textContent = who?.plan ?? "";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn({ email: form.elements.email.value, plan: form.elements.plan.value });
  show();
});
panel.querySelector(".sign-out").addEventListener("click", () => {
  signOut();
  show();
});
show();
