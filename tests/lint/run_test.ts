import assert from "node:assert/strict";
import { ConfigError, ConfigErrors } from "../../src/base/errors.ts";
import { formatBaseline, parseBaseline } from "../../src/lint/baseline.ts";
import { parseDiff, touches } from "../../src/lint/changes.ts";
import { parseLintConfig } from "../../src/lint/config.ts";
import { globToRegExp } from "../../src/lint/glob.ts";
import { findInputs } from "../../src/lint/inputs.ts";
import { brief, inDirectory, lintNamed } from "./_linting.ts";

const BAD = "DELETE FROM users;\n";

Deno.test("directories are searched for .sql, .gitignore respected, in order of numbers", async () => {
  await inDirectory({
    ".gitignore": "build/\n*.tmp.sql\n!keep.tmp.sql\n",
    "10_b.sql": BAD,
    "9_a.sql": BAD,
    "sub/c.sql": BAD,
    "sub/.gitignore": "/d.sql\n",
    "sub/d.sql": BAD,
    "sub/deep/d.sql": BAD,
    "build/x.sql": BAD,
    "a.tmp.sql": BAD,
    "keep.tmp.sql": BAD,
    "notes.txt": "x",
  }, async (cwd) => {
    const { inputs, errors } = await findInputs(["."], { cwd, endings: [".sql"], exclude: [] });
    assert.deepEqual(inputs.map(({ path }) => path), [
      "9_a.sql",
      "10_b.sql",
      "keep.tmp.sql",
      "sub/c.sql",
      "sub/deep/d.sql",
    ]);
    assert.deepEqual(errors, []);
  });
});

Deno.test("patterns find files at any depth, and each file counts once", async () => {
  await inDirectory({ "a/1.sql": BAD, "a/b/2.sql": BAD, "a/b/3.txt": BAD }, async (cwd) => {
    const find = async (...names: string[]) =>
      (await findInputs(names, { cwd, endings: [".sql"], exclude: [] })).inputs.map(({ path }) => path);
    assert.deepEqual(await find("a/**/*.sql"), ["a/1.sql", "a/b/2.sql"]);
    assert.deepEqual(await find("a/*.sql", "a", "a/1.sql"), ["a/1.sql", "a/b/2.sql"]);
    assert.deepEqual(await find("a/b/*.{txt,sql}"), ["a/b/2.sql", "a/b/3.txt"]);
  });
});

Deno.test("an input that cannot be judged is an error of its own and does not hide the others", async () => {
  await inDirectory({
    "good.sql": BAD,
    "binary.sql": new Uint8Array(4000).map((_, index) => (index * 7) % 32),
    "packed.sql": Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
    "empty/readme.txt": "",
  }, async (cwd) => {
    const report = await lintNamed(cwd, [
      "missing.sql",
      "empty",
      "no*.sql",
      "binary.sql",
      "packed.sql",
      "good.sql",
    ]);
    assert.deepEqual(report.errors.map(({ code, file }) => `${code} ${file}`), [
      "lint.missing missing.sql",
      "lint.empty-directory empty",
      "lint.no-match no*.sql",
      "lint.binary binary.sql",
      "lint.binary packed.sql",
    ]);
    assert.ok(brief(report).includes("D001 1:1"));
  });
});

Deno.test("the nearest querycop.yaml upwards holds, with its overrides, and flags go before it", async () => {
  await inDirectory({
    "querycop.yaml":
      "target: mysql\nignore: [D]\noverrides:\n  - files: ['legacy/**']\n    weights: {T001: 99}\n",
    "a.sql": BAD + "LOCK TABLES t READ;\n",
    "legacy/b.sql": "LOCK TABLES t READ;\n",
    "own/querycop.yaml": "lint:\n  fail-on: low\n  target: mysql\n",
    "own/c.sql": BAD,
  }, async (cwd) => {
    const score = async (flags: Parameters<typeof lintNamed>[2] = {}) =>
      (await lintNamed(cwd, ["."], flags)).findings.filter(({ code }) => code === "T001" || code === "D001")
        .map(({ file, code, score }) => `${file} ${code} ${score}`);
    assert.deepEqual(await score(), ["a.sql T001 65", "legacy/b.sql T001 99", "own/c.sql D001 95"]);
    assert.deepEqual(await score({ ignore: ["lock-tables"] }), ["own/c.sql D001 95"]);
  });
});

Deno.test("a wrong configuration says where and what is meant", () => {
  const cases: [string, RegExp, RegExp][] = [
    ["$shema: x", /^q\.yaml:1:1: unknown key "\$shema"/, /Did you mean \$schema/],
    ["taget: mysql", /^q\.yaml:1:1: unknown key "taget"/, /Did you mean target/],
    ["target: postgres", /^q\.yaml:1:9: target is the text "postgres"/, /mysql, vitess, planetscale/],
    [
      "rules: [D001, delete-without-were]",
      /^q\.yaml:1:15: no rule is called "delete-without-were"/,
      /delete-without-where/,
    ],
    ["a: [", /^q\.yaml:1:\d+/, /YAML/],
    ["- a", /^q\.yaml:1:1: the file/, /./],
    ["weights: {D001: 200}", /^q\.yaml:1:17: weights\.D001 is 200/, /from 0 to 100/],
    ["other: 1\nlint:\n  fail-on: [1]", /^q\.yaml:3:12: fail_on is a list/, /./],
    [
      "overrides:\n  - files: [a]\n    max-packet: {}",
      /^q\.yaml:3:17: overrides\[0\]\.max_packet is a mapping/,
      /./,
    ],
    ["weights: {droptable: 3}", /^q\.yaml:1:11: no rule is called "droptable"/, /drop-table/],
  ];
  for (const [text, message, hint] of cases) {
    assert.throws(() => parseLintConfig(text, "q.yaml"), (error) => {
      assert.ok(error instanceof ConfigError, text);
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      return true;
    });
  }
});

Deno.test("several mistakes of a configuration are told together", () => {
  assert.throws(() => parseLintConfig("taget: mysql\nrules: D\n", "q.yaml"), (error) => {
    assert.ok(error instanceof ConfigErrors);
    assert.deepEqual(error.problems.map(({ message }) => message.slice(0, 11)), [
      "q.yaml:2:8:",
      "q.yaml:1:1:",
    ]);
    return true;
  });
});

Deno.test("a baseline takes what was there, wherever it moves, and nothing more", async () => {
  await inDirectory({ "a.sql": "DELETE FROM users;\nDROP TABLE x;\n" }, async (cwd) => {
    const text = formatBaseline((await lintNamed(cwd, ["a.sql"])).findings);
    await Deno.writeTextFile(
      `${cwd}/a.sql`,
      "-- moved\n\nSELECT 1 AS a;\ndelete  from `users`;\nDELETE FROM users;\nDELETE FROM orders;\nDROP TABLE x;\n",
    );
    const report = await lintNamed(cwd, ["a.sql"], { rules: ["D"] }, { baseline: parseBaseline(text, "b") });
    assert.deepEqual(brief(report), ["-D001 4:1", "D001 5:1", "D001 6:1", "-D005 7:12"]);
  });
});

Deno.test("a broken baseline is refused in words", () => {
  for (
    const text of [
      "",
      "{",
      "[]",
      '{"schema":"other/1","findings":[]}',
      '{"schema":"querycop.baseline/1","findings":[1]}',
    ]
  ) {
    assert.throws(
      () => parseBaseline(text, "b.json"),
      (error) => error instanceof ConfigError && /b\.json/.test(error.message),
    );
  }
});

Deno.test("added lines come from a diff, odd names and lines that look like headers included", () => {
  const changes = parseDiff(
    [
      "diff --git db/a.sql db/a.sql",
      "--- db/a.sql",
      "+++ db/a.sql",
      "@@ -3,0 +4,2 @@",
      "++++ x",
      "+b",
      "@@ -9 +11 @@",
      "-old",
      "+new",
      '+++ "db/gr\\303\\266\\303\\237e.sql"',
      "@@ -0,0 +1 @@",
      "+x",
      "+++ /dev/null",
      "@@ -1 +0,0 @@",
      "-x",
    ].join("\n"),
    "/r",
  );
  assert.deepEqual([...changes], [["/r/db/a.sql", [[4, 5], [11, 11]]], ["/r/db/größe.sql", [[1, 1]]]]);
  assert.ok(touches([[4, 5]], 1, 4) && !touches([[4, 5]], 6, 9));
});

Deno.test("globs match as shells have them", () => {
  const cases: [string, string, boolean][] = [
    ["*.sql", "a.sql", true],
    ["*.sql", "a/b.sql", false],
    ["**/*.sql", "b.sql", true],
    ["**/*.sql", "a/b/c.sql", true],
    ["a/**", "a/b/c", true],
    ["a/**", "b/a", false],
    ["[ab]?.sql", "a1.sql", true],
    ["[!ab].sql", "a.sql", false],
    ["{up,down}.sql", "down.sql", true],
    ["a+b(c).sql", "a+b(c).sql", true],
  ];
  for (const [pattern, path, expected] of cases) {
    assert.equal(globToRegExp(pattern).test(path), expected, `${pattern} ${path}`);
  }
});

Deno.test("versions used twice and migrations without a way back are found where asked for", async () => {
  await inDirectory({
    "V1__a.sql": "SELECT 1;\n",
    "V1__b.sql": "SELECT 1;\n",
    "2_c.up.sql": "SELECT 1;\n",
    "2_c.down.sql": "DROP TABLE c;\n",
  }, async (cwd) => {
    const report = await lintNamed(cwd, ["."], { rules: ["M010", "M011", "D005"] });
    const found = report.findings.map(({ code, file, statement }) => `${code} ${file} ${statement.section}`)
      .sort();
    assert.deepEqual(found, [
      "D005 2_c.down.sql down",
      "M010 V1__a.sql up",
      "M010 V1__b.sql up",
      "M011 V1__b.sql up",
    ]);
  });
});

Deno.test("tables that earlier migrations made are known to later ones, in the order in which they run", async () => {
  const files = {
    "db/V1__a.sql": "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT NOT NULL, v VARCHAR(20), d DATETIME(6));\n",
    "db/V2__b.sql": "ALTER TABLE t CHANGE a b INT NULL;\n",
    "db/V10__c.sql":
      "ALTER TABLE t MODIFY b INT;\nALTER TABLE t MODIFY v VARCHAR(30);\nALTER TABLE t MODIFY d DATETIME;\n",
    "db/U1__a.sql": "DROP TABLE t;\n",
    "other/V11__c.sql": "ALTER TABLE t MODIFY b INT;\n",
    "db/notes.sql": "ALTER TABLE t MODIFY b INT;\n",
  };
  await inDirectory(files, async (cwd) => {
    const found = async (more: Parameters<typeof lintNamed>[3] = {}) =>
      (await lintNamed(cwd, ["."], { rules: ["L001"] }, more)).findings.map(({ file, span }) =>
        `${file} ${span.start.line}`
      ).toSorted();
    assert.deepEqual(await found(), ["db/V10__c.sql 3", "db/notes.sql 1", "other/V11__c.sql 1"]);
    // With a branch's files alone, the others still tell of their tables, and nothing of their findings.
    const added = new Map([[await Deno.realPath(`${cwd}/db/V10__c.sql`), [[1, 9] as const]]]);
    assert.deepEqual(await found({ added }), ["db/V10__c.sql 3"]);
  });
});

Deno.test("a configuration may name its schema", () => {
  assert.deepEqual(
    parseLintConfig('{"$schema": "https://example.com/s.json", "target": "mysql"}', "q.json"),
    {
      $schema: "https://example.com/s.json",
      target: "mysql",
    },
  );
});
