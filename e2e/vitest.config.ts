import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["src/setup.ts"],
    // A browser per worker, shared by the files it runs; every test has a visitor and a site of its own.
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    // Most of a test is waiting for a batch to be due, so several wait together.
    sequence: { concurrent: true },
    maxConcurrency: 3,
    // A browser on a starved machine can miss any moment; what fails twice is broken. A retry is told in the report.
    retry: 1,
    testTimeout: 45_000,
    hookTimeout: 45_000,
  },
});
