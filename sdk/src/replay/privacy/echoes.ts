// What a person has typed, wherever the page repeats it: in an attribute that its style sheet shows, in a greeting. The
// values are read from the fields when they are asked for, and kept nowhere.

/** Shorter values are in every other text. */
const SHORTEST_IN_TEXT = 4;
const SHORTEST_IN_TOKEN = 3;
/** Fields that are looked at; of more, those typed into last. */
const MAX_FIELDS = 50;

export interface Echoes {
  /** Values that were read before are read again: they may have changed. */
  renew(): void;
  /** A person has put something into this field. */
  typed(field: Element): void;
  /** Whether a text of the page holds such a value. */
  inText(text: string): boolean;
  /** Whether a short text for programs is such a value, or holds it, or is a part of it. */
  inToken(token: string): boolean;
}

export function startEchoes(masksValue: (field: Element) => boolean): Echoes {
  let fields: Element[] = [];
  let values: string[] | undefined;

  const some = (test: (value: string) => boolean): boolean => {
    values ??= fields
      .filter((field) => field.isConnected && masksValue(field))
      .map((field) => ((field as HTMLInputElement).value ?? field.textContent ?? "").trim())
      .filter(Boolean);
    return values.some(test);
  };

  return {
    renew() {
      values = undefined;
    },
    typed(field) {
      if (fields[0] !== field) fields = [field, ...fields.filter((other) => other !== field)].slice(0, MAX_FIELDS);
    },
    inText: (text) => some((value) => value.length >= SHORTEST_IN_TEXT && text.includes(value)),
    inToken: (token) =>
      some(
        (value) =>
          value === token ||
          (token.length >= SHORTEST_IN_TOKEN && value.includes(token)) ||
          (value.length >= SHORTEST_IN_TOKEN && token.includes(value)),
      ),
  };
}
