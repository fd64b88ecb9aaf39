/** What judging a statement gives. */

import type { Span } from "../sql/statement.ts";
import type { Edit, RuleInfo } from "./rule.ts";
import type { Level } from "./score.ts";

/** One complaint about one statement. The span is of the source the statement was analysed from. */
export interface Finding extends Span {
  readonly rule: RuleInfo;
  /** After weights and modifiers, 0 to 100. */
  readonly score: number;
  readonly message: string;
  /** A replacement that is certain to keep the statement's meaning. */
  readonly edit?: Edit;
}

/** The judgement on a statement, or the worst of several. */
export interface Verdict {
  readonly score: number;
  readonly level: Level;
  /** Highest score first. */
  readonly findings: readonly Finding[];
}

/** Nothing to say. */
export const CLEAN: Verdict = { score: 0, level: "info", findings: [] };
