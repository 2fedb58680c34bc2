import { expect, test } from "vitest";
import { uuidv7 } from "./uuid";

test("an id has the layout of RFC 9562 and carries its time", () => {
  const id = uuidv7(0x019a0f5e7c00, () => new Uint8Array(10).fill(0xff));
  expect(id).toBe("019a0f5e-7c00-7fff-bfff-ffffffffffff");
  expect(uuidv7(1, () => new Uint8Array(10))).toBe("00000000-0001-7000-8000-000000000000");
});

test("later ids sort later", () => {
  const zeros = (length: number) => new Uint8Array(length);
  expect(uuidv7(2000, zeros) > uuidv7(1000, zeros)).toBe(true);
});
