// Ids are UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits, so that ids minted later sort
// later. Time and randomness are passed in; see boot/environment.ts for where they come from.

/** Fills an array of the given length with random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

export function uuidv7(at: number, randomBytes: RandomBytes): string {
  const time = at.toString(16).padStart(12, "0");
  const random = Array.from(randomBytes(10), (byte) => (byte + 256).toString(16).slice(1)).join("");
  // The variant's bits are 10, which leaves two random bits of its digit: 8, 9, a or b.
  const variant = (8 + (Number.parseInt(random.slice(18), 16) & 3)).toString(16);
  const digits = `${time}7${random.slice(0, 3)}${variant}${random.slice(3, 18)}`;
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
