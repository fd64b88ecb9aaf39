import type { Random } from "./random.ts";

/** Makes queries and their parts as lists of words, for {@link SqlGenerator}. */
export class SqlQueryGenerator {
  readonly #random: Random;
  /** Counts aliases, so that no two tables share one. */
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A SELECT of some depth. */
  query(depth: number): string[] {
    const r = this.#random;
    const words = ["SELECT", ...this.hint()];
    if (r.once(8)) words.push(r.pick(["DISTINCT", "ALL", "SQL_SMALL_RESULT", "STRAIGHT_JOIN"]));
    words.push(...this.list(1, 4, () => this.#selectItem(depth)));
    if (r.once(6)) return words;
    words.push("FROM", ...this.tables(depth));
    if (!r.once(3)) words.push("WHERE", ...this.predicate(depth));
    if (r.once(5)) {
      words.push("GROUP", "BY", ...this.list(1, 3, () => r.once(3) ? [r.pick(["1", "2"])] : this.column()));
      if (r.once(4)) words.push("WITH", "ROLLUP");
      if (r.once(2)) words.push("HAVING", ...this.predicate(0));
    }
    words.push(...this.orderBy(), ...this.limit());
    if (r.once(12)) {
      words.push(
        ...r.pick([
          ["FOR", "UPDATE"],
          split("FOR SHARE NOWAIT"),
          split("LOCK IN SHARE MODE"),
          split("FOR UPDATE SKIP LOCKED"),
        ]),
      );
    }
    return words;
  }

  /** An expression of some depth. */
  expression(depth: number): string[] {
    const r = this.#random;
    if (depth <= 0 || r.once(3)) return r.once(2) ? this.column() : this.literal();
    const inner = () => this.expression(depth - 1);
    switch (r.below(14)) {
      case 0:
        return [
          ...inner(),
          r.pick(["+", "-", "*", "/", "%", "DIV", "MOD", "|", "&", "^", "<<", ">>"]),
          ...inner(),
        ];
      case 1:
        return ["(", ...inner(), ")"];
      case 2:
        return [r.pick(["-", "+", "~"]), ...this.literal()];
      case 3:
        return ["CASE", "WHEN", ...this.predicate(0), "THEN", ...inner(), "ELSE", ...inner(), "END"];
      case 4:
        return [
          r.pick(["CONCAT(", "COALESCE(", "IFNULL(", "f1(", "d.f1("]),
          ...inner(),
          ",",
          ...inner(),
          ")",
        ];
      case 5:
        return [
          r.pick([
            "COUNT(",
            "SUM(",
            "MAX(",
            "MIN(",
            "AVG(",
            "BIT_AND(",
            "STD(",
            "VARIANCE(",
            "GROUP_CONCAT(",
          ]),
          ...inner(),
          ")",
        ];
      case 6:
        return [
          "CAST(",
          ...inner(),
          "AS",
          ...r.pick([["SIGNED"], split("CHAR ( 10 )"), split("DECIMAL( 10 , 2 )")]),
          ")",
        ];
      case 7:
        return ["IF(", ...this.predicate(0), ",", ...inner(), ",", ...inner(), ")"];
      case 8:
        return [
          "DATE_ADD(",
          ...inner(),
          ",",
          "INTERVAL",
          ...this.literal(),
          r.pick(["DAY", "HOUR", "WEEK", "YEAR", "MINUTE_SECOND"]),
          ")",
        ];
      case 9:
        return r.pick([["NOW(", ")"], ["CURRENT_TIMESTAMP"], ["CURDATE(", ")"], ["CURRENT_USER"], [
          "DATABASE(",
          ")",
        ], ["UTC_DATE"]]);
      case 10:
        return ["SUBSTRING(", ...inner(), r.pick([",", "FROM"]), "1", ")"];
      case 11:
        return [
          r.pick(["@x", "@`y z`", "@'q'", "@@sql_mode", "@@global.sort_buffer_size", "@@SESSION.sql_mode"]),
        ];
      case 12:
        return ["(", ...this.query(depth - 1), ")"];
      default:
        return r.pick([["_utf8mb4", "'x'"], ["_latin1", "0x61"], ["N'y'"], ["x'4a'"], ["0b101"], [
          "DATE",
          "'2024-01-01'",
        ], [
          "'a'",
          "'b'",
        ]]);
    }
  }

  literal(): string[] {
    const r = this.#random;
    return [r.pick([
      "1",
      "0",
      "42",
      "1.5",
      ".5",
      "2.",
      "1e3",
      "1E-3",
      "'a'",
      "'it''s'",
      "'\\n\\''",
      "''",
      "'-- no comment'",
      "'/* nor */'",
      "NULL",
      "TRUE",
      "FALSE",
      "0xAF",
      "18446744073709551615",
    ])];
  }

  column(): string[] {
    const r = this.#random;
    const name = r.pick([
      "a",
      "b",
      "c",
      "d",
      "`a`",
      "`B b`",
      "status",
      "count",
      "name",
      "t1.a",
      "t1 . b",
      "`t1`.`c`",
      "d.t1.a",
      "t2.select",
      "`x``y`",
      "é",
    ]);
    return name.split(" . ").length === 2 ? split("t1 . b") : [name];
  }

  predicate(depth: number): string[] {
    const r = this.#random;
    const left = this.column();
    const value = () => this.expression(depth - 1);
    const simple = (): string[] => {
      switch (r.below(11)) {
        case 0:
          return [...left, "IS", ...(r.once(2) ? ["NOT"] : []), r.pick(["NULL", "TRUE", "UNKNOWN"])];
        case 1:
          return [
            ...left,
            ...(r.once(3) ? ["NOT"] : []),
            "IN",
            "(",
            ...this.list(1, 4, () => this.literal()),
            ")",
          ];
        case 2:
          return [...left, "BETWEEN", ...this.literal(), "AND", ...this.literal()];
        case 3:
          return [...left, r.pick(["LIKE", "NOT LIKE", "REGEXP", "RLIKE"]), "'a%'"];
        case 4:
          return [
            "(",
            ...left,
            ",",
            "b",
            ...split(") IN ("),
            ...this.list(1, 3, () => [...split("( 1 ,"), ...this.literal(), ")"]),
            ")",
          ];
        case 5:
          return depth > 0 ? ["EXISTS", "(", ...this.query(depth - 1), ")"] : ["NOT", ...left];
        case 6:
          return depth > 0
            ? [...left, ...split("= ANY ( SELECT"), ...this.column(), ")"]
            : [...left, "=", ...value()];
        case 7:
          return [...left, r.pick(["->", "->>"]), "'$.k'", "=", ...value()];
        default:
          return [...left, r.pick(["=", "<", ">", "<=", ">=", "<>", "!=", "<=>"]), ...value()];
      }
    };
    const one = simple();
    if (depth > 0 && r.once(3)) {
      return [...one, r.pick(["AND", "OR", "XOR", "&&", "||"]), ...this.predicate(depth - 1)];
    }
    return r.once(10) ? [r.pick(["NOT", "!"]), "(", ...one, ")"] : one;
  }

  #selectItem(depth: number): string[] {
    const r = this.#random;
    if (r.once(8)) return ["x0.*"];
    if (r.once(14)) {
      return [
        r.pick(["ROW_NUMBER(", "RANK("]),
        ...split(") OVER ( PARTITION BY"),
        ...this.column(),
        ...this.orderBy(true),
        ")",
      ];
    }
    const words = this.expression(depth);
    if (r.once(3)) {
      words.push(...r.pick([["AS", "x"], ["AS", "`y`"], ["AS", "'z'"], ["w"], ["AS", "status"]]));
    }
    return words;
  }

  tables(depth: number): string[] {
    const r = this.#random;
    const one = (): string[] => {
      if (depth > 0 && r.once(8)) return ["(", ...this.query(depth - 1), ")", "AS", `dt${this.#aliases++}`];
      const name = [r.pick(["t1", "t2", "t3", "`t1`", "d.t2", "`d`.`t3`"])];
      name.push(...r.pick([["AS"], []]), `x${this.#aliases++}`);
      if (r.once(12)) name.push(r.pick(["USE", "FORCE", "IGNORE"]), ...split("INDEX ( PRIMARY )"));
      return name;
    };
    const words = one();
    for (const _ of r.some(0, 2, () => 0)) {
      if (r.once(4)) words.push(",", ...one());
      else {
        words.push(
          ...r.pick([["JOIN"], ["LEFT", "JOIN"], ["INNER", "JOIN"], ["CROSS", "JOIN"]]),
          ...one(),
          "ON",
          ...this.predicate(0),
        );
      }
    }
    return words;
  }

  orderBy(must = false): string[] {
    const r = this.#random;
    if (!must && !r.once(3)) return [];
    return [
      "ORDER",
      "BY",
      ...this.list(1, 3, () => [
        ...(r.once(3) ? [r.pick(["1", "2", "-1", "1.5"])] : this.column()),
        ...r.pick([[], ["ASC"], ["DESC"]]),
      ]),
    ];
  }

  limit(): string[] {
    return this.#random.pick([[], [], ["LIMIT", "10"], split("LIMIT 5 , 10"), split("LIMIT 10 OFFSET 5")]);
  }

  hint(): string[] {
    const r = this.#random;
    if (!r.once(12)) return [];
    return [r.pick([
      "/*+ MAX_EXECUTION_TIME(1000) */",
      "/*+ NO_INDEX_MERGE(t1 a, b) BKA(t1@q1) */",
      "/*+ SET_VAR(sort_buffer_size = 16M) QB_NAME(`q 1`) */",
      "/*+ JOIN_ORDER(t1, t2) no_icp(t1) */",
    ])];
  }

  list(least: number, most: number, make: () => readonly string[]): string[] {
    return this.#random.some(least, most, make).flatMap((item, index) =>
      index === 0 ? [...item] : [",", ...item]
    );
  }
}

/** The words of a text that has one blank between two. */
export function split(text: string): string[] {
  return text.split(" ");
}
