// Recordings that are up to no good, of every kind that there is a wall against.

import { handlers, urls } from "./attributes";
import { changes } from "./changes";
import { forged } from "./forged";
import type { HostileRecording, Trap } from "./records";
import { styles } from "./styles";

export type { HostileRecording, Trap } from "./records";

export const hostileRecordings = (trap: Trap): HostileRecording[] =>
  [handlers, urls, styles, changes, forged].flatMap((make) => make(trap));
