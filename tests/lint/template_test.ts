import assert from "node:assert/strict";
import { brief, lintText } from "./_linting.ts";

const RULES = {
  rules: new Set(["D001", "D002", "D003", "D005", "D008", "M001", "M002", "M003", "M005", "M006"]),
};

/** What a name may be written as, in the engines that migration files go through. */
const NAMES = [
  "${s}",
  "${flyway:defaultSchema}",
  "{{ s }}",
  "{{ ref('s') }}",
  "<%= s %>",
  "$(s)",
  "%(s)s",
  "@s@",
  "{s}",
];
const VALUES = [...NAMES, ":s", "#{s}", "#{s, jdbcType=INTEGER}", "%s", "{{ s.t | default(3) }}"];

Deno.test("a marker stands for one name where it stands", async () => {
  for (const name of NAMES) {
    const cases: [string, string[]][] = [
      [`ALTER TABLE ${name}.t DROP COLUMN c;`, ["D008 1:"]],
      [`DELETE FROM ${name}.t WHERE id=3;`, []],
      [`DELETE FROM ${name}.t;`, ["D001 1:"]],
      [`DROP TABLE ${name};`, ["D005 1:"]],
      [`DROP TABLE ${name}_old;`, ["D005 1:"]],
      [`UPDATE ${name} SET a = 1 WHERE id = 2;`, []],
      [`UPDATE t SET ${name} = 1;`, ["D002 1:"]],
      [`INSERT INTO t (${name}) VALUES (1);`, []],
      [`CREATE TABLE ${name} (id INT PRIMARY KEY) ENGINE=${name};`, []],
      [`CREATE TABLE t (${name} INT PRIMARY KEY);`, []],
    ];
    for (const [sql, expected] of cases) {
      const found = brief(await lintText(sql, RULES));
      assert.equal(found.length, expected.length, `${sql}: ${found}`);
      for (const [index, start] of expected.entries()) {
        assert.ok(found[index]?.startsWith(start), `${sql}: ${found}`);
      }
    }
  }
});

Deno.test("a marker stands for one value where it stands", async () => {
  for (const value of VALUES) {
    for (
      const sql of [
        `DELETE FROM t WHERE id = ${value};`,
        `DELETE FROM t WHERE id IN (${value});`,
        `UPDATE t SET a = ${value} WHERE b > ${value} AND c LIKE ${value};`,
        `INSERT INTO t (a, b) VALUES (${value}, ${value});`,
        `SELECT a FROM t WHERE b = ${value} LIMIT ${value};`,
        `CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(${value}));`,
      ]
    ) assert.deepEqual(brief(await lintText(`${sql}\n`, RULES)), [], sql);
    const [first, ...others] = brief(await lintText(`UPDATE t SET a = ${value};\nDELETE FROM u;\n`, RULES));
    assert.match(first ?? "", /^D002 1:/, value);
    assert.deepEqual(others, ["D001 2:1"], value);
  }
});

Deno.test("control words of a template leave nothing", async () => {
  assert.deepEqual(brief(await lintText("{% if a %}\nDROP TABLE t;\n{% endif %}\n", RULES)), ["D005 2:12"]);
  assert.deepEqual(
    brief(await lintText('DELETE FROM t WHERE id = 3 <if test="a != null">AND a = #{a}</if>;\n', RULES)),
    [],
  );
  assert.deepEqual(brief(await lintText("<% if a %> DROP TABLE t; <% end %>", RULES)), ["D005 1:23"]);
});

Deno.test("what cannot be told is said once, and what can be is said", async () => {
  const sql =
    "DELETE FROM t ${where};\nUPDATE t SET a = 1 {{ where }};\nDROP TABLE x ${rest};\n${statement};\nDELETE FROM u;\n";
  const { findings } = await lintText(sql, RULES);
  assert.deepEqual(findings.map(({ code, span }) => `${code} ${span.start.line}`), [
    "D005 3",
    "D001 5",
    "M006 1",
  ]);
  assert.match(findings.at(-1)?.message ?? "", /3 more/);
});

Deno.test("markers in strings, names and comments are left alone, and excerpts are the file's own", async () => {
  for (
    const sql of [
      "SELECT '{{ a }}'",
      "SELECT `${a}` FROM t",
      "SELECT 1 /* {% if %} */",
      "SELECT a % s FROM t",
    ]
  ) {
    assert.deepEqual(brief(await lintText(sql, RULES)), [], sql);
  }
  const { findings } = await lintText("DROP TABLE ${schema}.users;\n", RULES);
  assert.deepEqual(findings[0]?.excerpt.map(({ text }) => text), ["DROP TABLE ${schema}.users"]);
});
