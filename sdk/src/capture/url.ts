// URLs as they leave the page: without credentials, and without the values of parameters whose names look like
// secrets, in the query and in a fragment written like one (`#access_token=…`).

/** As the wire's limit. */
const MAX_URL = 2048;
const MASK = "***";

const SECRET_WORD = /token|passw|pwd|secret|credential|signature|session|auth(?!or)|jwt|api_?key/;
const SECRET_NAME = /(^|[^a-z])(key|code|sid|sig|pin|otp|nonce|state)($|[^a-z])/;

export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  return SECRET_WORD.test(words) || SECRET_NAME.test(words);
}

/** The absolute URL, scrubbed and cut; what cannot be parsed is only cut. */
export function scrubUrl(url: string | URL, base: string): string {
  let text = String(url);
  try {
    const parsed = new URL(text, base);
    parsed.username = "";
    parsed.password = "";
    text = parsed.href;
  } catch {
    // Not a URL: nothing will be requested by it either.
  }
  return scrubText(text).slice(0, MAX_URL);
}

/** Any text that may hold such URLs, as stacks and messages do. */
export function scrubText(text: string): string {
  return text.replace(/([?&#;])([^=&#?;\s]+)=[^&#;\s]*/g, (whole, before: string, name: string) =>
    isSecretName(name) ? `${before}${name}=${MASK}` : whole,
  );
}
