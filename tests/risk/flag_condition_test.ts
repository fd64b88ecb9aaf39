import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";

Deno.test("a flag taken for a truth is a remark, a key taken for one is an alarm", () => {
  const judge = new TextJudge(DEFAULT_RISK_OPTIONS);
  const score = (sql: string) => judge.judge(new TextEncoder().encode(sql)).score;
  for (const condition of ["is_deleted", "deleted AND id", "expired OR deleted"]) {
    assert.ok(score(`DELETE FROM t WHERE ${condition}`) < 70, condition);
  }
  for (const condition of ["id", "t.id", "user_id", "id OR deleted", "id + 0", "name LIKE '%'"]) {
    assert.ok(score(`DELETE FROM t WHERE ${condition}`) >= 70, condition);
  }
});
