// One Footpath for the whole run. Tests do not get in each other's way: each makes a site or a visitor of its own.

import type { TestProject } from "vitest/node";
import { startFootpath } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** Where Footpath answers. */
    footpath: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const footpath = await startFootpath();
  project.provide("footpath", footpath.url);
  return footpath.stop;
}
