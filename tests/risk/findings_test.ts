import assert from "node:assert/strict";
import { ALL_RULES } from "../../src/risk/registry.ts";
import type { Finding } from "../../src/risk/verdict.ts";
import { findingsOfFile, findingsOnTheWire, settingsOf } from "./_judging.ts";

/** Every finding on every rule's examples, with the text it is about. */
function* allFindings(): Iterable<{ readonly sql: string; readonly finding: Finding }> {
  for (const rule of ALL_RULES) {
    if (rule.scope === "input") continue;
    const options = settingsOf(rule);
    for (const sql of rule.fires) {
      const findings = options.mode === "wire"
        ? findingsOnTheWire(sql, options)
        : findingsOfFile(sql, options);
      for (const finding of findings) yield { sql, finding };
    }
  }
}

const FINDINGS = [...allFindings()];

Deno.test("every finding points at a part of the text that is not empty", () => {
  let count = 0;
  for (const { sql, finding } of FINDINGS) {
    const length = new TextEncoder().encode(sql).length;
    const { start, end, rule } = finding;
    assert.ok(
      start >= 0 && start < end && end <= length,
      `${rule.code} [${start}, ${end}) of ${length}: ${sql.slice(0, 200)}`,
    );
    count++;
  }
  assert.ok(count > 500, `${count} findings`);
});

Deno.test("a message is a phrase without a final period that quotes no value of the statement", () => {
  for (const { sql, finding: { message, rule } } of FINDINGS) {
    assert.match(message, /^\S.*[^.\s]$/s, `${rule.code}: ${message}`);
    for (const [, content = ""] of sql.matchAll(/(?:[=(,]|\bBY|\bLIKE)\s*'([^']{6,})'/g)) {
      assert.ok(!message.includes(content), `${rule.code} quotes '${content}': ${message}`);
    }
  }
});

Deno.test("a finding's score is between 0 and 100", () => {
  for (const { finding } of FINDINGS) {
    assert.ok(finding.score >= 0 && finding.score <= 100, `${finding.rule.code}: ${finding.score}`);
  }
});
