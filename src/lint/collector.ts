/** Making findings of one input into what reports show: places, excerpts, suppression. */

import { createHash } from "node:crypto";
import type { Edit, RuleInfo } from "../risk/rule.ts";
import type { Finding } from "../risk/verdict.ts";
import type { Span } from "../sql/statement.ts";
import type { Baseline } from "./baseline.ts";
import { covers, type Directive } from "./directives.ts";
import { excerptOf, spanOf, type StatementText } from "./locate.ts";
import { type LintEdit, type LintFinding, lintLevel, type LintStatement } from "./model.ts";

/** A finding of which the suppression can still change, until its file is done. */
export type DraftFinding = { -readonly [K in keyof LintFinding]: LintFinding[K] };

/** One statement as its findings see it. */
export interface StatementView {
  readonly text: StatementText;
  /** Where `text.bytes[0]` is in the source that findings' spans point into. */
  readonly base: number;
  readonly statement: LintStatement;
  /** Ranges of `text.bytes` that are not shown. */
  readonly secrets: readonly Span[];
  readonly directives: readonly Directive[];
}

/** Makes one finding. */
export function makeFinding(
  path: string,
  finding: Finding,
  view: StatementView,
  baseline: Baseline | undefined,
  ruleUrl?: string,
): DraftFinding {
  const length = view.text.bytes.length;
  const start = Math.min(Math.max(finding.start - view.base, 0), length);
  const range = { start, end: Math.min(Math.max(finding.end - view.base, start), length) };
  const directive = view.directives.find((candidate) => covers(candidate, finding.rule.code));
  if (directive !== undefined) directive.used = true;
  const suppressed = directive !== undefined
    ? { kind: "inline" as const, ...(directive.reason === undefined ? {} : { reason: directive.reason }) }
    : baseline?.takes(finding.rule.code, view.statement.digestHash) === true
    ? { kind: "baseline" as const }
    : undefined;
  return {
    ...describe(finding.rule, ruleUrl),
    message: finding.message,
    score: finding.score,
    level: lintLevel(finding.score),
    file: path,
    span: spanOf(view.text, range),
    excerpt: excerptOf(view.text, range, view.secrets),
    statement: view.statement,
    ...(finding.rule.syntax === true ? { unparsed: true as const } : {}),
    ...(suppressed === undefined ? {} : { suppressed }),
    ...(finding.edit === undefined ? {} : { edits: [editOf(finding.edit, view)] }),
  };
}

function editOf(edit: Edit, view: StatementView): LintEdit {
  const range = { start: edit.start - view.base, end: edit.end - view.base };
  return { span: spanOf(view.text, range), text: edit.text };
}

/** The parts of a finding that its rule gives. */
export function describe(rule: RuleInfo, ruleUrl: string | undefined) {
  return {
    code: rule.code,
    name: rule.name,
    group: rule.group,
    why: rule.why,
    fix: rule.fix,
    ...(ruleUrl === undefined ? {} : { url: `${ruleUrl}${rule.code}.md` }),
  };
}

/** 16 hexadecimal digits for a digest text: the same in every run. */
export function hashDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Spans by the offset that is to be 0. */
export function relativeTo(base: number, spans: readonly Span[]): readonly Span[] {
  return spans.map(({ start, end }) => ({ start: start - base, end: end - base }));
}
