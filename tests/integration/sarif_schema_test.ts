import assert from "node:assert/strict";
import schema from "npm:@microsoft/jest-sarif@1.0.0-beta.0/lib/schemas/sarif-2.1.0-rtm.5.json" with {
  type: "json",
};
import { FORMATS } from "../../src/lint/formats/registry.ts";
import { lintLevel, type LintRule } from "../../src/lint/model.ts";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { OPTIONS, sampleFinding, sampleReport } from "../support/lint_report.ts";
import { schemaErrors } from "../support/json_schema.ts";

/** Every rule, with a page, as a report lists it. */
const RULES: readonly LintRule[] = ALL_RULES.map((rule) => ({
  ...rule,
  url: `https://example.com/rules/${rule.code}`,
}));

/** A finding of every rule, and of every kind that changes what SARIF says of it. */
function report() {
  const findings = RULES.map((rule) => ({
    ...sampleFinding({ code: rule.code, score: rule.score }),
    name: rule.name,
    group: rule.group,
    level: lintLevel(rule.score),
    ...(rule.url === undefined ? {} : { url: rule.url }),
  }));
  const { span } = sampleFinding();
  return sampleReport([
    ...findings,
    sampleFinding({ suppressed: { kind: "inline", reason: "known" } }),
    sampleFinding({ suppressed: { kind: "baseline" } }),
    sampleFinding({ section: "down", file: "db/a b/größe.sql" }),
    sampleFinding({ file: "/abs/x.sql", sql: "é😀 DELETE\nFROM users" }),
    { ...sampleFinding(), edits: [{ span, text: "DELETE FROM users WHERE id = 7" }] },
  ], {
    rules: RULES,
    errors: [
      {
        file: "db/x y.sql",
        code: "lint.unreadable",
        message: "Cannot read db/x y.sql",
        hint: "Check the permissions",
      },
      { code: "lint.empty", message: "No SQL file was found" },
    ],
  });
}

Deno.test("SARIF is valid by the published schema, with a root and without", () => {
  for (const options of [OPTIONS, { ...OPTIONS, root: "file:///work/repository/" }]) {
    assert.deepEqual(schemaErrors(schema, JSON.parse(FORMATS.sarif(report(), options))), []);
  }
});

Deno.test("the schema turns away what is not SARIF", () => {
  const document = JSON.parse(FORMATS.sarif(report(), OPTIONS));
  delete document.runs[0].results[0].message;
  document.runs[0].results[1].level = "high";
  document.version = "2.0";
  assert.equal(schemaErrors(schema, document).length, 3);
});

Deno.test("every result names a rule of the table at its index", () => {
  const [run] = JSON.parse(FORMATS.sarif(report(), OPTIONS)).runs;
  for (const result of run.results) assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
});
