import type { Random } from "./random.ts";

/**
 * Makes valid MySQL statements over tables t1, t2, t3 with columns a, b, c, d, as lists of words: between two words
 * anything that separates may stand, see {@link writeStatement}. A word may hold a blank where none may be changed.
 */
export class SqlGenerator {
  readonly #random: Random;
  /** Counts aliases, so that no two tables share one. */
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** One statement of any kind. */
  statement(): string[] {
    const r = this.#random;
    switch (r.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.query(2);
      case 4:
        return this.#with(2);
      case 5:
      case 6:
        return this.#insert();
      case 7:
      case 8:
        return this.#update();
      case 9:
      case 10:
        return this.#delete();
      case 11:
        return this.#createTable();
      case 12:
        return this.#alterTable();
      case 13:
        return this.#set();
      case 14:
        return this.#other();
      default:
        return this.#union(2);
    }
  }

  /** A SELECT of some depth. */
  query(depth: number): string[] {
    const r = this.#random;
    const words = ["SELECT", ...this.#hint()];
    if (r.once(8)) words.push(r.pick(["DISTINCT", "ALL", "SQL_SMALL_RESULT", "STRAIGHT_JOIN"]));
    words.push(...this.#list(1, 4, () => this.#selectItem(depth)));
    if (r.once(6)) return words;
    words.push("FROM", ...this.#tables(depth));
    if (!r.once(3)) words.push("WHERE", ...this.#predicate(depth));
    if (r.once(5)) {
      words.push("GROUP", "BY", ...this.#list(1, 3, () => r.once(3) ? [r.pick(["1", "2"])] : this.#column()));
      if (r.once(4)) words.push("WITH", "ROLLUP");
      if (r.once(2)) words.push("HAVING", ...this.#predicate(0));
    }
    words.push(...this.#orderBy(), ...this.#limit());
    if (r.once(12)) {
      words.push(...r.pick([["FOR", "UPDATE"], ["FOR", "SHARE", "NOWAIT"], ["LOCK", "IN", "SHARE", "MODE"], [
        "FOR",
        "UPDATE",
        "SKIP",
        "LOCKED",
      ]]));
    }
    return words;
  }

  /** An expression of some depth. */
  expression(depth: number): string[] {
    const r = this.#random;
    if (depth <= 0 || r.once(3)) return r.once(2) ? this.#column() : this.literal();
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
        return ["CASE", "WHEN", ...this.#predicate(0), "THEN", ...inner(), "ELSE", ...inner(), "END"];
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
          ...r.pick([["SIGNED"], ["CHAR", "(", "10", ")"], ["DECIMAL(", "10", ",", "2", ")"]]),
          ")",
        ];
      case 7:
        return ["IF(", ...this.#predicate(0), ",", ...inner(), ",", ...inner(), ")"];
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

  #column(): string[] {
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
    return name.split(" . ").length === 2 ? ["t1", ".", "b"] : [name];
  }

  #predicate(depth: number): string[] {
    const r = this.#random;
    const left = this.#column();
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
            ...this.#list(1, 4, () => this.literal()),
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
            ")",
            "IN",
            "(",
            ...this.#list(1, 3, () => ["(", "1", ",", ...this.literal(), ")"]),
            ")",
          ];
        case 5:
          return depth > 0 ? ["EXISTS", "(", ...this.query(depth - 1), ")"] : ["NOT", ...left];
        case 6:
          return depth > 0
            ? [...left, "=", "ANY", "(", "SELECT", ...this.#column(), ")"]
            : [...left, "=", ...value()];
        case 7:
          return [...left, r.pick(["->", "->>"]), "'$.k'", "=", ...value()];
        default:
          return [...left, r.pick(["=", "<", ">", "<=", ">=", "<>", "!=", "<=>"]), ...value()];
      }
    };
    const one = simple();
    if (depth > 0 && r.once(3)) {
      return [...one, r.pick(["AND", "OR", "XOR", "&&", "||"]), ...this.#predicate(depth - 1)];
    }
    return r.once(10) ? [r.pick(["NOT", "!"]), "(", ...one, ")"] : one;
  }

  #selectItem(depth: number): string[] {
    const r = this.#random;
    if (r.once(8)) return ["x0.*"];
    if (r.once(14)) {
      return [
        r.pick(["ROW_NUMBER(", "RANK("]),
        ")",
        "OVER",
        "(",
        "PARTITION",
        "BY",
        ...this.#column(),
        ...this.#orderBy(true),
        ")",
      ];
    }
    const words = this.expression(depth);
    if (r.once(3)) {
      words.push(...r.pick([["AS", "x"], ["AS", "`y`"], ["AS", "'z'"], ["w"], ["AS", "status"]]));
    }
    return words;
  }

  #tables(depth: number): string[] {
    const r = this.#random;
    const one = (): string[] => {
      if (depth > 0 && r.once(8)) return ["(", ...this.query(depth - 1), ")", "AS", `dt${this.#aliases++}`];
      const name = [r.pick(["t1", "t2", "t3", "`t1`", "d.t2", "`d`.`t3`"])];
      name.push(...r.pick([["AS"], []]), `x${this.#aliases++}`);
      if (r.once(12)) name.push(r.pick(["USE", "FORCE", "IGNORE"]), "INDEX", "(", "PRIMARY", ")");
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
          ...this.#predicate(0),
        );
      }
    }
    return words;
  }

  #orderBy(must = false): string[] {
    const r = this.#random;
    if (!must && !r.once(3)) return [];
    return [
      "ORDER",
      "BY",
      ...this.#list(1, 3, () => [
        ...(r.once(3) ? [r.pick(["1", "2", "-1", "1.5"])] : this.#column()),
        ...r.pick([[], ["ASC"], ["DESC"]]),
      ]),
    ];
  }

  #limit(): string[] {
    return this.#random.pick([[], [], ["LIMIT", "10"], ["LIMIT", "5", ",", "10"], [
      "LIMIT",
      "10",
      "OFFSET",
      "5",
    ]]);
  }

  #hint(): string[] {
    const r = this.#random;
    if (!r.once(12)) return [];
    return [r.pick([
      "/*+ MAX_EXECUTION_TIME(1000) */",
      "/*+ NO_INDEX_MERGE(t1 a, b) BKA(t1@q1) */",
      "/*+ SET_VAR(sort_buffer_size = 16M) QB_NAME(`q 1`) */",
      "/*+ JOIN_ORDER(t1, t2) no_icp(t1) */",
    ])];
  }

  #with(depth: number): string[] {
    const r = this.#random;
    const recursive = r.once(3) ? ["RECURSIVE"] : [];
    return [
      "WITH",
      ...recursive,
      "w1",
      ...r.pick([[], ["(", "a", ",", "b", ")"]]),
      "AS",
      "(",
      ...this.query(depth - 1),
      ")",
      ...this.query(depth),
    ];
  }

  #union(depth: number): string[] {
    const r = this.#random;
    const word = r.pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]).split(" ");
    return [
      "(",
      ...this.query(depth - 1),
      ")",
      ...word,
      "(",
      ...this.query(depth - 1),
      ")",
      ...this.#orderBy(),
      ...this.#limit(),
    ];
  }

  #insert(): string[] {
    const r = this.#random;
    const words = [r.pick(["INSERT", "REPLACE"])];
    const insert = words[0] === "INSERT";
    if (insert && r.once(4)) words.push("IGNORE");
    if (!r.once(5)) words.push("INTO");
    words.push(r.pick(["t1", "d.t2", "`t3`"]));
    const shape = r.below(4);
    if (shape === 0) words.push("SET", ...this.#assignments());
    else {
      if (r.once(2)) words.push("(", "a", ",", "b", ",", "c", ")");
      if (shape === 1) words.push(...this.query(1));
      else {
        words.push(r.pick(["VALUES", "VALUE"]));
        words.push(...this.#list(1, 4, () => [
          "(",
          ...this.#list(
            3,
            3,
            () => r.once(6) ? r.pick([["DEFAULT"], ["NOW(", ")"], ["NULL"]]) : this.literal(),
          ),
          ")",
        ]));
      }
    }
    if (insert && shape !== 1 && r.once(3)) {
      words.push(
        "ON",
        "DUPLICATE",
        "KEY",
        "UPDATE",
        "a",
        "=",
        "VALUES",
        "(",
        "a",
        ")",
        ",",
        "b",
        "=",
        ...this.literal(),
      );
    }
    return words;
  }

  #assignments(): string[] {
    const r = this.#random;
    return this.#list(
      1,
      3,
      () => [
        r.pick(["a", "b", "`c`", "t1.d"]),
        r.pick(["=", ":="]),
        ...(r.once(6) ? ["DEFAULT"] : this.expression(1)),
      ],
    );
  }

  #update(): string[] {
    const r = this.#random;
    const words = ["UPDATE", ...this.#hint()];
    if (r.once(8)) words.push(r.pick(["LOW_PRIORITY", "IGNORE"]));
    const many = r.once(3);
    words.push(...(many ? this.#tables(1) : ["t1"]), "SET", ...this.#assignments());
    if (!r.once(4)) words.push("WHERE", ...this.#predicate(2));
    if (!many) words.push(...this.#orderBy(), ...r.pick([[], ["LIMIT", "3"]]));
    return words;
  }

  #delete(): string[] {
    const r = this.#random;
    const words = ["DELETE", ...this.#hint()];
    if (r.once(8)) words.push(r.pick(["QUICK", "IGNORE", "LOW_PRIORITY"]));
    switch (r.below(3)) {
      case 0:
        return [
          ...words,
          "t1",
          ",",
          "t2",
          ".",
          "*",
          "FROM",
          ...this.#tables(1),
          "WHERE",
          ...this.#predicate(1),
        ];
      case 1:
        return [
          ...words,
          "FROM",
          "t1",
          ",",
          "t2",
          "USING",
          "t1",
          "LEFT",
          "JOIN",
          "t2",
          "ON",
          ...this.#predicate(0),
          "WHERE",
          ...this.#predicate(1),
        ];
      default:
        words.push("FROM", "t1");
        if (!r.once(4)) words.push("WHERE", ...this.#predicate(2));
        return [...words, ...this.#orderBy(), ...r.pick([[], ["LIMIT", "3"]])];
    }
  }

  #columnDefinition(): string[] {
    const r = this.#random;
    return [
      ...r.pick([
        ["INT"],
        ["BIGINT", "UNSIGNED"],
        ["VARCHAR", "(", "20", ")"],
        ["DECIMAL", "(", "10", ",", "2", ")"],
        ["YEAR"],
        ["DOUBLE", "PRECISION"],
        ["CHAR", "CHARACTER", "SET", "utf8mb4"],
        ["ENUM(", "'a'", ",", "'b'", ")"],
        ["TIMESTAMP", "(", "3", ")"],
        ["JSON"],
        ["INT4"],
        ["BINARY", "(", "3", ")"],
      ]),
      ...r.pick([[], ["NULL"], ["NOT", "NULL"]]),
      ...r.pick([[], ["DEFAULT", "NULL"], ["DEFAULT", "-1"], ["DEFAULT", "'x'"], [
        "DEFAULT",
        "(",
        "1",
        "+",
        "1",
        ")",
      ]]),
      ...r.pick([[], ["COMMENT", "'c'"], ["UNIQUE"]]),
    ];
  }

  #createTable(): string[] {
    const r = this.#random;
    const words = [
      "CREATE",
      ...r.pick([[], ["TEMPORARY"]]),
      "TABLE",
      ...r.pick([[], ["IF", "NOT", "EXISTS"]]),
      "n1",
      "(",
    ];
    words.push(...this.#list(1, 4, () => [`c${r.below(1000)}`, ...this.#columnDefinition()]));
    if (r.once(2)) words.push(",", "PRIMARY", "KEY", "(", "a", ")");
    if (r.once(4)) words.push(",", "KEY", "k1", "(", "a", "DESC", ",", "b", "(", "10", ")", ")");
    if (r.once(6)) {
      words.push(
        ",",
        "CONSTRAINT",
        "f1",
        "FOREIGN",
        "KEY",
        "(",
        "a",
        ")",
        "REFERENCES",
        "t2",
        "(",
        "b",
        ")",
        "ON",
        "DELETE",
        "SET",
        "NULL",
      );
    }
    if (r.once(6)) words.push(",", "CHECK", "(", ...this.#predicate(0), ")");
    words.push(
      ")",
      ...r.pick([[], ["ENGINE", "=", "InnoDB"], [
        "AUTO_INCREMENT",
        "=",
        "5",
        "DEFAULT",
        "CHARSET",
        "=",
        "utf8mb4",
      ], ["COMMENT", "'t'"]]),
    );
    return words;
  }

  #alterTable(): string[] {
    const r = this.#random;
    return [
      "ALTER",
      "TABLE",
      "t1",
      ...this.#list(1, 3, () =>
        r.pick([
          () => [
            "ADD",
            "COLUMN",
            "n",
            ...this.#columnDefinition(),
            ...r.pick([[], ["FIRST"], ["AFTER", "a"]]),
          ],
          () => ["DROP", "COLUMN", "b"],
          () => ["MODIFY", "a", ...this.#columnDefinition()],
          () => ["CHANGE", "a", "b", ...this.#columnDefinition()],
          () => ["ADD", "INDEX", "i", "(", "a", ",", "b", ")"],
          () => ["RENAME", "INDEX", "i", "TO", "j"],
          () => ["ALTER", "COLUMN", "a", "SET", "DEFAULT", ...r.pick([["-1"], ["NULL"], ["'x'"]])],
          () => ["ALGORITHM", "=", "INPLACE"],
          () => ["LOCK", "=", "NONE"],
          () => ["DROP", "PRIMARY", "KEY"],
        ])()),
    ];
  }

  #set(): string[] {
    const r = this.#random;
    return [
      "SET",
      ...this.#list(1, 3, () =>
        r.pick([
          ["@x", "=", ...this.expression(1)],
          ["@y", ":=", ...this.literal()],
          ["SESSION", "sort_buffer_size", "=", "DEFAULT"],
          ["@@global.max_connections", "=", "10"],
          ["GLOBAL", "general_log", "=", "ON"],
          ["autocommit", "=", "0"],
        ])),
    ];
  }

  #other(): string[] {
    return this.#random.pick([
      ["TRUNCATE", "TABLE", "t1"],
      ["DROP", "TABLE", "IF", "EXISTS", "t1", ",", "d.t2"],
      ["RENAME", "TABLE", "t1", "TO", "t9"],
      ["SHOW", "FULL", "COLUMNS", "FROM", "t1"],
      ["SHOW", "TABLES", "LIKE", "'a%'"],
      ["EXPLAIN", "FORMAT", "=", "JSON", ...this.query(1)],
      ["EXPLAIN", "ANALYZE", ...this.query(1)],
      ["CREATE", "UNIQUE", "INDEX", "i", "ON", "t1", "(", "a", ",", "b", "DESC", ")"],
      ["CREATE", "OR", "REPLACE", "VIEW", "v", "AS", ...this.query(1)],
      ["LOCK", "TABLES", "t1", "READ", ",", "t2", "WRITE"],
      ["TABLE", "t1", "ORDER", "BY", "1", "LIMIT", "2"],
      ["VALUES", "ROW(", "1", ",", "NULL", ")", ",", "ROW(", "-1", ",", "2", ")"],
      ["CALL", "p(", ...this.literal(), ",", ...this.literal(), ")"],
      ["DO", ...this.expression(1)],
      ["GRANT", "SELECT", ",", "INSERT", "(", "a", ")", "ON", "d", ".", "*", "TO", "'u'@'%'"],
      ["KILL", "QUERY", "7"],
      [
        "LOAD",
        "DATA",
        "LOCAL",
        "INFILE",
        "'f'",
        "INTO",
        "TABLE",
        "t1",
        "FIELDS",
        "TERMINATED",
        "BY",
        "','",
        "IGNORE",
        "1",
        "LINES",
      ],
      ["START", "TRANSACTION", "READ", "ONLY"],
      ["PREPARE", "s", "FROM", "'SELECT 1'"],
      ["SIGNAL", "SQLSTATE", "'45000'", "SET", "MESSAGE_TEXT", "=", "'m'"],
    ]);
  }

  #list(least: number, most: number, make: () => readonly string[]): string[] {
    return this.#random.some(least, most, make).flatMap((item, index) =>
      index === 0 ? [...item] : [",", ...item]
    );
  }
}

const SEPARATORS = [
  " ",
  " ",
  " ",
  "  ",
  "\n",
  "\t",
  "\r\n",
  "\f",
  "/* c */",
  "/**/",
  "/*!99999 skipped /* inner */ */",
  " -- x\n",
  "#y\n",
  "--\t'\n",
  " /*x'\"`*/ ",
];

/** Writes a statement's words with chance between them: blanks, comments, letters' case, an executable comment. */
export function writeStatement(words: readonly string[], random: Random): string {
  const from = random.once(4) ? random.below(words.length) : -1;
  const to = from < 0 ? -1 : from + random.below(words.length - from);
  let text = "";
  words.forEach((word, index) => {
    if (index > 0) {
      const tight = /[(),]$/.test(words[index - 1]!) || /^[(),]/.test(word);
      // A star and a slash that meet would end an executable comment.
      if (words[index - 1]!.endsWith("*")) text += " ";
      text += tight && random.once(2) ? "" : random.once(3) ? random.pick(SEPARATORS) : " ";
    }
    if (index === from) {
      text += random.pick(["/*!80000 ", "/*! ", "/*!50000", "/*!080000 "]).replace(
        /(\d)$/,
        /^\s|^\d/.test(word) ? "$1 " : "$1",
      );
    }
    text += random.once(3) ? changedCase(word, random) : word;
    if (index === to) text += random.pick(["*/", " */", " */ "]);
  });
  return text;
}

/** Keywords in another case; everything with a quote, a backslash or a lower case letter stays. */
function changedCase(word: string, random: Random): string {
  if (!/^[A-Z_]+\(?$/.test(word)) return word;
  return random.once(2) ? word.toLowerCase() : word[0] + word.slice(1).toLowerCase();
}
