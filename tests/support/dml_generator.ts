import type { Random } from "./random.ts";

/** One UPDATE or DELETE of table `t`, whose rows it reaches are to be counted. UPDATE sets `mark` to 1. */
export interface GeneratedChange {
  readonly kind: "update" | "delete";
  readonly sql: string;
}

/**
 * Makes UPDATEs and DELETEs of `t` (id, a, name, c1 to c4, s1 to s4, mark) in every form MySQL has, joined with
 * `u` (uid, ub) and `n` (id), with conditions that restrict and conditions that do not. What is the same for every row
 * but not for ever hangs on `v` (vid) having rows and on `@flag`.
 */
export class ChangeGenerator {
  readonly #random: Random;
  /** Columns that the restrictions of the statement being made have used: each gets its own. */
  #used = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A statement with the condition given, or one of its own making. */
  statement(condition?: string): GeneratedChange {
    const r = this.#random;
    this.#used = 0;
    const where = condition ?? (r.once(8) ? undefined : this.condition(r.below(3)));
    return r.once(2) ? this.#delete(where) : this.#update(where);
  }

  /** A condition on `t`'s columns, by names that no other table has. */
  condition(depth: number): string {
    const r = this.#random;
    if (depth === 0) return r.once(2) ? this.#restricting() : this.#idle();
    switch (r.below(6)) {
      case 0:
        return `NOT (${this.condition(depth - 1)})`;
      case 1:
      case 2:
        return `(${this.condition(depth - 1)}) ${r.pick(["OR", "or", "||"])} ${this.condition(0)}`;
      case 3:
      case 4:
        return `${this.condition(0)} ${r.pick(["AND", "&&"])} (${this.condition(depth - 1)})`;
      default:
        return `((${this.condition(depth - 1)}))`;
    }
  }

  /** What picks some of the rows, by columns that no other condition of the statement looks at. */
  #restricting(): string {
    const r = this.#random;
    this.#used++;
    const column = r.pick([`c${this.#used}`, `\`c${this.#used}\``]);
    const name = `s${this.#used}`;
    const number = r.pick(["1", "2", "3", "-1", "0"]);
    return r.pick([
      `${column} = ${number}`,
      `${column} ${r.pick(["<", ">", "<=", ">=", "<>", "!="])} ${number}`,
      `${number} = ${column}`,
      `${column} IN (1, 2)`,
      `${column} NOT IN (1, 3)`,
      `${column} BETWEEN 1 AND 2`,
      `${column} NOT BETWEEN -1 AND 1`,
      `${column} IS NULL`,
      `${column} IS NOT NULL`,
      `${name} = 'abc'`,
      `${name} LIKE 'a%'`,
      `${name} NOT LIKE '%c'`,
      `${name} REGEXP '^a'`,
      `${column} % 2 = 1`,
      `${column} & 1`,
      `EXISTS (SELECT 1 FROM u WHERE uid = ${column})`,
      `${column} IN (SELECT uid FROM u)`,
      `${column} = (SELECT MIN(uid) FROM u)`,
      `${column} <=> 2`,
      `LENGTH(${name}) = 3`,
      `IF(${column} = 1, TRUE, FALSE)`,
      `CASE WHEN ${column} = 1 THEN 1 ELSE 0 END`,
      `(${column}, ${name}) = (1, 'abc')`,
      `${column} = 1 XOR ${column} = 2`,
    ]);
  }

  /** What says the same of every row, or nearly so. */
  #idle(): string {
    const r = this.#random;
    const column = r.pick(["id", "a", "name"]);
    const number = r.pick(["0", "1", "2", "7"]);
    return r.pick([
      number,
      "TRUE",
      "FALSE",
      "NULL",
      `${number} = ${r.pick(["0", "1", "2", "7"])}`,
      `${number} ${r.pick(["<", ">=", "<>", "<=>"])} 1`,
      "'a' = 'a'",
      "'a' <> 'b'",
      "'a' = 'b'",
      `'${number}' = ${number}`,
      "''= 0",
      "'abc' = 0",
      "'1x' = 1",
      `NOT ${number}`,
      `!${number}`,
      `NOT NOT ${number}`,
      `-${number}`,
      `${number} - 1`,
      `${number} IN (1, 2)`,
      `${number} NOT IN (1, NULL)`,
      `${number} IN (2, NULL)`,
      `${number} BETWEEN 1 AND 3`,
      `NULL = NULL`,
      `NULL <=> NULL`,
      `NULL IS NULL`,
      `${number} IS TRUE`,
      `${number} IS NOT FALSE`,
      `COALESCE(NULL, ${number})`,
      `IFNULL(NULL, ${number})`,
      `IF(${number}, 1, 0)`,
      `NULLIF(${number}, 1)`,
      `ISNULL(${number})`,
      `GREATEST(${number}, 1)`,
      `LENGTH('abc') = 3`,
      `CONCAT('a', 'b') = 'ab'`,
      `ABS(-${number})`,
      `MOD(${number}, 2)`,
      `${number} DIV 2`,
      `${number} / 2`,
      `${number} / 0`,
      `${number} | 1`,
      `${number} & 2`,
      `1 << ${number}`,
      `x'31' = '1'`,
      `0x41 = 'A'`,
      `EXISTS (SELECT 1)`,
      `EXISTS (SELECT 1 WHERE ${number})`,
      `NOT EXISTS (SELECT 1)`,
      `EXISTS (SELECT COUNT(*) FROM v WHERE vid = -99)`,
      `EXISTS (SELECT 1 FROM v)`,
      `(SELECT ${number})`,
      `(SELECT COUNT(*) FROM v) > 0`,
      `CASE ${number} WHEN 1 THEN 1 ELSE 0 END`,
      `CASE WHEN ${number} THEN 0 ELSE 1 END`,
      `'abc' LIKE 'a%'`,
      `'abc' LIKE '_b%c'`,
      `'abc' NOT LIKE '%z'`,
      `1 XOR ${number}`,
      `@flag`,
      `@flag IS NULL`,
      `@flag = 1`,
      `${column} = ${column}`,
      `${column} = t0.${column}`,
      `${column} <=> ${column}`,
      `${column} <> ${column}`,
      `${column} < ${column}`,
      `${column} >= ${column}`,
      `${column} IN (${column})`,
      `${column} NOT IN (${column})`,
      `${column} IN (NULL)`,
      `${column} IN (7, ${column})`,
      `${column} BETWEEN ${column} AND ${column}`,
      `${column} IS NULL OR ${column} IS NOT NULL`,
      `${column} = ${column} OR ${column} IS NULL`,
      `${column} = NULL`,
      `${column} <> NULL`,
      `LOWER(${column}) = LOWER(${column})`,
      `a + 1 = a + 1`,
      `id`,
      `a`,
      `a + 0`,
      `-a`,
      `id ^ 0`,
      `id DIV 1`,
      `id * 1`,
      `name`,
      `COALESCE(a, 1)`,
      `name LIKE '%'`,
      `name LIKE '%%'`,
      `name NOT LIKE '%'`,
      `name REGEXP '.'`,
      `name REGEXP '.*'`,
    ]);
  }

  #delete(condition: string | undefined): GeneratedChange {
    const r = this.#random;
    const modifiers = r.pick(["", "", "LOW_PRIORITY ", "QUICK ", "IGNORE ", "LOW_PRIORITY QUICK IGNORE "]);
    const where = this.#where(condition);
    const form = r.below(10);
    if (form < 3) {
      const alias = r.pick(["t", "t AS t0", "t t0", "`t`"]);
      return this.#made("delete", `DELETE ${modifiers}FROM ${alias}${where}${this.#limit()}`);
    }
    const target = r.pick(["t0", "t0.*", "`t0`"]);
    switch (form) {
      case 3:
        return this.#made("delete", `DELETE ${modifiers}FROM ${target} USING t AS t0${where}`);
      case 4:
        return this.#made("delete", `DELETE ${modifiers}${target} FROM t t0${where}`);
      case 5:
        return this.#made("delete", `DELETE ${modifiers}t FROM t${where}`);
      case 6:
        return this.#made("delete", `WITH c AS (SELECT 1 AS k) DELETE FROM t${where}${this.#limit()}`);
      case 7:
        return this.#made("delete", `WITH c AS (SELECT 1 AS k WHERE 1) DELETE t0 FROM t t0 JOIN c${where}`);
      case 8:
        return this.#made("delete", `DELETE FROM ${target} USING ${this.#joined()}${where}`);
      default:
        return this.#made("delete", `DELETE ${modifiers}${target} FROM ${this.#joined()}${where}`);
    }
  }

  #update(condition: string | undefined): GeneratedChange {
    const r = this.#random;
    const modifiers = r.pick(["", "", "LOW_PRIORITY ", "IGNORE ", "LOW_PRIORITY IGNORE "]);
    const where = this.#where(condition);
    const value = r.pick([
      "1",
      "1",
      "(SELECT 1)",
      "1 + 0 * (SELECT COUNT(*) FROM u WHERE uid = 1)",
      "IF(1 = 1, 1, 0)",
    ]);
    const form = r.below(8);
    if (form < 3) {
      const [table, column] = r.pick([["t", "mark"], ["t AS t0", "t0.mark"], ["t t0", "`mark`"]] as const);
      return this.#made(
        "update",
        `UPDATE ${modifiers}${table} SET ${column} = ${value}${where}${this.#limit()}`,
      );
    }
    switch (form) {
      case 3:
        return this.#made("update", `WITH c AS (SELECT 1 AS k WHERE 1) UPDATE t SET mark = ${value}${where}`);
      case 4:
        return this.#made("update", `WITH c AS (SELECT 1 AS k) UPDATE t t0, c SET t0.mark = c.k${where}`);
      case 5:
        return this.#made(
          "update",
          `UPDATE t t0 JOIN (SELECT 1 AS k WHERE 1 = 1) d SET t0.mark = d.k${where}`,
        );
      default:
        return this.#made("update", `UPDATE ${modifiers}${this.#joined()} SET t0.mark = ${value}${where}`);
    }
  }

  /** `t` as t0 joined with u. */
  #joined(): string {
    return this.#random.pick([
      "t t0, u",
      "t t0, u u3",
      "t t0 JOIN u",
      "t t0 CROSS JOIN u",
      "t t0 STRAIGHT_JOIN u",
      "(t t0, u)",
      "(t t0 CROSS JOIN u)",
      "t t0 JOIN u ON id = uid",
      "t t0 INNER JOIN u ON 1 = 1",
      "t t0 JOIN u ON uid = uid",
      "u JOIN t t0 ON id = uid",
      "t t0 LEFT JOIN u ON id = uid",
      "t t0 LEFT OUTER JOIN u ON 1 = 0",
      "u RIGHT JOIN t t0 ON id = uid",
      "u LEFT JOIN t t0 ON id = uid",
      "t t0 RIGHT JOIN u ON id = uid",
      "t t0 LEFT JOIN (u JOIN u u2 ON u.uid = u2.uid) ON id = u.uid",
      "t t0 JOIN u ON id = uid LEFT JOIN u u2 ON u2.uid = id",
      "t t0 LEFT JOIN u ON id = uid JOIN u u2",
      "t t0 NATURAL JOIN n",
      "t t0 JOIN (SELECT id AS k FROM t WHERE id = 1) d ON t0.id = d.k",
      "t t0 JOIN (SELECT 1 AS k) d ON d.k = 1",
      "{OJ t t0 LEFT JOIN u ON id = uid}",
    ]);
  }

  #where(condition: string | undefined): string {
    if (condition === undefined) return this.#random.pick(["", " /* WHERE id = 1 */", "\n-- WHERE id = 1\n"]);
    const word = this.#random.pick([
      "WHERE",
      "where",
      "/*!50000 WHERE */",
      "/* not WHERE */ WHERE",
      "\nWHERE\n",
    ]);
    return ` ${word} ${condition}`;
  }

  #limit(): string {
    return this.#random.pick([
      "",
      "",
      "",
      " ORDER BY id",
      " LIMIT 2",
      " ORDER BY id DESC LIMIT 1",
      " LIMIT 18446744073709551615",
      " LIMIT 0",
    ]);
  }

  /** The statement, where `t0` names the table: by its own name in forms without an alias. */
  #made(kind: GeneratedChange["kind"], sql: string): GeneratedChange {
    const aliased = /\bt( AS)? t0\b/.test(sql);
    return { kind, sql: aliased ? sql : sql.replaceAll("t0.", "t.") };
  }
}
