import assert from "node:assert/strict";
import { reachOfTable } from "../../../src/sql/condition/reach.ts";
import type { RowReach } from "../../../src/sql/statement.ts";
import { cleanStatement } from "./_statements.ts";

/** Conditions on a table with id, name, and what they let through. */
const CONDITIONS: readonly (readonly [RowReach, readonly string[]])[] = [
  ["every", [
    "1",
    "1=1",
    "'a'='a'",
    "NOT 0",
    "!0",
    "TRUE",
    "TRUE OR id=1",
    "id=1 OR TRUE",
    "id = 1 OR 1=1",
    "id IS NOT NULL OR 1",
    "1<2",
    "1 <> 2",
    "''=0",
    "1||1",
    "id OR 1",
    "(((1)))",
    "((1)=(1))",
    "NOT NOT 1",
    "NOT NOT NOT 0",
    "EXISTS(SELECT 1)",
    "EXISTS (SELECT COUNT(*) FROM x)",
    "(SELECT 1)",
    "COALESCE(1)",
    "IFNULL(NULL, 2)",
    "IF(1, 2, 0)",
    "1 BETWEEN 0 AND 2",
    "1 IN (3, 2, 1)",
    "2 NOT IN (3, 1)",
    "'abc' LIKE 'a%'",
    "NULL IS NULL",
    "NULL <=> NULL",
    "id <=> id",
    "id IS NULL OR id IS NOT NULL",
    "id = id OR id IS NULL",
    "id IS NULL OR id IS NOT NULL AND TRUE",
    "id IS NULL AND 1 OR (id IS NOT NULL AND 'a' = 'a')",
    "1 XOR 0",
    "0.1",
    "'1'",
    "CASE WHEN 1 THEN 1 ELSE 0 END",
    "5 DIV 2 = 2",
    "-1",
    "1 = 1 AND 'x' = 'x'",
    "id = 3 AND 0 OR 7",
    "/*!50000 1 */",
    "LENGTH('a')",
    "{d '2020-01-01'} = {d '2020-01-01'}",
  ]],
  ["every-not-null", [
    "id=id",
    "id = t.id",
    "`id` = id",
    "id >= id",
    "id IN (id)",
    "id IN (1, id)",
    "id BETWEEN id AND id",
    "name LIKE '%'",
    "name LIKE '%%'",
    "name REGEXP '.*'",
    "LOWER(name) = LOWER(name)",
    "id + 1 = id + 1",
    "NOT id <> id",
    "id = id AND name = name",
    "id | 1",
  ]],
  ["truthy", [
    "id",
    "id + 0",
    "-id",
    "id ^ 0",
    "id DIV 1",
    "id * 1",
    "name REGEXP '.'",
    "COALESCE(id, 1)",
    "id AND 1",
    "LENGTH(name)",
  ]],
  ["all-or-none", [
    // Some collation has them equal, or may have.
    "'i' = 'j'",
    "'i' = 'j' COLLATE utf8mb4_roman_ci",
    "?",
    "? = ?",
    "1 = ?",
    "@@version",
    "@x",
    "@x = 1",
    "NOW() > '2000-01-01'",
    "EXISTS (SELECT 1 FROM x)",
    "EXISTS (SELECT 1 FROM x WHERE x.a = 1)",
    "(SELECT COUNT(1) FROM x) > 0",
    "'a' = 'A'",
    "SLEEP(0) = 0",
  ]],
  ["none", [
    "0",
    "1=0",
    "FALSE",
    "NULL",
    "id = NULL",
    "id <> NULL",
    "id <> id",
    "id < id",
    "id IN (NULL)",
    "id NOT IN (1, NULL)",
    "id = 1 AND 1 = 2",
    "NOT 1",
    "'1' = '2'",
    "name NOT LIKE '%'",
    "NULL = NULL",
    "NOT NULL",
    "id BETWEEN NULL AND NULL",
    "1 IS NULL",
  ]],
  ["some", [
    "id = 1",
    "id = ?",
    "id > 0",
    "id IN (1, 2)",
    "id IS NOT NULL",
    "id IS NULL",
    "NOT id = 1",
    "NOT id",
    "name LIKE 'a%'",
    "name LIKE '%a'",
    "name = 'x' OR id = 2",
    "id = 1 OR 1 = 0",
    "id & 4",
    "id % 2",
    "FIND_IN_SET('a', name)",
    "EXISTS (SELECT 1 FROM x WHERE x.id = t.id)",
    "EXISTS (SELECT 1 FROM x WHERE x.id = id)",
    "id IN (SELECT id FROM x)",
    "RAND() < 0.5",
    "MATCH (name) AGAINST ('x')",
    "id = 1 AND 1 = 1",
    "id = id AND id = 3",
    "1 = id",
    "'a' = name",
    "name = 0",
    "a.t.c = 1",
    "(id, name) = (1, 'x')",
    "id = (SELECT MAX(id) FROM x)",
    "JSON_CONTAINS(name, '1')",
  ]],
];

for (const [reach, conditions] of CONDITIONS) {
  Deno.test(`conditions that reach ${reach} rows are known, in DELETE and UPDATE, single and multiple`, () => {
    for (const condition of conditions) {
      assert.equal(cleanStatement("delete", `DELETE FROM t WHERE ${condition}`).reach, reach, condition);
      assert.equal(cleanStatement("update", `UPDATE t SET a=1 WHERE ${condition}`).reach, reach, condition);
      const joined = cleanStatement("delete", `DELETE t FROM t CROSS JOIN u WHERE ${condition}`);
      assert.equal(joined.reach, reach, condition);
    }
  });
}

Deno.test("without WHERE every row is reached, and a subquery's WHERE is not the statement's", () => {
  for (
    const sql of [
      "DELETE FROM t",
      "DELETE QUICK IGNORE FROM t",
      "DELETE t FROM t",
      "DELETE FROM t USING t",
      "DELETE t.* FROM t",
      "WITH c AS (SELECT 1 AS x WHERE 1) DELETE FROM t",
    ]
  ) assert.equal(cleanStatement("delete", sql).reach, "every", sql);
  const update =
    "UPDATE t SET a = (SELECT b FROM u WHERE u.id = 1), b = (SELECT 1 FROM x WHERE x.id = 2 LIMIT 1)";
  assert.equal(cleanStatement("update", update).reach, "every");
  assert.equal(
    cleanStatement("update", "UPDATE t, (SELECT 1 FROM u WHERE id = 3) x SET t.a = 1").reach,
    "every",
  );
});

Deno.test("LIMIT limits, unless it is larger than any table or the condition restricts already", () => {
  const reach = (tail: string) => cleanStatement("delete", `DELETE FROM t ${tail}`).reach;
  assert.equal(reach("LIMIT 10"), "limited");
  assert.equal(reach("ORDER BY id LIMIT ?"), "every", "a parameter may be any number");
  assert.equal(reach("LIMIT 4000000000"), "every");
  assert.equal(reach("WHERE 1=1 LIMIT 10"), "limited");
  assert.equal(reach("LIMIT 18446744073709551615"), "every");
  assert.equal(reach("WHERE id = 1 LIMIT 1"), "some");
  assert.equal(reach("WHERE id = 1 LIMIT 0"), "none");
  assert.equal(reach("LIMIT 0"), "none");
});

Deno.test("a join restricts the tables whose rows it can drop", () => {
  const reach = (sql: string) => cleanStatement("delete", sql).reach;
  assert.equal(reach("DELETE a FROM a JOIN b"), "every");
  assert.equal(reach("DELETE a FROM a, b"), "every");
  assert.equal(reach("DELETE a FROM a JOIN b ON a.id = b.id"), "some");
  assert.equal(reach("DELETE a FROM a JOIN b ON 1=1"), "every");
  assert.equal(reach("DELETE a FROM a JOIN b USING (id)"), "some");
  assert.equal(reach("DELETE a FROM a NATURAL JOIN b"), "some");
  assert.equal(reach("DELETE a FROM a LEFT JOIN b ON a.id = b.id"), "every");
  assert.equal(reach("DELETE b FROM a LEFT JOIN b ON a.id = b.id"), "some");
  assert.equal(reach("DELETE a FROM a LEFT JOIN b ON a.id = b.id WHERE b.id IS NULL"), "some");
  assert.equal(reach("DELETE b FROM a RIGHT JOIN b ON a.id = b.id"), "every");
  assert.equal(reach("DELETE a FROM a RIGHT JOIN b ON a.id = b.id"), "some");
  assert.equal(reach("DELETE a FROM a LEFT JOIN (b JOIN c ON b.x = c.x) ON a.id = b.id"), "every");
  assert.equal(reach("DELETE a FROM a JOIN b ON a.id = b.id LEFT JOIN c ON c.id = b.id"), "some");
  assert.equal(reach("DELETE c FROM a JOIN b ON a.id = b.id RIGHT JOIN c ON c.id = b.id"), "every");
  assert.equal(reach("DELETE FROM t PARTITION (p0)"), "some");
  assert.equal(reach("DELETE a FROM a, b WHERE b.id = 5"), "all-or-none");
  assert.equal(reach("DELETE a FROM a JOIN b ON b.id = 5"), "all-or-none");
  assert.equal(reach("DELETE a FROM a, b WHERE b.id = a.id"), "some");
  assert.equal(reach("DELETE a FROM a LEFT JOIN b ON a.id = b.id WHERE b.x = 5"), "some");
});

Deno.test("the reach of each target can be asked for alone", () => {
  const statement = cleanStatement("delete", "DELETE a, b FROM a LEFT JOIN b ON a.id = b.id");
  const [a, b] = statement.tables;
  assert.equal(reachOfTable(statement, a!), "every");
  assert.equal(reachOfTable(statement, b!), "some");
});

Deno.test("known columns sharpen a reach", () => {
  const statement = cleanStatement("delete", "DELETE FROM t WHERE id = id");
  assert.equal(
    reachOfTable(statement, statement.tables[0]!, () => ({ text: false, nullable: false })),
    "every",
  );
  const coerced = cleanStatement("delete", "DELETE FROM t WHERE name = 0");
  assert.equal(reachOfTable(coerced, coerced.tables[0]!, () => ({ text: true, nullable: true })), "truthy");
  assert.equal(reachOfTable(coerced, coerced.tables[0]!, () => ({ text: false, nullable: true })), "some");
});
