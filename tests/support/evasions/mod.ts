/** Ways to get a statement past those who read it otherwise than the server does: each has its effect when sent directly. */
import { EVERY_ROW } from "./conditions.ts";
import type { Evasion } from "./evasion.ts";
import { LEXER } from "./lexer.ts";
import { PREPARED } from "./prepared.ts";
import { STATE } from "./state.ts";
import { STATEMENTS } from "./statements.ts";
import { WIRE } from "./wire.ts";

export type { Evasion } from "./evasion.ts";

/** Every way there is. */
export const EVASIONS: readonly Evasion[] = [
  ...LEXER,
  ...STATEMENTS,
  ...EVERY_ROW,
  ...STATE,
  ...PREPARED,
  ...WIRE,
];
