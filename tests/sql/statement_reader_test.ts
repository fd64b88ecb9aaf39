import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { StatementStream } from "../../src/sql/splitter/statement_stream.ts";
import { Random } from "../support/random.ts";
import { SqlGenerator } from "../support/sql_generator.ts";
import { writeStatement } from "../support/sql_writer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function split(sql: string, options: Partial<SqlOptions> = {}): string[] {
  const bytes = encoder.encode(sql);
  const reader = new StatementReader({ ...DEFAULT_SQL_OPTIONS, ...options });
  const list: string[] = [];
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    list.push(decoder.decode(bytes.subarray(reader.start, reader.end)));
  }
  return list;
}

/** Statements with their place, read in chunks of `size` bytes. */
function streamed(sql: string, size: number, options: Partial<SqlOptions> = {}): string[] {
  const bytes = encoder.encode(sql);
  const stream = new StatementStream({ ...DEFAULT_SQL_OPTIONS, ...options });
  const list: string[] = [];
  const take = () => {
    while (stream.next()) {
      const { start, end } = stream.reader;
      list.push(
        `${stream.line}:${stream.column}:${stream.base + start} ${
          decoder.decode(stream.bytes.subarray(start, end))
        }`,
      );
    }
  };
  for (let at = 0; at < bytes.length; at += size) {
    stream.push(bytes.subarray(at, at + size));
    take();
  }
  stream.end();
  take();
  return list;
}

Deno.test("semicolons split, but not within strings, names and comments", () => {
  assert.deepEqual(
    split("SELECT ';', `;`, \";\" /* ; */ -- ;\n; # ;\nSELECT 2;;  ; /*! SELECT 3 */ ; -- end"),
    [
      "SELECT ';', `;`, \";\"",
      "SELECT 2",
      "/*! SELECT 3 */",
    ],
  );
  assert.deepEqual(split(""), []);
  assert.deepEqual(split(" ; -- x\n ;"), []);
});

const BODY = `CREATE DEFINER=\`a\`@\`b\` PROCEDURE p(IN a INT)
BEGIN
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END;
  l: LOOP
    IF a > 1 THEN SET a = IF(a > 2, REPEAT('x', 2), 1); ELSEIF a THEN SELECT 1; ELSE LEAVE l; END IF;
    CASE a WHEN 1 THEN SELECT CASE WHEN 1 THEN 2 END; ELSE BEGIN END; END CASE;
    WHILE a DO SET a = a - 1; END WHILE;
    REPEAT SET a = 1; UNTIL a END REPEAT;
  END LOOP l;
END`;

Deno.test("a stored program's body is one statement, with and without DELIMITER", () => {
  assert.deepEqual(split(`${BODY}; SELECT 2`), [BODY, "SELECT 2"]);
  assert.deepEqual(split(`DELIMITER $$\n${BODY}$$\nDELIMITER ;\nSELECT 2`, { clientFile: true }), [
    BODY,
    "SELECT 2",
  ]);
  for (
    const one of [
      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.a THEN SET NEW.a = 1; SET NEW.b = 2; END IF",
      "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN IF(1, 2, 3)",
      "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END",
      "CREATE PROCEDURE p() l: BEGIN SELECT 1; END l",
      "CREATE PROCEDURE IF NOT EXISTS p() WHILE 1 DO SELECT 1; END WHILE",
      "CREATE FUNCTION f() RETURNS INT RETURN CASE WHEN 1 THEN 2 END",
      "CREATE TABLE t (a INT DEFAULT (IF(1, 2, 3)))",
      "BEGIN",
      "SELECT CASE a WHEN 1 THEN 2 END",
      "CREATE VIEW v AS SELECT REPEAT('a', 2)",
    ]
  ) assert.deepEqual(split(`${one}; DROP TABLE t`), [one, "DROP TABLE t"]);
});

Deno.test("DELIMITER is for client files, is itself no statement, and ends a name that touches it", () => {
  assert.deepEqual(
    split("delimiter //\nSELECT 1; SELECT 2//\n-- c\nDELIMITER ;\nSELECT 3;", { clientFile: true }),
    [
      // The client sends both at once, and the server runs both.
      "SELECT 1",
      "SELECT 2",
      "SELECT 3",
    ],
  );
  assert.deepEqual(split("DELIMITER ;;\nSELECT 1; SELECT '2;;'; END;;SELECT 4", { clientFile: true }), [
    "SELECT 1",
    "SELECT '2;;'",
    "END",
    "SELECT 4",
  ]);
  assert.deepEqual(split("DELIMITER $$\nSELECT a$$SELECT b$$", { clientFile: true }), [
    "SELECT a",
    "SELECT b",
  ]);
  assert.deepEqual(split("DELIMITER //\nSELECT 1//"), ["DELIMITER //\nSELECT 1//"]);
});

Deno.test("a text that ends within a body says so", () => {
  const bytes = encoder.encode("CREATE PROCEDURE p() BEGIN SELECT 1;");
  const reader = new StatementReader();
  assert.ok(reader.next(bytes, 0, bytes.length, true));
  assert.ok(reader.insideBody);
  assert.ok(!reader.terminated);
});

Deno.test("nothing is lost: what is left between statements is blanks, comments and delimiters", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new Random(seed);
      const generator = new SqlGenerator(random);
      const list = random.some(1, 6, () => writeStatement(generator.statement(), random).trim());
      assert.equal(split(list.join(";\n")).length, list.length, list.join(";\n"));
    }),
    { numRuns: 200 },
  );
});

Deno.test("chunks of any size give the same statements, lines and columns", () => {
  const sql =
    `-- head\nSELECT 1;\r\n  SELECT 'é;'\n ;DELIMITER $$\n${BODY}$$\nDELIMITER ;\n/*!40101 SET NAMES utf8 */;\nSELECT 'x`;
  const whole = streamed(sql, sql.length * 4, { clientFile: true });
  assert.deepEqual(whole.map((line) => line.split("\n")[0]), [
    "2:1:8 SELECT 1",
    "3:3:21 SELECT 'é;'",
    "5:1:49 CREATE DEFINER=`a`@`b` PROCEDURE p(IN a INT)",
    "17:1:" + (encoder.encode(sql.slice(0, sql.indexOf("/*!40101"))).length) + " /*!40101 SET NAMES utf8 */",
    "18:1:" + (encoder.encode(sql.slice(0, sql.indexOf("SELECT 'x"))).length) + " SELECT 'x",
  ]);
  for (const size of [1, 2, 3, 5, 7, 16, 61, 200]) {
    assert.deepEqual(streamed(sql, size, { clientFile: true }), whole, `${size} bytes`);
  }
});

Deno.test("a long text is held no longer than a statement", () => {
  const stream = new StatementStream();
  const chunk = encoder.encode(
    `INSERT INTO t VALUES ${Array.from({ length: 1000 }, (_, i) => `(${i})`).join(",")};\n`,
  );
  let statements = 0;
  for (let turn = 0; turn < 2000; turn++) {
    stream.push(chunk);
    while (stream.next()) statements++;
  }
  assert.equal(statements, 2000);
  assert.equal(stream.line, 2000);
  assert.ok(stream.bytes.length <= 4 << 20, `${stream.bytes.length} bytes are held`);
});
