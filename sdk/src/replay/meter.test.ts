import { afterEach, expect, test, vi } from "vitest";
import { startMeter } from "./meter";

afterEach(() => vi.restoreAllMocks());

test("time is counted once, however it is nested; what fails is counted and not thrown", () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const meter = startMeter();
  const work = (ms: number) => {
    now += ms;
  };
  expect(
    meter.around(() => {
      work(3);
      meter.around(() => work(4));
      return "answer";
    }),
  ).toBe("answer");
  expect(
    meter.around(() => {
      work(2);
      throw new Error("broken");
    }),
  ).toBeUndefined();
  meter.around(() => work(1));
  expect(meter.take()).toEqual({ main_ms: 10, longest_ms: 7, failures: 1 });
  expect(meter.take()).toEqual({ main_ms: 0, longest_ms: 0, failures: 0 });
});
