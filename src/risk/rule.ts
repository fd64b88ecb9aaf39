/** What a rule is. One rule is one file under `rules/<group>/`, and pages, help and reports are made from it. */

import type { Span, Statement, StatementKind, StatementOf } from "../sql/statement.ts";
import type { RiskOptions, RuleContext, Target } from "./options.ts";
import type { Trait } from "./traits.ts";

/** The letter each group's codes start with; a group is also a folder under `rules/`. */
export const GROUP_LETTERS = {
  destructive: "D",
  locking: "L",
  performance: "P",
  security: "S",
  admin: "A",
  sensitive: "X",
  transaction: "T",
  vitess: "V",
  schema: "C",
  correctness: "Q",
  meta: "M",
} as const;

/** The group a rule belongs to. */
export type RuleGroup = keyof typeof GROUP_LETTERS;

/** Everything about a rule but its check. */
export interface RuleInfo {
  /** Group letter and three digits, never reused: `D001`. */
  readonly code: string;
  /** Kebab-case, never reused: `delete-without-where`. */
  readonly name: string;
  readonly group: RuleGroup;
  /** Sentence case, without a final period. */
  readonly title: string;
  /** Base score, 0 to 100. */
  readonly score: number;
  /** Why it matters: one sentence with its final period. */
  readonly why: string;
  /** What to do instead: one or two sentences. */
  readonly fix: string;
  /** SQL texts that fire, each on its own (a file rule's may hold several statements); the first is the one shown. */
  readonly fires: readonly string[];
  /** SQL texts that do not fire: the nearest harmless relatives of those that do. */
  readonly quiet: readonly string[];
  /** Settings under which the examples behave so, where the defaults do not do. */
  readonly given?: Partial<RiskOptions>;
  /** Pages that say more. */
  readonly references: readonly string[];
  /** The targets it applies to; all where left out. */
  readonly targets?: readonly Target[];
  /** The mode it applies in; both where left out. */
  readonly mode?: "file" | "wire";
  /**
   * Group vitess: what vtgate itself makes of a statement that the rule fires on. It `refuses` it with an error, `accepts` it
   * and does something else or nothing; `either`, by where in it the cause stands; `platform` where PlanetScale alone objects.
   */
  readonly vtgate?: "refuses" | "accepts" | "either" | "platform";
  /** Runs only where a configuration asks for it. */
  readonly optIn?: true;
  /** Its findings are about what MySQL would not parse: lint-sql fails on them whatever their score. */
  readonly syntax?: true;
  /** Names of the mutations (tests/risk/mutations.ts) under which its examples rightly stop firing. */
  readonly notUnder?: readonly string[];
}

/** One place a rule complains about. */
export interface Hit extends Span {
  /** What is wrong here, in terms of this statement: sentence case, no final period, no literal's content. */
  readonly message: string;
  /** Replaces the rule's base score. */
  readonly score?: number;
  /** A replacement that is certain to keep the statement's meaning, on every server the rule applies to. */
  readonly edit?: Edit;
}

/** The text that may stand in a span's place. */
export interface Edit extends Span {
  readonly text: string;
}

/** A hit at a span. */
export function hit(span: Span, message: string, score?: number): Hit {
  return score === undefined
    ? { start: span.start, end: span.end, message }
    : { start: span.start, end: span.end, message, score };
}

/** A rule's answer where it has nothing to say. */
export const NO_HITS: readonly Hit[] = [];

/**
 * A rule that looks at one statement.
 *
 * `reads` says what its answer depends on, so that a verdict can be kept for all statements of one shape:
 * - `shape`: keywords, names, structure, the kind of each literal (number, string, NULL, placeholder, coded), how many
 *   digits LIMIT's and OFFSET's numbers have, whether LIKE's pattern begins with a wildcard, whether any literal is long,
 *   and the order of magnitude of a large statement (see `literalClass`).
 * - `text`: anything else (contents of literals, comments, sizes). A statement is judged afresh each time where such a
 *   rule's `mayFire` is not false for its shape.
 */
export interface StatementRule<K extends StatementKind = StatementKind> extends RuleInfo {
  readonly scope: "statement";
  readonly reads: "shape" | "text";
  /** The kinds it looks at; every kind where undefined. */
  readonly kinds: readonly K[] | undefined;
  /** What the rule has nothing to say without: it is not asked about a statement that has none of these. */
  readonly needs?: Trait | readonly Trait[];
  /** For `text` rules: whether some statement of this one's shape could fire. Decided by the shape alone. */
  mayFire?(statement: StatementOf<K>, context: RuleContext): boolean;
  check(statement: StatementOf<K>, context: RuleContext): readonly Hit[];
}

/** Where a statement stands in its file; what a file rule keeps of one it may complain about later. */
export interface StatementPlace extends Span {
  /** 0 for the file's first statement. */
  readonly index: number;
}

/** A file rule's complaint. `place` is the statement it is about, which may be an earlier one. */
export interface FileHit {
  readonly place: StatementPlace;
  /** The part of that statement, in the source it was analysed from; the whole statement where left out. */
  readonly span?: Span;
  readonly message: string;
  readonly score?: number;
}

/** One file's run of a file rule. The state it keeps is bounded, whatever the file's length. */
export interface FileCheck {
  /** Called for each statement in order. */
  statement(statement: Statement, place: StatementPlace, context: RuleContext): readonly FileHit[];
  /** Called once after the last statement. */
  end(context: RuleContext): readonly FileHit[];
}

/** A file rule's answer where it has nothing to say. */
export const NO_FILE_HITS: readonly FileHit[] = [];

/** A rule that needs the statements of a file one after the other. */
export interface FileRule extends RuleInfo {
  readonly scope: "file";
  open(): FileCheck;
}

/** A rule about the file itself (its bytes, name or directives), whose findings lint-sql makes while it reads. */
export interface InputRule extends RuleInfo {
  readonly scope: "input";
}

export type Rule = StatementRule | FileRule | InputRule;

/** Makes a rule for some kinds of statement; its check sees the statement as of those kinds. */
export function statementRule<const K extends StatementKind>(
  rule: Omit<StatementRule<K>, "scope" | "kinds"> & { readonly kinds: readonly K[] },
): StatementRule {
  return { ...rule, scope: "statement" } as unknown as StatementRule;
}

/** Makes a rule that looks at statements of every kind. */
export function anyStatementRule(rule: Omit<StatementRule, "scope" | "kinds">): StatementRule {
  return { ...rule, scope: "statement", kinds: undefined };
}

/** Makes a rule over the statements of a file. */
export function fileRule(rule: Omit<FileRule, "scope">): FileRule {
  return { ...rule, scope: "file" };
}

/** Makes a rule about the file itself. */
export function inputRule(rule: Omit<InputRule, "scope" | "mode">): InputRule {
  return { ...rule, scope: "input", mode: "file" };
}
