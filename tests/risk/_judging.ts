/** Judging SQL texts in tests the way lint-sql and the proxy do. */

import { analyse } from "../../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { FileJudge } from "../../src/risk/file_judge.ts";
import { DEFAULT_RISK_OPTIONS, type RiskOptions } from "../../src/risk/options.ts";
import type { Rule } from "../../src/risk/rule.ts";
import { RuleSet } from "../../src/risk/rule_set.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import type { Finding } from "../../src/risk/verdict.ts";

const encoder = new TextEncoder();

const settings = new WeakMap<Rule, RiskOptions>();
const ruleSets = new WeakMap<RiskOptions, RuleSet>();

/** The settings under which a rule's examples are meant. */
export function settingsOf(rule: Rule): RiskOptions {
  const known = settings.get(rule);
  if (known !== undefined) return known;
  const made: RiskOptions = {
    ...DEFAULT_RISK_OPTIONS,
    mode: rule.mode ?? "file",
    ...(rule.targets === undefined || rule.targets.includes("planetscale")
      ? {}
      : { target: rule.targets[0] ?? "mysql" }),
    ...rule.given,
    enabled: new Set([rule.code]),
  };
  settings.set(rule, made);
  return made;
}

function rulesUnder(options: RiskOptions): RuleSet {
  let rules = ruleSets.get(options);
  if (rules === undefined) {
    rules = new RuleSet(options);
    ruleSets.set(options, rules);
  }
  return rules;
}

/** All findings of a text, judged as a file. */
export function findingsOfFile(
  sql: string,
  options: RiskOptions,
  dialect: Partial<SqlOptions> = {},
): Finding[] {
  const judge = new FileJudge(options, rulesUnder(options));
  const bytes = encoder.encode(sql);
  const sqlOptions = { ...DEFAULT_SQL_OPTIONS, clientFile: true, ...dialect };
  const reader = new StatementReader(sqlOptions);
  const findings: Finding[] = [];
  let index = 0;
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    const statement = analyse(bytes, reader.tokens, sqlOptions);
    const step = judge.push(statement, { start: reader.start, end: reader.end, index: index++ });
    findings.push(...step.verdict.findings, ...step.late.map((late) => late.finding));
    if (reader.resumeAt >= bytes.length) break;
  }
  findings.push(...judge.end().map((late) => late.finding));
  return findings;
}

/** All findings of a text, judged as a client's. */
export function findingsOnTheWire(sql: string, options: RiskOptions): Finding[] {
  const verdict = new TextJudge({ ...options, mode: "wire" }).judge(encoder.encode(sql));
  return verdict.statements.flatMap((statement) => statement.findings);
}

/** Codes found under a rule's settings, in the mode the rule is for. */
export function codesUnder(rule: Rule, sql: string): Set<string> {
  const options = settingsOf(rule);
  const findings = options.mode === "wire" ? findingsOnTheWire(sql, options) : findingsOfFile(sql, options);
  return new Set(findings.map((finding) => finding.rule.code));
}
