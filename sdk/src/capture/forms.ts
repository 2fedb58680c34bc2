// How far people get with forms: the first input, each change of the field they are in, and the submit with the names
// of the fields that were filled. Never a value, nor its length.

import { isIgnored, nameOf, targetOf } from "./elements";
import type { Page } from "./page";

/** As the wire's limit. */
const MAX_FIELDS = 64;
/** Typing on in one field is told again after this, so that writing a long text is not taken for absence. */
export const STILL_TYPING_MS = 60_000;

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function isFilled(field: Field): boolean {
  if (/^(hidden|submit|button|reset|image)$/.test(field.type)) return false;
  if (/^(checkbox|radio)$/.test(field.type)) return (field as HTMLInputElement).checked;
  return !!field.value;
}

const formName = (form: Element) => nameOf(form) ?? "form";
const fieldName = (field: Element) => nameOf(field) ?? field.localName;

export function startForms(page: Page): { newPage(): void } {
  /** The field last touched, per form; fields outside of forms together under the document. */
  let touched = new Map<Node, { field: Element; at: number }>();

  page.listen(document, ["input"], (event) => {
    const field = event.isTrusted && targetOf(event);
    if (!field || isIgnored(field)) return;
    const form = (field as Field).form ?? field.closest("form");
    const before = touched.get(form ?? document);
    const at = page.now();
    if (before?.field === field && at - before.at < STILL_TYPING_MS) return;
    touched.set(form ?? document, { field, at });
    page.record({ input: { form: form ? formName(form) : undefined, field: fieldName(field), first: !before } });
  });

  page.listen<SubmitEvent>(document, ["submit"], (event) => {
    const form = event.isTrusted && targetOf(event);
    if (!form || isIgnored(form)) return;
    const fields = [...(form as HTMLFormElement).querySelectorAll<Field>("input,select,textarea")]
      .filter((field) => isFilled(field) && !isIgnored(field))
      .map(fieldName);
    page.record({ submit: { form: formName(form), fields: [...new Set(fields)].slice(0, MAX_FIELDS) } });
  });

  return {
    newPage() {
      touched = new Map();
    },
  };
}
