/**
 * The report that `lint-sql` makes and every format renders: plain data, complete before it is rendered, with nothing
 * in it that may not be shown (secrets are redacted when a finding is located, not when it is printed).
 */

import type { Target } from "../risk/options.ts";

/** Bands of the score: info < 15 <= low < 40 <= medium < 70 <= high < 90 <= critical. */
export type LintLevel = "info" | "low" | "medium" | "high" | "critical";

/** Every level, worst first. */
export const LINT_LEVELS: readonly LintLevel[] = ["critical", "high", "medium", "low", "info"];

/** A place in a file, in each unit that a format asks for. All 1-based. */
export interface SourcePosition {
  readonly line: number;
  /** In UTF-8 bytes from the line's start (rdjson). */
  readonly byteColumn: number;
  /** In UTF-16 code units (SARIF). */
  readonly utf16Column: number;
  /** In Unicode code points (GitHub, GitLab, the text format). */
  readonly charColumn: number;
}

/** A range of a file; the end is exclusive. */
export interface SourceSpan {
  /** Byte offsets into the file. */
  readonly startByte: number;
  readonly endByte: number;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

/** One line of a statement as it may be shown: redacted, and cut to a window around the mark when it is long. */
export interface ExcerptLine {
  readonly line: number;
  readonly text: string;
  /** Range of `text` that the finding is about, in UTF-16 units; absent on lines of context. */
  readonly mark?: { readonly start: number; readonly end: number };
  /** Whether text was cut away before or after. */
  readonly cutStart: boolean;
  readonly cutEnd: boolean;
}

/** The statement a finding belongs to. */
export interface LintStatement {
  /** 64-bit digest hash, 16 lower-case hex digits: equal for statements that differ in literals only. */
  readonly digestHash: string;
  /** 0-based, counted over the file. */
  readonly index: number;
  /** Score of the whole statement, 0-100. */
  readonly score: number;
  /** Which half of a migration it is in. */
  readonly section: "up" | "down";
  /** How often the shape occurred (logs); 1 for a script. */
  readonly count: number;
}

/** Why a finding is not counted although it is there. */
export interface LintSuppression {
  readonly kind: "inline" | "baseline";
  /** The reason written in the directive. */
  readonly reason?: string;
}

/** A replacement that is certain to keep meaning. */
export interface LintEdit {
  readonly span: SourceSpan;
  readonly text: string;
}

/** One finding at one place. */
export interface LintFinding {
  /** For example `D001`. */
  readonly code: string;
  /** For example `delete-without-where`. */
  readonly name: string;
  /** The rule group's name, for example `destructive`. */
  readonly group: string;
  /** One sentence about this statement, without a final period and without any secret. */
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Address of the rule's page; absent where the build names none. */
  readonly url?: string;
  /** 0-100, modifiers applied. */
  readonly score: number;
  readonly level: LintLevel;
  /** Path as it is shown, with `/`, relative where possible and never beginning with `./`; `-` is shown as `<stdin>`. */
  readonly file: string;
  readonly span: SourceSpan;
  readonly excerpt: readonly ExcerptLine[];
  readonly statement: LintStatement;
  readonly suppressed?: LintSuppression;
  /** MySQL would not parse what is there: such a finding fails the run whatever its score. */
  readonly unparsed?: true;
  readonly edits?: readonly LintEdit[];
}

/** One input and what was seen in it. */
export interface LintFile {
  readonly path: string;
  readonly bytes: number;
  readonly statements: number;
  /** Worst statement's score among those that count. */
  readonly score: number;
}

/** An input that could not be judged, wholly or in part. */
export interface LintError {
  /** Absent when the error belongs to no one file. */
  readonly file?: string;
  /** Stable, for example `lint.unreadable`. */
  readonly code: string;
  /** One sentence that names the file. */
  readonly message: string;
  readonly hint?: string;
}

/** A rule as a format lists it. */
export interface LintRule {
  readonly code: string;
  readonly name: string;
  readonly group: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** Base score, 0-100, before modifiers. */
  readonly score: number;
  readonly url?: string;
}

/** The whole result of a run. Findings are in file order, and within a file by place. */
export interface LintReport {
  readonly version: string;
  readonly target: Target;
  readonly files: readonly LintFile[];
  readonly findings: readonly LintFinding[];
  readonly errors: readonly LintError[];
  /** Every rule that was run, by code. */
  readonly rules: readonly LintRule[];
  /** Least score that makes the run fail. */
  readonly failOn: number;
  /** Whether findings in down sections count towards failure. */
  readonly downCounts: boolean;
  /** Whether statements that MySQL would not parse may be there. */
  readonly allowUnparsed: boolean;
}

/** Counts over a report. */
export interface LintTotals {
  readonly files: number;
  readonly statements: number;
  /** Findings that count, by level. */
  readonly byLevel: Readonly<Record<LintLevel, number>>;
  /** Findings that count. */
  readonly findings: number;
  readonly suppressed: number;
  readonly baselined: number;
  /** Findings in down sections that do not count. */
  readonly down: number;
  /** Findings for which the run fails. */
  readonly failing: number;
  /** Those of them that are about what MySQL would not parse. */
  readonly unparsed: number;
  /** Worst score of a file, 0 when nothing was found. */
  readonly score: number;
  readonly errors: number;
}

/** The level that a score falls into. */
export function lintLevel(score: number): LintLevel {
  if (score >= 90) return "critical";
  if (score >= 70) return "high";
  if (score >= 40) return "medium";
  return score >= 15 ? "low" : "info";
}

/** Whether a finding counts: not suppressed, and not in a down section unless those count. */
export function counts(report: LintReport, finding: LintFinding): boolean {
  return finding.suppressed === undefined && (finding.statement.section === "up" || report.downCounts);
}

/** Whether a finding makes the run fail. */
export function fails(report: LintReport, finding: LintFinding): boolean {
  return counts(report, finding) && (finding.score >= report.failOn || isUnparsed(report, finding));
}

function isUnparsed(report: LintReport, finding: LintFinding): boolean {
  return finding.unparsed === true && !report.allowUnparsed;
}

/** What the findings that fail a run have in common: "at or above 70", "not parsed by MySQL". */
export function failingReason(report: LintReport, totals: LintTotals): string {
  const above = `at or above ${report.failOn}`;
  if (totals.unparsed === 0) return above;
  return totals.unparsed === totals.failing
    ? "that MySQL would not parse"
    : `${above} or not parsed by MySQL`;
}

/** Adds a report up. */
export function totalsOf(report: LintReport): LintTotals {
  const byLevel: Record<LintLevel, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  let [suppressed, baselined, down, failing, unparsed, findings] = [0, 0, 0, 0, 0, 0];
  for (const finding of report.findings) {
    if (finding.suppressed !== undefined) {
      if (finding.suppressed.kind === "baseline") baselined++;
      else suppressed++;
    } else if (!counts(report, finding)) {
      down++;
    } else {
      findings++;
      byLevel[finding.level]++;
      if (fails(report, finding)) failing++;
      if (isUnparsed(report, finding)) unparsed++;
    }
  }
  return {
    files: report.files.length,
    statements: report.files.reduce((sum, file) => sum + file.statements, 0),
    byLevel,
    findings,
    suppressed,
    baselined,
    down,
    failing,
    unparsed,
    score: report.files.reduce((worst, file) => Math.max(worst, file.score), 0),
    errors: report.errors.length,
  };
}
