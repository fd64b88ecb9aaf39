import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";

/** Least score of what looks injected: a policy that holds from here on lets none of these through. */
const LEAST_SCORE = 60;

/** Statements as they arrive when a value was pasted into a query, in the ways that are in use. */
const INJECTED: readonly string[] = [
  "SELECT * FROM users WHERE id = 1 OR 1=1",
  "SELECT * FROM users WHERE name = '' OR ''=''",
  "SELECT * FROM users WHERE name = 'x' OR 'x' LIKE 'x'",
  "SELECT * FROM users WHERE name='admin' OR 2>1 -- ' AND password='x'",
  "SELECT * FROM users WHERE id = 1 or true",
  "SELECT * FROM users WHERE name = ''||1#' and pass=''",
  "SELECT * FROM users WHERE id=1 OR 1 IN (1)",
  "SELECT * FROM users WHERE id=1 OR 1 BETWEEN 0 AND 2",
  "SELECT * FROM users WHERE id=1 OR EXISTS(SELECT 1)",
  "SELECT * FROM users WHERE name='' or 1=1 limit 1 -- ' AND pass=''",
  "SELECT name FROM products WHERE id = 1 UNION ALL SELECT NULL,NULL,CONCAT(0x71,user(),0x71)-- -",
  "SELECT name FROM products WHERE id = -5 UNION SELECT group_concat(table_name) FROM information_schema.tables WHERE table_schema=database()",
  "SELECT name,price FROM products WHERE id = -5 UNION SELECT user,password FROM users",
  "SELECT name FROM products WHERE id=1 AND (SELECT 5 FROM (SELECT(SLEEP(5)))a)",
  "SELECT name FROM products WHERE id=1 AND (SELECT 1 FROM(SELECT COUNT(*),CONCAT((SELECT database()),FLOOR(RAND(0)*2))x FROM INFORMATION_SCHEMA.PLUGINS GROUP BY x)a)",
  "SELECT name FROM products WHERE id=1 AND EXTRACTVALUE(6, CONCAT(0x5c, 0x71, (SELECT (ELT(1=1,1)))))",
  "SELECT name FROM products WHERE id=1 AND UPDATEXML(1,CONCAT(0x2e,0x71,(SELECT 1)),1)",
  "SELECT name FROM products WHERE id=1 AND GTID_SUBSET(CONCAT(0x71,(SELECT (ELT(5=5,1)))),5)",
  "SELECT name FROM products WHERE id=1 AND JSON_KEYS((SELECT CONVERT((SELECT CONCAT(0x71,user())) USING utf8)))",
  "SELECT name FROM products WHERE id=1 AND EXP(~(SELECT * FROM (SELECT user())x))",
  "SELECT name FROM products WHERE id=1 AND ORD(MID((SELECT IFNULL(CAST(COUNT(*) AS CHAR),0x20) FROM users),1,1))>51",
  "SELECT name FROM products WHERE id=1 RLIKE (SELECT (CASE WHEN (5=5) THEN 1 ELSE 0x28 END))",
  "SELECT name FROM products WHERE id=(SELECT (CASE WHEN (5=5) THEN 5 ELSE (SELECT 1 UNION SELECT 2) END))",
  "SELECT name FROM products WHERE id=1 AND IF(ASCII(SUBSTRING((SELECT password FROM users LIMIT 0,1),1,1))=97,SLEEP(3),0)",
  "SELECT name FROM products WHERE id=1 AND 7=BENCHMARK(5000000,MD5(0x41))",
  "SELECT name FROM products WHERE id=1 AND 1=(SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c)",
  "SELECT name FROM products WHERE id=1; DROP TABLE users-- ",
  "SELECT name FROM products WHERE id=1 INTO OUTFILE '/var/www/shell.php'",
  "SELECT name FROM products WHERE id=1 UNION SELECT LOAD_FILE(0x2f6574632f706173737764)",
  "SELECT name FROM products WHERE id=1 UNION SELECT '<?php system($_GET[c]); ?>' INTO OUTFILE '/var/www/x.php'",
  "SELECT name FROM products WHERE id=1/*!50000UnIoN*//*!50000SeLeCt*/1",
  "SELECT name FROM products WHERE id=1 AND POLYGON((SELECT * FROM (SELECT * FROM (SELECT @@version)f)x))",
  "INSERT INTO comments (body) VALUES ('x' OR updatexml(1,concat(0x7e,(version())),0) OR '')",
  "UPDATE users SET password = 'x' WHERE name = 'admin' OR 1=1",
  "DELETE FROM users WHERE id = 1 OR 1=1",
  "SELECT * FROM users WHERE username='admin'/*' AND password='*/",
  "CREATE TABLE x AS SELECT * FROM mysql.user",
  "SELECT * FROM users WHERE id=1 OR (SELECT COUNT(*) FROM mysql.user) > 0",
  "SET GLOBAL general_log_file='/var/www/html/a.php'",
  "SELECT * FROM users WHERE id = 1 && SLEEP(1)",
  "SELECT * FROM users WHERE pass = '' = ''",
  "SELECT * FROM users WHERE name = 'x' OR (1)=(1)",
  "SELECT * FROM users WHERE name = 'x' OR !0",
  "SELECT * FROM users WHERE name='x' DIV 0 OR 3-2",
  "TABLE mysql.user",
];

Deno.test("injected SQL scores 60 and more on the wire, in every letter case", () => {
  const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire", target: "mysql" });
  for (const sql of INJECTED) {
    for (const text of [sql, sql.toLowerCase(), sql.toUpperCase()]) {
      const { score } = judge.judge(new TextEncoder().encode(text));
      assert.ok(score >= LEAST_SCORE, `${score}: ${text}`);
    }
  }
});
