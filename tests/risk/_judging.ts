/** Judging SQL texts in tests the way lint-sql and the proxy do. */

import * as examples from "../../scripts/rule_examples.ts";
import type { RiskOptions } from "../../src/risk/options.ts";
import type { Rule } from "../../src/risk/rule.ts";
import { RuleSet } from "../../src/risk/rule_set.ts";
import type { Finding } from "../../src/risk/verdict.ts";
import type { SqlOptions } from "../../src/sql/options.ts";

export { findingsOnTheWire } from "../../scripts/rule_examples.ts";

const settings = new WeakMap<Rule, RiskOptions>();
const ruleSets = new WeakMap<RiskOptions, RuleSet>();

/** The settings under which a rule's examples are meant; one object for each rule. */
export function settingsOf(rule: Rule): RiskOptions {
  const known = settings.get(rule) ?? examples.settingsOf(rule);
  settings.set(rule, known);
  return known;
}

/** All findings of a text, judged as a file. */
export function findingsOfFile(
  sql: string,
  options: RiskOptions,
  dialect: Partial<SqlOptions> = {},
): Finding[] {
  const rules = ruleSets.get(options) ?? new RuleSet(options);
  ruleSets.set(options, rules);
  return examples.findingsOfFile(sql, options, { rules, dialect });
}

/** Codes found under a rule's settings, in the mode the rule is for. */
export function codesUnder(rule: Rule, sql: string): Set<string> {
  const options = settingsOf(rule);
  const findings = options.mode === "wire"
    ? examples.findingsOnTheWire(sql, options)
    : findingsOfFile(sql, options);
  return new Set(findings.map((finding) => finding.rule.code));
}
