/** What a run of lint-sql goes by. */

import { DEFAULT_RISK_OPTIONS, type RiskOptions } from "../risk/options.ts";
import { LEVEL_FLOORS } from "../risk/score.ts";

/** Settings for one file: risk options and what is around them. */
export interface FileSettings {
  readonly risk: RiskOptions;
  /** Findings in down sections and down files count. */
  readonly downCounts: boolean;
  /** What a rule's code and `.md` are appended to for the address of its page; reports have none where undefined. */
  readonly ruleUrl: string | undefined;
}

/** What kind of text the inputs hold. */
export type InputKind = "sql" | "slow-log" | "general-log" | "json";

/** Settings of a file where nothing else was said. */
export const DEFAULT_FILE_SETTINGS: FileSettings = {
  risk: DEFAULT_RISK_OPTIONS,
  downCounts: false,
  ruleUrl: undefined,
};

/** The score at which a run fails where nothing else was said. */
export const DEFAULT_FAIL_ON: number = LEVEL_FLOORS.high;

/** Findings kept of one run; more are counted and left out. */
export const MOST_FINDINGS = 100_000;
