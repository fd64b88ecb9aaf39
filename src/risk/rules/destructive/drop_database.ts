import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** DROP DATABASE, and MariaDB's CREATE OR REPLACE DATABASE, which drops it first. */
export const dropDatabase = statementRule({
  code: "D006",
  name: "drop-database",
  group: "destructive",
  title: "DROP DATABASE",
  score: 98,
  why: "Every table of the schema is dropped at once, and only a backup brings them back.",
  fix:
    "Drop the schema by hand after its backup was restored somewhere and checked; keep it out of migrations.",
  fires: ["DROP DATABASE shop", "DROP SCHEMA IF EXISTS shop", "CREATE OR REPLACE DATABASE shop"],
  quiet: ["CREATE DATABASE shop", "CREATE DATABASE IF NOT EXISTS shop", "DROP TABLE shop"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/drop-database.html"],
  reads: "shape",
  kinds: ["drop-database", "create-database"],
  check(statement) {
    if (statement.kind === "create-database" && !statement.orReplace) return NO_HITS;
    return [hit(statement, `Drops the schema ${statement.name?.text ?? ""} and every table in it`)];
  },
});
