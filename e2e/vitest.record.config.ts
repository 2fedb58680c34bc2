// Makes the demo's recordings anew: `npm run record -w e2e`.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["record/*.ts"],
    globalSetup: ["src/setup.ts"],
    sequence: { concurrent: true },
    // A person takes a minute or two.
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
