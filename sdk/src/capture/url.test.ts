import { expect, test } from "vitest";
import { isSecretName, scrubText, scrubUrl } from "./url";

const BASE = "https://shop.example/a/";

test.each([
  ["https://john:pw@shop.example/x", "https://shop.example/x"],
  ["../b?page=2", "https://shop.example/b?page=2"],
  ["?token=a&page=2&Api_Key=b", "https://shop.example/a/?token=***&page=2&Api_Key=***"],
  ["#access_token=abc&state=s&tab=1", "https://shop.example/a/#access_token=***&state=***&tab=1"],
  ["#/reset?code=123", "https://shop.example/a/#/reset?code=***"],
  ["?utm_source=x&author=y&keyword=z&monkey=1", "https://shop.example/a/?utm_source=x&author=y&keyword=z&monkey=1"],
])("%s", (url, expected) => {
  expect(scrubUrl(url, BASE)).toBe(expected);
});

test.each(["password", "passwd", "sessionId", "authCode", "x-api-key", "client_secret", "sid", "otp", "jwt"])(
  "%s is a secret",
  (name) => {
    expect(isSecretName(name)).toBe(true);
  },
);

test("URLs are cut at 2,048, and within other text scrubbed line by line", () => {
  expect(scrubUrl(`/${"x".repeat(5000)}`, BASE).length).toBe(2048);
  expect(scrubText("at f (https://a/?token=abc:1:2)\n at g (https://a/?page=1:1:2)")).toBe(
    "at f (https://a/?token=***\n at g (https://a/?page=1:1:2)",
  );
});
