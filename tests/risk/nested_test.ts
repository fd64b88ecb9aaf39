import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";

Deno.test("a prepared text is judged as what it holds, and no verdict on another text of its shape is taken for it", () => {
  const judge = new TextJudge(DEFAULT_RISK_OPTIONS);
  const encoder = new TextEncoder();
  const score = (sql: string) => judge.judge(encoder.encode(sql)).score;
  const harmless = "PREPARE s FROM 'SELECT id FROM t WHERE id = ?'";
  const harmful = "PREPARE s FROM 'DELETE FROM t'";
  for (let round = 0; round < 3; round++) {
    assert.ok(score(harmless) < 40);
    assert.ok(score(harmful) >= 90);
    assert.ok(score("CALL sys.execute_prepared_stmt(CONCAT('DROP ', 'DATABASE d'))") >= 90);
  }
});
