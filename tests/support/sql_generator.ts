import type { Random } from "./random.ts";
import { split, SqlQueryGenerator } from "./sql_query_generator.ts";

/**
 * Makes valid MySQL statements over tables t1, t2, t3 with columns a, b, c, d, as lists of words: between two words
 * anything that separates may stand, see {@link writeStatement}. A word may hold a blank where none may be changed.
 */
export class SqlGenerator {
  readonly #random: Random;
  readonly #query: SqlQueryGenerator;

  constructor(random: Random) {
    this.#random = random;
    this.#query = new SqlQueryGenerator(random);
  }

  /** One statement of any kind. */
  statement(): string[] {
    const r = this.#random;
    switch (r.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#query.query(2);
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

  #with(depth: number): string[] {
    const r = this.#random;
    const recursive = r.once(3) ? ["RECURSIVE"] : [];
    return [
      "WITH",
      ...recursive,
      "w1",
      ...r.pick([[], split("( a , b )")]),
      "AS",
      "(",
      ...this.#query.query(depth - 1),
      ")",
      ...this.#query.query(depth),
    ];
  }

  #union(depth: number): string[] {
    const r = this.#random;
    const word = r.pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]).split(" ");
    return [
      "(",
      ...this.#query.query(depth - 1),
      ")",
      ...word,
      "(",
      ...this.#query.query(depth - 1),
      ")",
      ...this.#query.orderBy(),
      ...this.#query.limit(),
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
      if (r.once(2)) words.push(...split("( a , b , c )"));
      if (shape === 1) words.push(...this.#query.query(1));
      else {
        words.push(r.pick(["VALUES", "VALUE"]));
        words.push(...this.#query.list(1, 4, () => [
          "(",
          ...this.#query.list(
            3,
            3,
            () => r.once(6) ? r.pick([["DEFAULT"], ["NOW(", ")"], ["NULL"]]) : this.#query.literal(),
          ),
          ")",
        ]));
      }
    }
    if (insert && shape !== 1 && r.once(3)) {
      words.push(
        ...split("ON DUPLICATE KEY UPDATE a = VALUES ( a ) , b ="),
        ...this.#query.literal(),
      );
    }
    return words;
  }

  #assignments(): string[] {
    const r = this.#random;
    return this.#query.list(
      1,
      3,
      () => [
        r.pick(["a", "b", "`c`", "t1.d"]),
        r.pick(["=", ":="]),
        ...(r.once(6) ? ["DEFAULT"] : this.#query.expression(1)),
      ],
    );
  }

  #update(): string[] {
    const r = this.#random;
    const words = ["UPDATE", ...this.#query.hint()];
    if (r.once(8)) words.push(r.pick(["LOW_PRIORITY", "IGNORE"]));
    const many = r.once(3);
    words.push(...(many ? this.#query.tables(1) : ["t1"]), "SET", ...this.#assignments());
    if (!r.once(4)) words.push("WHERE", ...this.#query.predicate(2));
    if (!many) words.push(...this.#query.orderBy(), ...r.pick([[], ["LIMIT", "3"]]));
    return words;
  }

  #delete(): string[] {
    const r = this.#random;
    const words = ["DELETE", ...this.#query.hint()];
    if (r.once(8)) words.push(r.pick(["QUICK", "IGNORE", "LOW_PRIORITY"]));
    switch (r.below(3)) {
      case 0:
        return [
          ...words,
          ...split("t1 , t2 . * FROM"),
          ...this.#query.tables(1),
          "WHERE",
          ...this.#query.predicate(1),
        ];
      case 1:
        return [
          ...words,
          ...split("FROM t1 , t2 USING t1 LEFT JOIN t2 ON"),
          ...this.#query.predicate(0),
          "WHERE",
          ...this.#query.predicate(1),
        ];
      default:
        words.push("FROM", "t1");
        if (!r.once(4)) words.push("WHERE", ...this.#query.predicate(2));
        return [...words, ...this.#query.orderBy(), ...r.pick([[], ["LIMIT", "3"]])];
    }
  }

  #columnDefinition(): string[] {
    const r = this.#random;
    return [
      ...r.pick([
        ["INT"],
        ["BIGINT", "UNSIGNED"],
        split("VARCHAR ( 20 )"),
        split("DECIMAL ( 10 , 2 )"),
        ["YEAR"],
        ["DOUBLE", "PRECISION"],
        split("CHAR CHARACTER SET utf8mb4"),
        split("ENUM( 'a' , 'b' )"),
        split("TIMESTAMP ( 3 )"),
        ["JSON"],
        ["INT4"],
        split("BINARY ( 3 )"),
      ]),
      ...r.pick([[], ["NULL"], ["NOT", "NULL"]]),
      ...r.pick([[], ["DEFAULT", "NULL"], ["DEFAULT", "-1"], ["DEFAULT", "'x'"], split("DEFAULT ( 1 + 1 )")]),
      ...r.pick([[], ["COMMENT", "'c'"], ["UNIQUE"]]),
    ];
  }

  #createTable(): string[] {
    const r = this.#random;
    const words = [
      "CREATE",
      ...r.pick([[], ["TEMPORARY"]]),
      "TABLE",
      ...r.pick([[], split("IF NOT EXISTS")]),
      "n1",
      "(",
    ];
    words.push(...this.#query.list(1, 4, () => [`c${r.below(1000)}`, ...this.#columnDefinition()]));
    if (r.once(2)) words.push(...split(", PRIMARY KEY ( a )"));
    if (r.once(4)) words.push(...split(", KEY k1 ( a DESC , b ( 10 ) )"));
    if (r.once(6)) {
      words.push(
        ...split(", CONSTRAINT f1 FOREIGN KEY ( a ) REFERENCES t2 ( b ) ON DELETE SET NULL"),
      );
    }
    if (r.once(6)) words.push(...split(", CHECK ("), ...this.#query.predicate(0), ")");
    words.push(
      ")",
      ...r.pick([[], split("ENGINE = InnoDB"), split("AUTO_INCREMENT = 5 DEFAULT CHARSET = utf8mb4"), [
        "COMMENT",
        "'t'",
      ]]),
    );
    return words;
  }

  #alterTable(): string[] {
    const r = this.#random;
    return [
      ...split("ALTER TABLE t1"),
      ...this.#query.list(1, 3, () =>
        r.pick([
          () => [
            ...split("ADD COLUMN n"),
            ...this.#columnDefinition(),
            ...r.pick([[], ["FIRST"], ["AFTER", "a"]]),
          ],
          () => split("DROP COLUMN b"),
          () => ["MODIFY", "a", ...this.#columnDefinition()],
          () => [...split("CHANGE a b"), ...this.#columnDefinition()],
          () => split("ADD INDEX i ( a , b )"),
          () => split("RENAME INDEX i TO j"),
          () => [...split("ALTER COLUMN a SET DEFAULT"), ...r.pick([["-1"], ["NULL"], ["'x'"]])],
          () => split("ALGORITHM = INPLACE"),
          () => split("LOCK = NONE"),
          () => split("DROP PRIMARY KEY"),
        ])()),
    ];
  }

  #set(): string[] {
    const r = this.#random;
    return [
      "SET",
      ...this.#query.list(1, 3, () =>
        r.pick([
          ["@x", "=", ...this.#query.expression(1)],
          ["@y", ":=", ...this.#query.literal()],
          split("SESSION sort_buffer_size = DEFAULT"),
          split("@@global.max_connections = 10"),
          split("GLOBAL general_log = ON"),
          split("autocommit = 0"),
        ])),
    ];
  }

  #other(): string[] {
    return this.#random.pick([
      split("TRUNCATE TABLE t1"),
      split("DROP TABLE IF EXISTS t1 , d.t2"),
      split("RENAME TABLE t1 TO t9"),
      split("SHOW FULL COLUMNS FROM t1"),
      split("SHOW TABLES LIKE 'a%'"),
      [...split("EXPLAIN FORMAT = JSON"), ...this.#query.query(1)],
      ["EXPLAIN", "ANALYZE", ...this.#query.query(1)],
      split("CREATE UNIQUE INDEX i ON t1 ( a , b DESC )"),
      [...split("CREATE OR REPLACE VIEW v AS"), ...this.#query.query(1)],
      split("LOCK TABLES t1 READ , t2 WRITE"),
      split("TABLE t1 ORDER BY 1 LIMIT 2"),
      split("VALUES ROW( 1 , NULL ) , ROW( -1 , 2 )"),
      ["CALL", "p(", ...this.#query.literal(), ",", ...this.#query.literal(), ")"],
      ["DO", ...this.#query.expression(1)],
      split("GRANT SELECT , INSERT ( a ) ON d . * TO 'u'@'%'"),
      split("KILL QUERY 7"),
      split("LOAD DATA LOCAL INFILE 'f' INTO TABLE t1 FIELDS TERMINATED BY ',' IGNORE 1 LINES"),
      split("START TRANSACTION READ ONLY"),
      ["PREPARE", "s", "FROM", "'SELECT 1'"],
      split("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'm'"),
    ]);
  }
}
