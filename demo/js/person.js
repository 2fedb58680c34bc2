// Who is signed in: kept in this browser, and told to Footpath.

const KEY = "fern-and-field.person";

/** `{ email, plan }`, or undefined. */
export function person() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    // Storage is blocked or damaged: nobody is signed in.
    return undefined;
  }
}

export function signIn(who) {
  remember(JSON.stringify(who));
  introduce();
}

export function signOut() {
  remember(undefined);
  window.footpath?.reset();
}

/** Told on every page, as sites do; Footpath notes it only where it is news. */
export function introduce() {
  const who = person();
  if (who) window.footpath?.identify(who.email, { email: who.email, plan: who.plan });
}

function remember(text) {
  try {
    if (text === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, text);
  } catch {
    // Storage is blocked: signed in for as long as this page lives.
  }
}
