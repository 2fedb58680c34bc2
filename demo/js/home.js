import { catalogue } from "/demo/catalogue.js";
import { card } from "./card.js";
import { byId } from "./dom.js";

const PICKS = [11, 42, 27, 56];

byId("picks").append(...catalogue.filter(({ id }) => PICKS.includes(id)).map(card));
