import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS, type Target } from "../../src/risk/options.ts";
import { LEVEL_FLOORS } from "../../src/risk/score.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { WORKLOADS } from "./_workloads.ts";

for (const target of ["mysql", "vitess", "planetscale"] as Target[]) {
  for (const [name, statements] of Object.entries(WORKLOADS)) {
    Deno.test(`no statement of ${name} scores high for ${target}`, () => {
      const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, target, mode: "wire" });
      const high = statements.map((sql) => ({ sql, verdict: judge.judge(new TextEncoder().encode(sql)) }))
        .filter(({ verdict }) => verdict.score >= LEVEL_FLOORS.high)
        .map(({ sql, verdict }) =>
          `${verdict.score} ${verdict.findings.map((f) => f.rule.code).join(",")}: ${sql}`
        );
      assert.deepEqual(high, []);
    });
  }
}
