import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { findingsOfFile } from "./_judging.ts";
import { WORKLOADS } from "./_workloads.ts";

const options = {
  ...DEFAULT_RISK_OPTIONS,
  sharded: true,
  safeMigrations: true,
  enabled: new Set(ALL_RULES.map((rule) => rule.code)),
};
const judge = new TextJudge({ ...options, mode: "wire" });
const encoder = new TextEncoder();

const CORPUS = [
  ...Object.values(WORKLOADS).flat(),
  ...ALL_RULES.flatMap((rule) => [...rule.fires, ...rule.quiet]),
];
const WORDS = [...new Set(CORPUS.flatMap((sql) => sql.split(/\s+/)))];

/** Words of real statements in any order. */
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }).map((words) => words.join(" "));
/** A real statement with a piece cut out, doubled or replaced. */
const mutated = fc.tuple(
  fc.constantFrom(...CORPUS),
  fc.nat(200),
  fc.nat(40),
  fc.constantFrom("", "(", ")", "'", "`", "/*", ";", "\0", "NULL", "ü"),
)
  .map(([sql, at, length, piece]) => sql.slice(0, at) + piece + sql.slice(at + length));

function holds(sql: string): void {
  for (const findings of [judge.judgeExactly(encoder.encode(sql)).findings, findingsOfFile(sql, options)]) {
    for (const finding of findings) {
      assert.ok(finding.score >= 0 && finding.score <= 100, `${finding.rule.code} scores ${finding.score}`);
      assert.ok(
        finding.start <= finding.end && finding.end <= encoder.encode(sql).length,
        `${finding.rule.code} lies outside: ${sql}`,
      );
      assert.notEqual(finding.message.trim(), "", finding.rule.code);
    }
  }
}

Deno.test("no rule throws, scores beyond its range or points outside the text, whatever the statement", () => {
  fc.assert(fc.property(fc.oneof(soup, mutated), holds), { numRuns: 1500 });
});

Deno.test("no rule throws on bytes of any kind", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { score } = judge.judge(bytes);
      assert.ok(score >= 0 && score <= 100);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("deep nesting and long lists are judged", () => {
  for (
    const sql of [
      `SELECT ${"(".repeat(5_000)}1${")".repeat(5_000)}`,
      `DELETE FROM t WHERE ${"NOT ".repeat(5_000)}1`,
      `SELECT a FROM t WHERE id IN (${"1,".repeat(100_000)}1)`,
      `SELECT a FROM t WHERE ${"a = 1 OR ".repeat(5_000)}1`,
      `ALTER TABLE t ${"ADD a INT,".repeat(5_000)} ADD b INT`,
      `SELECT ${"'".repeat(100_001)}`,
      "/*".repeat(100_000),
    ]
  ) holds(sql);
});
