import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { StatementStream } from "../../src/sql/splitter/statement_stream.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The statements of a client's text that comes in chunks of `size` bytes. */
function split(text: string, size = 1 << 20): string[] {
  const bytes = encoder.encode(text);
  const stream = new StatementStream({ ...DEFAULT_SQL_OPTIONS, clientFile: true });
  const found: string[] = [];
  const take = () => {
    while (stream.next()) {
      const { start, end } = stream.reader;
      found.push(decoder.decode(stream.bytes.subarray(start, end)));
    }
  };
  for (let at = 0; at < bytes.length; at += size) {
    stream.push(bytes.subarray(at, at + size));
    take();
  }
  stream.end();
  take();
  return found;
}

/** Lines that end the statement before them, as the tools' parsers take them. */
const MARKERS = [
  "-- +goose Up",
  "-- +goose Down",
  "-- +goose StatementBegin",
  "-- +goose StatementEnd",
  "--+goose Down",
  "-- +goose down",
  "-- +migrate Up",
  "-- +migrate Down notransaction",
  "-- +migrate StatementBegin",
  "-- migrate:up",
  "-- migrate:down",
  "--migrate:down",
  "-- migrate:up transaction:false",
  "-- migrate:down-section core",
  "--> statement-breakpoint",
  "-->statement-breakpoint",
  "-- rambler up",
  "# --- !Downs",
  "-- !Ups",
  "-- //@UNDO",
  "--//@UNDO",
  "-- @UNDO",
  "-- ==== DOWN ====",
  "--liquibase formatted sql",
  "-- liquibase formatted sql",
  "--changeset a:2",
  "  --changeset a:2",
  "-- changeset a b:2-x labels:y",
  '--changeset "a:b":2 splitStatements:false',
];

const STATEMENTS = [
  "DROP TABLE x",
  "DELETE FROM c",
  "SELECT 'it''s -- +goose Down'",
  "SELECT '\n-- +goose Down\n'",
  "SELECT 1 - -1 /* -- migrate:down */ + 2",
  "ALTER TABLE t\n  -- a comment\n  DROP COLUMN c",
  "CREATE PROCEDURE p() BEGIN SELECT 1; DELETE FROM t; END",
  "CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW BEGIN IF NEW.a THEN SET @a = 1; END IF; END",
];

const anyStatement = fc.constantFrom(...STATEMENTS);

Deno.test("every tool's marker ends the statement before it, terminated or not, in chunks of any size", () => {
  const part = fc.tuple(
    anyStatement,
    fc.constantFrom("", ";", " ;", "; -- done"),
    fc.array(fc.constantFrom(...MARKERS), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("\n", "\r\n", "\n\n"),
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 5 }),
      anyStatement,
      fc.integer({ min: 1, max: 60 }),
      (parts, last, size) => {
        const text = parts.map(([sql, end, markers, eol]) => `${sql}${end}${eol}${markers.join(eol)}${eol}`)
          .join("");
        const expected = [...parts.map(([sql]) => sql), last];
        assert.deepEqual(split(text + last), expected);
        assert.deepEqual(split(text + last, size), expected);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("a comment that only resembles a marker ends nothing", () => {
  for (
    const comment of [
      "-- goose Down",
      "-- + goose Down",
      "-- migrate:downwards",
      "-- migrate: down",
      "-- the changeset a:2",
      "-- Down",
      "-- undo",
      "# !important",
      "-- statement-breakpoint",
      "/* -- +goose Down */",
    ]
  ) {
    const sql = `DELETE FROM t\n${comment}\nWHERE id = 3`;
    assert.deepEqual(split(sql), [sql], comment);
  }
});

Deno.test("Drizzle's breakpoint ends a statement wherever it stands", () => {
  assert.deepEqual(
    split("DROP TABLE a --> statement-breakpoint\nDROP TABLE b;--> statement-breakpoint\nSELECT 1"),
    [
      "DROP TABLE a",
      "DROP TABLE b",
      "SELECT 1",
    ],
  );
});

const HEAD = "--liquibase formatted sql\n\n";

Deno.test("a changeset's endDelimiter ends its statements, and the next changeset's are its own", () => {
  for (const delimiter of ["$$", "//", "/", "@", "GO", "\\nGO", '"//"', "\\$\\$", ";;", "\\n/"]) {
    const written = delimiter.replace(/^"|"$/g, "").replace(/\\n|\\/g, "");
    const end = written === "/" || written === "GO" ? `\n${written}\n` : `${written}\n`;
    const text =
      `${HEAD}--changeset a:1 endDelimiter:${delimiter} stripComments:false\n--comment: first; one\n` +
      `CREATE PROCEDURE p() BEGIN SELECT a/b; END${end}DROP TABLE x${end}` +
      `  --changeset a:2\n--rollback DROP TABLE y;\nDROP TABLE y;\nDROP TABLE z`;
    assert.deepEqual(split(text), [
      "CREATE PROCEDURE p() BEGIN SELECT a/b; END",
      "DROP TABLE x",
      "DROP TABLE y",
      "DROP TABLE z",
    ], delimiter);
    assert.deepEqual(split(text, 7), split(text), delimiter);
  }
});

Deno.test("a lone slash or GO ends a statement of Liquibase's, and of nobody else's", () => {
  const body = "DROP TABLE x\n/\nDROP TABLE y\nGO\nSELECT a/b,\ngo\nFROM t\n  go \nSELECT 1";
  assert.deepEqual(split(`${HEAD}--changeset a:1\n${body.replace("go\nFROM", "c FROM")}`), [
    "DROP TABLE x",
    "DROP TABLE y",
    "SELECT a/b,\nc FROM t",
    "SELECT 1",
  ]);
  assert.deepEqual(split("SELECT a\n/\nb"), ["SELECT a\n/\nb"]);
});

Deno.test("the mysql client's commands end statements, change what does, or stand between them", () => {
  const cases: [string, string[]][] = [
    ["use shop\nDROP TABLE t;", ["use shop", "DROP TABLE t"]],
    ["USE `my shop`\r\nDROP TABLE t;", ["USE `my shop`", "DROP TABLE t"]],
    ["use shop; DROP TABLE t", ["use shop", "DROP TABLE t"]],
    ["\\u shop\nDROP TABLE t", ["DROP TABLE t"]],
    ["source other.sql\nDROP TABLE t;", ["DROP TABLE t"]],
    ["SOURCE other.sql; DROP TABLE t;", ["DROP TABLE t"]],
    ["\\. other.sql\nDROP TABLE t", ["DROP TABLE t"]],
    ["DROP TABLE a \\g DROP TABLE b\\G\nDROP TABLE c", ["DROP TABLE a", "DROP TABLE b", "DROP TABLE c"]],
    ["DROP TABLE a \\c\nDROP TABLE b;", ["DROP TABLE b"]],
    ["DELIMITER '$$'\nDROP TABLE a$$\nDROP TABLE b $$\ndelimiter ;\nSELECT 1;", [
      "DROP TABLE a",
      "DROP TABLE b",
      "SELECT 1",
    ]],
    ['DELIMITER "//"\nDROP TABLE a// DROP TABLE b//', ["DROP TABLE a", "DROP TABLE b"]],
    ["\\d ##\nDROP TABLE a##\nDROP TABLE b##", ["DROP TABLE a", "DROP TABLE b"]],
    [
      "DELIMITER //\nDROP TABLE a; DROP TABLE b;\n//\nCREATE PROCEDURE p() BEGIN SELECT 1; END; DROP TABLE c //\n",
      [
        "DROP TABLE a",
        "DROP TABLE b",
        "CREATE PROCEDURE p() BEGIN SELECT 1; END",
        "DROP TABLE c",
      ],
    ],
    ["DELIMITER ;;\nDROP TABLE a;; DROP TABLE b; DROP TABLE c;;\nDELIMITER ;\nSELECT 1;", [
      "DROP TABLE a",
      "DROP TABLE b",
      "DROP TABLE c",
      "SELECT 1",
    ]],
    ["DELIMITER d//\nDROP TABLE a\n\ndelimiter ;\nDROP TABLE b;", ["DROP TABLE a", "DROP TABLE b"]],
    ["SELECT a AS\ndelimiter\nFROM t;", ["SELECT a AS\ndelimiter\nFROM t"]],
    ["tee log.txt\nprompt (\\u) >\nwarnings\n\\W\npager less -S\nDROP TABLE t;", ["DROP TABLE t"]],
    ["\\! rm -rf x\nsystem ls\nstatus\n\\s\nDROP TABLE t;", ["DROP TABLE t"]],
    ["-- a comment\n\nuse shop\n-- another\nuse other\nDROP TABLE t;", [
      "use shop",
      "use other",
      "DROP TABLE t",
    ]],
    ["SELECT '\\g', \"\\G\", `\\g` FROM t; SELECT \\N", [
      "SELECT '\\g', \"\\G\", `\\g` FROM t",
      "SELECT \\N",
    ]],
    ["SELECT a\nuse index\nFROM t", ["SELECT a\nuse index\nFROM t"]],
    ["connect_log: BEGIN END", ["connect_log: BEGIN END"]],
    ["help me\nDROP TABLE t;", ["help me\nDROP TABLE t"]],
  ];
  for (const [text, expected] of cases) {
    for (const size of [1, 3, 1000]) assert.deepEqual(split(text, size), expected, text);
  }
});

Deno.test("a MyBatis parameter is no comment", () => {
  assert.deepEqual(split("DELETE FROM t WHERE id = #{id}; DROP TABLE u; #{a comment}\nSELECT 1"), [
    "DELETE FROM t WHERE id = #{id}",
    "DROP TABLE u",
    "SELECT 1",
  ]);
});
