import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { needsOf } from "../../src/risk/rule_set.ts";
import { traitsOf } from "../../src/risk/traits.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import type { Statement } from "../../src/sql/statement.ts";
import { APPLICATION_STATEMENTS } from "./_application_statements.ts";
import { settingsOf } from "./_judging.ts";

Deno.test("a rule that is not asked for want of what it needs would have had nothing to say", () => {
  const texts = [...ALL_RULES.flatMap((rule) => [...rule.fires, ...rule.quiet]), ...APPLICATION_STATEMENTS];
  const statements = texts.flatMap(statementsOf);
  for (const rule of ALL_RULES) {
    if (rule.scope !== "statement" || needsOf(rule) === 0) continue;
    const options = settingsOf(rule);
    const context = { options, schema: DEFAULT_RISK_OPTIONS.schema, file: undefined };
    for (const statement of statements) {
      if (rule.kinds !== undefined && !rule.kinds.includes(statement.kind)) continue;
      if ((traitsOf(statement) & needsOf(rule)) !== 0) continue;
      const text = new TextDecoder().decode(statement.bytes);
      assert.deepEqual(rule.check(statement, context), [], `${rule.code}: ${text}`);
    }
  }
});

function statementsOf(text: string): Statement[] {
  const bytes = new TextEncoder().encode(text);
  const reader = new StatementReader(DEFAULT_SQL_OPTIONS);
  const statements: Statement[] = [];
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    statements.push(analyse(bytes, reader.tokens, DEFAULT_SQL_OPTIONS));
    if (reader.resumeAt >= bytes.length) break;
  }
  return statements;
}
