// Stands for the payment provider's script that shops embed: it checks a card as soon as its field is left, without
// asking anybody, and, as such scripts do, throws where nobody catches.

export class PaymentError extends Error {
  constructor(message, code) {
    super(message);
    this.name = "PaymentError";
    this.code = code;
  }
}

/** Endings of card numbers that the pretended network refuses. */
const DECLINED = ["0002", "9995"];

/** Calls `onChange` with undefined, or with what is wrong in words for people, whenever the card was checked. */
export function mountPaymentWidget({ field, onChange }) {
  let checked = "";

  const validate = (digits) => {
    if (DECLINED.includes(digits.slice(-4))) throw new PaymentError("card network declined", "card_declined");
  };

  field.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "").slice(0, 16);
    field.value = digits.replace(/(.{4})(?=.)/g, "$1 ");
  });

  field.addEventListener("blur", () => {
    const digits = field.value.replace(/\D/g, "");
    if (digits === checked) return;
    checked = digits;
    try {
      validate(digits);
      onChange(undefined);
    } catch (error) {
      onChange("Your bank declined this card. Please try another one.");
      throw error;
    }
  });
}
