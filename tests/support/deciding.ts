/** Judging texts under a policy in tests, as the gate and `policy test` do. */

import { builtInPolicy, compilePolicy } from "../../src/risk/policy/compile.ts";
import type { PolicyDefinition } from "../../src/contract/policy_file.ts";
import type { Policy, PolicyDecision, StatementView, Subject } from "../../src/risk/policy/policy.ts";
import { viewStatement } from "../../src/risk/policy/statement_view.ts";
import { judgeStatement } from "../../src/risk/judge.ts";
import type { RiskOptions } from "../../src/risk/options.ts";
import { RuleSet } from "../../src/risk/rule_set.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { statementDigestOf } from "../../src/sql/digest/digest.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";

/** Someone, where it does not matter who. */
export const ANYONE: Subject = { user: "app", schema: "appdb", client: "127.0.0.1" };

const ruleSets = new WeakMap<RiskOptions, RuleSet>();

/** A policy from a definition without its version. */
export function policyOf(definition: Omit<PolicyDefinition, "version">): Policy {
  return compilePolicy({ version: 1, ...definition }, { source: "test.yaml", planetScale: false });
}

/** The view of the first statement of a text, judged as a MySQL 8.4 would have it. */
export function viewOf(text: string, policy: Policy = builtInPolicy(false)): StatementView {
  const bytes = new TextEncoder().encode(text);
  const reader = new StatementReader(DEFAULT_SQL_OPTIONS);
  reader.next(bytes, 0, bytes.length, true);
  const options = policy.riskOptions("8.4.0");
  const rules = ruleSets.get(options) ?? new RuleSet(options);
  ruleSets.set(options, rules);
  const statement = analyse(bytes, reader.tokens, DEFAULT_SQL_OPTIONS);
  const verdict = judgeStatement(statement, rules, { options, schema: options.schema, file: undefined });
  return viewStatement(statement, verdict, statementDigestOf(bytes, reader.tokens, DEFAULT_SQL_OPTIONS));
}

/** What a policy says of a text. */
export function decide(
  text: string,
  definition: Omit<PolicyDefinition, "version">,
  subject: Subject = ANYONE,
): PolicyDecision {
  const policy = policyOf(definition);
  return policy.roleFor(subject).decide(viewOf(text, policy), subject.schema, undefined);
}
