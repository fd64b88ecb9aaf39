/** What rules say of their own examples, judged under the settings that each is meant for. */

import { DEFAULT_RISK_OPTIONS, type RiskOptions } from "../src/risk/options.ts";
import { FileJudge } from "../src/risk/file_judge.ts";
import type { Rule } from "../src/risk/rule.ts";
import { RuleSet } from "../src/risk/rule_set.ts";
import { TextJudge } from "../src/risk/text_judge.ts";
import type { Finding } from "../src/risk/verdict.ts";
import { analyse } from "../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../src/sql/options.ts";
import { StatementReader } from "../src/sql/splitter/statement_reader.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The settings under which a rule's examples are meant. */
export function settingsOf(rule: Rule): RiskOptions {
  return {
    ...DEFAULT_RISK_OPTIONS,
    mode: rule.mode ?? "file",
    ...(rule.targets === undefined || rule.targets.includes("planetscale")
      ? {}
      : { target: rule.targets[0] ?? "mysql" }),
    ...rule.given,
    enabled: new Set([rule.code]),
  };
}

/** All findings of a text, judged as a file. */
export function findingsOfFile(
  sql: string,
  options: RiskOptions,
  { rules = new RuleSet(options), dialect = {} }: { rules?: RuleSet; dialect?: Partial<SqlOptions> } = {},
): Finding[] {
  const judge = new FileJudge(options, rules);
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

/** What a rule says of one of its examples; nothing for a rule about whole files, which lint-sql alone asks. */
export function findingsOfExample(rule: Rule, sql: string): Finding[] {
  if (rule.scope === "input") return [];
  const options = settingsOf(rule);
  const findings = options.mode === "wire" ? findingsOnTheWire(sql, options) : findingsOfFile(sql, options);
  return findings.filter((finding) => finding.rule.code === rule.code);
}

/**
 * The messages of a group's rules, as a text to be kept and compared: each example with the score, the span in bytes and
 * the message of each finding, and what the span covers.
 */
export function messagesText(rules: readonly Rule[]): string {
  const lines: string[] = [];
  for (const rule of rules.filter(({ scope }) => scope !== "input")) {
    lines.push(`${rule.code} ${rule.name}`);
    for (const sql of rule.fires) lines.push(`  fires ${JSON.stringify(sql)}`, ...findingLines(rule, sql));
    for (const sql of rule.quiet) lines.push(`  quiet ${JSON.stringify(sql)}`, ...findingLines(rule, sql));
    lines.push("");
  }
  return lines.join("\n");
}

function findingLines(rule: Rule, sql: string): string[] {
  const bytes = encoder.encode(sql);
  return findingsOfExample(rule, sql).map(({ score, start, end, message }) =>
    `    ${score} ${start}-${end} ${JSON.stringify(decoder.decode(bytes.subarray(start, end)))}: ${message}`
  );
}
