import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "*.test.mjs"],
    // A site of its own, so that requests, storage and URLs are those of a page.
    environmentOptions: { happyDOM: { url: "https://shop.example/" } },
  },
});
