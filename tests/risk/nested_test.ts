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

Deno.test("what a stored program or a compound statement does is judged, wherever in its body it stands", () => {
  const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire", target: "mysql" });
  const encoder = new TextEncoder();
  const bodies = (inner: string): readonly string[] => [
    `CREATE PROCEDURE p() ${inner}`,
    `CREATE PROCEDURE p(IN a INT) SQL SECURITY INVOKER BEGIN SELECT 1; ${inner}; END`,
    `CREATE TRIGGER g AFTER INSERT ON x FOR EACH ROW ${inner}`,
    `CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO ${inner}`,
    `CREATE PROCEDURE p() l: LOOP IF done THEN LEAVE l; ELSE ${inner}; END IF; END LOOP`,
    `CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '42000', NOT FOUND ${inner}; SELECT 1; END`,
    `CREATE PROCEDURE p() BEGIN IF CASE WHEN a THEN b END THEN SET x = 1; ELSEIF c THEN ${inner}; END IF; END`,
    `CREATE PROCEDURE p() REPEAT ${inner}; UNTIL done END REPEAT`,
    `/*!50003 CREATE*/ /*!50017 DEFINER=a@b */ /*!50003 TRIGGER g BEFORE INSERT ON x FOR EACH ROW BEGIN ${inner}; END */`,
    `CREATE PROCEDURE p() BEGIN PREPARE s FROM '${inner}'; EXECUTE s; END`,
    `BEGIN NOT ATOMIC ${inner}; END`,
    `IF 1 THEN ${inner}; END IF`,
    `FOR i IN 1..2 DO ${inner}; END FOR`,
    `CASE 1 WHEN 1 THEN ${inner}; END CASE`,
    `BEGIN ${inner}; END`,
  ];
  const score = (sql: string) => judge.judge(encoder.encode(sql)).score;
  for (const sql of bodies("DELETE FROM t")) assert.ok(score(sql) >= 90, sql);
  for (const sql of bodies("DELETE FROM t WHERE id = 7")) assert.ok(score(sql) < 70, `${sql}: ${score(sql)}`);
});
