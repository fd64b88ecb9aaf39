/** Making findings of one input into what reports show: places, excerpts, suppression. */

import { createHash } from "node:crypto";
import type { RuleInfo } from "../risk/rule.ts";
import type { Finding } from "../risk/verdict.ts";
import type { Span, Statement } from "../sql/statement.ts";
import type { Baseline } from "./baseline.ts";
import { covers, type Directive } from "./directives.ts";
import { excerptOf, spanOf, type StatementText } from "./locate.ts";
import { type LintFinding, lintLevel, type LintStatement } from "./model.ts";

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
    ...(suppressed === undefined ? {} : { suppressed }),
  };
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

/** Rules whose findings point at what must not be shown. */
const SECRET_RULES: ReadonlySet<string> = new Set(["A006", "A010", "A021", "X001", "X004", "X005", "X009"]);

/** Ranges of a statement's source that hold secrets: passwords of account statements, and what rules say is one. */
export function secretsOf(statement: Statement, findings: readonly Finding[]): Span[] {
  const spans: Span[] = findings.filter(({ rule }) => SECRET_RULES.has(rule.code));
  switch (statement.kind) {
    case "create-user":
    case "alter-user":
    case "grant":
    case "revoke":
      for (const user of statement.users) {
        for (const { secret } of user.credentials) if (secret !== undefined) spans.push(secret);
      }
      break;
    case "set-password":
      if (statement.secret !== undefined) spans.push(statement.secret);
      break;
    case "create-server":
    case "alter-server":
    case "change-replication-source":
      for (const { name, valueSpan } of statement.options) if (/PASSWORD/.test(name)) spans.push(valueSpan);
      break;
    default:
  }
  return spans;
}
