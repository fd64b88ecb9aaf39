import type { Random } from "./random.ts";

/** Makes CREATE TABLE and ALTER TABLE statements that MySQL accepts more often than not, for tables t0, t1, ... */
export class DdlGenerator {
  readonly #random: Random;
  #names = 0;
  /** Columns that each table is thought to have; a wrong thought is a statement that the server refuses. */
  readonly #columns = new Map<string, string[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** A table of its own name. */
  createTable(name: string): string {
    const r = this.#random;
    const columns = r.some(1, 6, () => this.#newName("c"));
    this.#columns.set(name, [...columns]);
    const elements = columns.map((column) => this.#definition(column));
    if (r.once(2)) elements.unshift(`id ${this.#integer()} NOT NULL AUTO_INCREMENT`, "PRIMARY KEY (id)");
    for (const _ of r.some(0, 2, () => 0)) elements.push(this.#index(columns));
    if (r.once(4)) {
      elements.push(`CONSTRAINT ${this.#newName("k")} CHECK (1 = 1) ${r.pick(["", "NOT ENFORCED"])}`);
    }
    const options = r.pick([
      "",
      " ENGINE=InnoDB",
      " ENGINE = InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_bin COMMENT='x, y)'",
      " CHARACTER SET latin1 ROW_FORMAT=DYNAMIC",
      " COMMENT 'z' AUTO_INCREMENT=7, STATS_PERSISTENT=1",
    ]);
    return `CREATE TABLE ${r.pick(["", "IF NOT EXISTS "])}${this.#quoted(name)} (${
      elements.join(", ")
    })${options}`;
  }

  /** One to three changes of a table. */
  alterTable(name: string): string {
    const columns = this.#columns.get(name) ?? [];
    const items = this.#random.some(1, 3, () => this.#item(columns));
    return `ALTER TABLE ${this.#quoted(name)} ${items.join(", ")}`;
  }

  #item(columns: string[]): string {
    const r = this.#random;
    const column = r.pick([...columns, "id"]);
    switch (r.below(14)) {
      case 0:
      case 1:
      case 2: {
        const added = this.#newName("c");
        columns.push(added);
        const position = r.pick(["", "", " FIRST", ` AFTER ${column}`]);
        return `ADD ${r.pick(["", "COLUMN "])}${this.#definition(added)}${position}`;
      }
      case 3: {
        const [a, b] = [this.#newName("c"), this.#newName("c")];
        columns.push(a, b);
        return `ADD (${this.#definition(a)}, ${this.#definition(b)})`;
      }
      case 4:
      case 5:
        return `MODIFY ${r.pick(["", "COLUMN "])}${this.#definition(column)}`;
      case 6: {
        const to = this.#newName("c");
        columns.push(to);
        return `CHANGE ${column} ${this.#definition(to)}`;
      }
      case 7: {
        const to = this.#newName("c");
        columns.push(to);
        return `RENAME COLUMN ${column} TO ${to}`;
      }
      case 8:
        return `DROP ${r.pick(["", "COLUMN "])}${column}`;
      case 9:
      case 10:
        return `ADD ${this.#index(columns)}`;
      case 11:
        return `DROP INDEX ${r.pick(["k1", "k2", "k3"])}`;
      case 12:
        return r.pick(["DROP PRIMARY KEY", "ADD PRIMARY KEY (id)", "COMMENT = 'x'", "ENGINE=InnoDB"]);
      default:
        return r.pick([`ALTER ${column} DROP DEFAULT`, `ALTER COLUMN ${column} SET DEFAULT '1'`, "FORCE"]);
    }
  }

  #newName(prefix: string): string {
    return `${prefix}${++this.#names}`;
  }

  #quoted(name: string): string {
    return this.#random.once(2) ? `\`${name}\`` : name;
  }

  #integer(): string {
    const r = this.#random;
    const type = r.pick([
      "INT",
      "INTEGER",
      "BIGINT",
      "TINYINT(1)",
      "SMALLINT",
      "MEDIUMINT",
      "INT4",
      "INT8",
      "MIDDLEINT",
    ]);
    return `${type}${r.pick(["", " UNSIGNED", " ZEROFILL"])}`;
  }

  #definition(name: string): string {
    const r = this.#random;
    const nullable = r.pick(["", " NULL", " NOT NULL"]);
    const comment = r.pick(["", "", " COMMENT 'a ''b'' (c, d)'"]);
    switch (r.below(8)) {
      case 0:
      case 1:
        return `${this.#quoted(name)} ${this.#integer()}${nullable}${
          r.pick(["", " DEFAULT 1", " DEFAULT '2'"])
        }${comment}`;
      case 2:
      case 3: {
        const type = r.pick([
          "VARCHAR(40)",
          "CHAR(10)",
          "CHARACTER VARYING(30)",
          "NATIONAL VARCHAR(20)",
          "NCHAR(5)",
        ]);
        const charset = r.pick([
          "",
          " CHARACTER SET latin1",
          " CHARSET utf8mb4 COLLATE utf8mb4_bin",
          " COLLATE ascii_bin",
        ]);
        const national = type.startsWith("N");
        const tail = r.pick(["", " DEFAULT 'x'", " DEFAULT ''", " UNIQUE"]);
        return `${this.#quoted(name)} ${type}${national ? "" : charset}${nullable}${tail}${comment}`;
      }
      case 4: {
        const type = r.pick([
          "DECIMAL(10,2)",
          "NUMERIC(5)",
          "DEC",
          "FLOAT",
          "DOUBLE PRECISION",
          "REAL",
          "FIXED(8,3)",
        ]);
        return `${this.#quoted(name)} ${type}${r.pick(["", " UNSIGNED"])}${nullable}${comment}`;
      }
      case 5:
        return `${this.#quoted(name)} ${
          r.pick([
            "DATE",
            "DATETIME(3)",
            "TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
            "DATETIME DEFAULT NOW()",
            "TIME",
            "YEAR",
          ])
        }${comment}`;
      case 6:
        return `${this.#quoted(name)} ${
          r.pick([
            "TEXT",
            "LONGBLOB",
            "JSON",
            "BINARY(16)",
            "VARBINARY(20)",
            "BIT(4)",
            "BOOL",
            "LONG VARCHAR",
            "ENUM('a','b','c''d')",
            "SET('x','y')",
            "JSON DEFAULT (JSON_ARRAY(1, 2))",
          ])
        }${nullable}${comment}`;
      default:
        return `${this.#quoted(name)} INT ${r.pick(["", "GENERATED ALWAYS "])}AS (1 + 1) ${
          r.pick(["", "VIRTUAL", "STORED"])
        }${comment}`;
    }
  }

  #index(columns: readonly string[]): string {
    const r = this.#random;
    const name = this.#newName("k");
    const parts = [...new Set(r.some(1, 2, () => r.pick(columns)))];
    const shown = parts.map((part) => `${this.#quoted(part)}${r.pick(["", "", " DESC", " ASC"])}`).join(", ");
    return r.pick([
      `INDEX ${name} (${shown})`,
      `KEY ${this.#quoted(name)} USING BTREE (${shown}) COMMENT 'x'`,
      `UNIQUE KEY ${name} (${shown})`,
      `UNIQUE INDEX ${name} (${shown}) INVISIBLE`,
      `CONSTRAINT ${name} UNIQUE (${shown})`,
      `KEY ${name} (${this.#quoted(parts[0]!)}, (1 + 1))`,
    ]);
  }
}
