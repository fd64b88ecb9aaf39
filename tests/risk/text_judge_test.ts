import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { TextJudge, type TextVerdict } from "../../src/risk/text_judge.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { WORKLOADS } from "./_workloads.ts";

const encoder = new TextEncoder();
const options = {
  ...DEFAULT_RISK_OPTIONS,
  mode: "wire" as const,
  enabled: new Set(ALL_RULES.map((rule) => rule.code)),
};

/** Literals of many kinds, to be put in one another's place. */
const LITERALS = [
  "0",
  "1",
  "7",
  "42",
  "500",
  "1000",
  "20000",
  "300000",
  "4000000",
  "1.5",
  "''",
  "'a'",
  "'%'",
  "'%a'",
  "'a%'",
  "'_'",
  "NULL",
  "'4111111111111111'",
  "'AKIAIOSFODNN7EXAMPLE'",
  "'2024-01-01'",
  "'1'",
  "x'41'",
  "?",
  "TRUE",
];

/** Statements of the workloads and of every rule's examples. */
const CORPUS = [
  ...Object.values(WORKLOADS).flat(),
  ...ALL_RULES.flatMap((rule) => [...rule.fires, ...rule.quiet]),
];

/** A statement with some of its literals replaced by others. */
const statement = fc.tuple(
  fc.constantFrom(...CORPUS),
  fc.array(fc.constantFrom(...LITERALS), { minLength: 1, maxLength: 4 }),
)
  .map(([sql, literals]) => {
    let next = 0;
    return sql.replace(
      /'(?:[^'\\]|\\.)*'|\b\d+\b/g,
      (old) => next % 2 === 0 ? literals[next++ % literals.length] ?? old : (next++, old),
    );
  });

function summary(verdict: TextVerdict) {
  return {
    score: verdict.score,
    level: verdict.level,
    statements: verdict.statements.map(({ kind, score, findings }) => ({
      kind,
      score,
      findings: findings.map(({ rule, score, message }) => `${rule.code} ${score} ${message}`),
    })),
  };
}

Deno.test("a cached verdict is the one that judging afresh gives", () => {
  const cached = new TextJudge(options);
  fc.assert(
    fc.property(statement, (sql) => {
      const bytes = encoder.encode(sql);
      assert.deepEqual(summary(cached.judge(bytes)), summary(cached.judgeExactly(bytes)), sql);
    }),
    { numRuns: 6000 },
  );
  assert.ok(cached.counters.hits > 1000, `${cached.counters.hits} hits: the cache was not tried`);
});

Deno.test("the worst statement of a text gives its verdict, and each has its own", () => {
  const verdict = new TextJudge(options).judge(encoder.encode("SELECT 1; DELETE FROM users; SELECT 2"));
  assert.deepEqual(verdict.statements.map(({ kind }) => kind), ["select", "delete", "select"]);
  assert.equal(verdict.score, verdict.statements[1]?.score);
  assert.equal(verdict.level, "critical");
});

Deno.test("a text without a statement has nothing to be judged", () => {
  for (const text of ["", " ", ";", "-- x", "/* x */;;"]) {
    const verdict = new TextJudge(options).judge(encoder.encode(text));
    assert.deepEqual([verdict.score, verdict.statements.length], [0, 0], text);
  }
});

Deno.test("the cache stays bounded and keeps what is in use", () => {
  const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire" }, 64);
  const favourite = encoder.encode("SELECT a FROM favourite WHERE id = 7");
  for (let index = 0; index < 2000; index++) {
    judge.judge(encoder.encode(`SELECT c${index} FROM t WHERE id = 7`));
    judge.judge(favourite);
  }
  assert.ok(judge.counters.hits >= 1999 - 64, `${judge.counters.hits}`);
});

Deno.test("the verdict holds no reference to the bytes it was made from", () => {
  const bytes = encoder.encode("DELETE FROM users");
  const verdict = new TextJudge(options).judge(bytes);
  const before = JSON.stringify(summary(verdict));
  bytes.fill(0x41);
  assert.equal(JSON.stringify(summary(verdict)), before);
});

/** Comments of every kind, harmless and not, by what stands around what they say. */
const COMMENTS: readonly ((text: string) => string)[] = [
  (text) => `/* ${text} */`,
  (text) => `/*${text}*/`,
  (text) => `-- ${text}\n`,
  (text) => `#${text}\n`,
  (text) => `/*+ ${text} */`,
  (text) => `/*! ${text} */`,
  (text) => `/*!99999 ${text} */`,
  (text) => `/*!40101 ${text} */`,
  (text) => `/*vt+ ${text} */`,
];
const REMARKS = [
  "note",
  "password = 'Tr0ub4dor&3'",
  "key AKIAIOSFODNN7EXAMPLE",
  "mysql://root:sesame@db.example.com/shop",
  "MAX_EXECUTION_TIME(1000)",
  "FORCE INDEX (a)",
  "IGNORE_MAX_MEMORY_ROWS=1",
  "ALLOW_SCATTER",
  "{{ table }}",
  "' OR 1=1",
  "' AND c = '",
  "action='show',controller='users'",
  "querycop:ignore D001",
  "-- nested",
];

Deno.test("no rule that reads comments makes a cached verdict lie: what another comment was, is not what this one is", () => {
  const cached = new TextJudge(options);
  const commented = fc.tuple(
    fc.constantFrom(
      "SELECT a FROM t WHERE id = 1",
      "DELETE FROM t",
      "UPDATE t SET a = 1 WHERE id = 2",
      ...CORPUS.slice(0, 60),
    ),
    fc.constantFrom(...COMMENTS),
    fc.constantFrom(...REMARKS),
    fc.constantFrom("before", "within", "after", "stuck"),
  ).map(([sql, comment, remark, where]) => {
    const text = comment(remark);
    if (where === "before") return `${text}${sql}`;
    if (where === "stuck") return `${sql} AND b = 'x'${text}`;
    if (where === "after") return `${sql} ${text}`;
    return sql.replace(" ", ` ${text} `);
  });
  fc.assert(
    fc.property(commented, (sql) => {
      const bytes = encoder.encode(sql);
      assert.deepEqual(summary(cached.judge(bytes)), summary(cached.judgeExactly(bytes)), sql);
    }),
    { numRuns: 6000 },
  );
  assert.ok(cached.counters.hits > 1000, `${cached.counters.hits} hits: the cache was not tried`);
});

Deno.test("statements of one shape are one object as long as their verdict is the same, whatever their literals", () => {
  const judge = new TextJudge(options);
  const next = (sql: string) => judge.next(encoder.encode(sql), 0, DEFAULT_SQL_OPTIONS, false);
  const one = next("SELECT a FROM t WHERE id = 1");
  assert.equal(next("select a\nfrom t where id = 2"), one);
  assert.equal(one?.shape.normalised, "SELECT `a` FROM `t` WHERE `id` = ?");
  const always = next("SELECT a FROM t WHERE 1 = 1 OR 'x' = 'y'");
  assert.equal(next("SELECT a FROM t WHERE 2 = 2 OR 'x' = 'y'"), always);
  const never = next("SELECT a FROM t WHERE 1 = 2 OR 'x' = 'y'");
  assert.notEqual(never, always);
  assert.equal(never?.shape, always?.shape, "the digest and the tables are worked out once");
  assert.notEqual(
    next("PREPARE s FROM 'DELETE FROM a'")?.tables[0]?.name,
    next("PREPARE s FROM 'DELETE FROM b'")?.tables[0]?.name,
  );
});

Deno.test("a LIMIT that may be any number bounds nothing, and a verdict on one number is none on a larger", () => {
  const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire" });
  const score = (sql: string) => judge.judge(new TextEncoder().encode(sql)).score;
  assert.ok(score("DELETE FROM t LIMIT ?") >= 90);
  assert.ok(score("DELETE FROM t WHERE 1 = 1 LIMIT ?") >= 90);
  for (const pair of [[99_999, 100_000], [9_999_999, 10_000_000], [10, 10]] as const) {
    for (const suffix of ["", " WHERE 1 = 1", " ORDER BY id"]) {
      const before = pair.map((count) => score(`DELETE FROM t${suffix} LIMIT ${count}`));
      const again = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire" });
      const after = pair.map((count) =>
        again.judgeExactly(new TextEncoder().encode(`DELETE FROM t${suffix} LIMIT ${count}`)).score
      );
      assert.deepEqual(before, after, suffix);
    }
  }
  assert.ok(score("DELETE FROM t LIMIT 100") < 90);
  assert.ok(score("DELETE FROM t LIMIT 4000000000") >= 90);
  assert.ok(score("DELETE FROM t LIMIT 1111111111") >= 90);
  assert.ok(score("DELETE FROM t LIMIT 9999999999") >= 90);
});
