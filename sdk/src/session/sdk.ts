// Who writes the batches. A test keeps the version the same as the package's.

export const SDK = { name: "footpath-js", version: "0.1.0" };
