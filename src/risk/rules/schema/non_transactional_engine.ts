import { option } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Table of an engine without transactions. */
export const nonTransactionalEngine = statementRule({
  code: "C005",
  name: "non-transactional-engine",
  group: "schema",
  title: "Table of an engine without transactions",
  score: 45,
  why:
    "Its changes cannot be rolled back, a crash may corrupt or empty it, and every write locks the whole table.",
  fix: "Use InnoDB.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=MyISAM",
    "CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE = MEMORY",
  ],
  quiet: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=InnoDB",
    "CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY) ENGINE=MEMORY",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/storage-engines.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const engine = option(statement.options, "ENGINE");
    if (engine === undefined || statement.temporary) return NO_HITS;
    const name = engine.value.toLowerCase();
    if (name === "innodb" || name === "ndb" || name === "ndbcluster") return NO_HITS;
    return [hit(engine, `${displayName(statement.table)} would have no transactions in ${engine.value}`)];
  },
});
