/** Findings about an input itself: its bytes, its name, its directives. */

import { ALL_RULES } from "../risk/registry.ts";
import { isChosen } from "../risk/rule_set.ts";
import { type DraftFinding, hashDigest, makeFinding } from "./collector.ts";
import type { Directive, Section } from "./directives.ts";
import type { StatementText } from "./locate.ts";
import type { FileSettings } from "./settings.ts";

const INPUT_RULES = new Map(
  ALL_RULES.filter((rule) => rule.scope === "input").map((rule) => [rule.code, rule]),
);

const ORIGIN = { line: 1, byteColumn: 1, utf16Column: 1, charColumn: 1 };
/** The very beginning of a file. */
const FILE_START: StatementText = { bytes: new Uint8Array(0), offset: 0, start: ORIGIN };

/** What a finding about an input is made from. */
export interface InputProblem {
  readonly code: string;
  readonly message: string;
  /** Where it is; the beginning of the file where left out. */
  readonly text?: StatementText;
  /** The statement it stands before. */
  readonly index?: number;
  readonly section?: Section;
  /** Directives that may suppress it. */
  readonly directives?: readonly Directive[];
}

/** The finding, unless its rule does not run. */
export function inputFinding(
  path: string,
  settings: FileSettings,
  { code, message, text = FILE_START, index = 0, section = "up", directives = [] }: InputProblem,
): DraftFinding | undefined {
  const rule = INPUT_RULES.get(code);
  if (rule === undefined || !isChosen(rule, settings.risk)) return undefined;
  const score = settings.risk.weights.get(code) ?? rule.score;
  const statement = { digestHash: hashDigest(message), index, score, section, count: 1 };
  const finding = { rule, score, message, start: 0, end: text.bytes.length };
  const view = { text, base: 0, statement, secrets: [], directives };
  return makeFinding(path, finding, view, undefined, settings.ruleUrl);
}
