import { hit, statementRule } from "../../rule.ts";

/** D006. */
export const dropDatabase = statementRule({
  code: "D006",
  name: "drop-database",
  group: "destructive",
  title: "DROP DATABASE",
  score: 98,
  why: "Every table of the schema is dropped at once, and only a backup brings them back.",
  fix:
    "Drop the schema by hand after its backup was restored somewhere and checked; keep it out of migrations.",
  fires: ["DROP DATABASE shop", "DROP SCHEMA IF EXISTS shop"],
  quiet: ["CREATE DATABASE shop", "DROP TABLE shop"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/drop-database.html"],
  reads: "shape",
  kinds: ["drop-database"],
  check(statement) {
    return [hit(statement, `Drops the schema ${statement.name?.text ?? ""} and every table in it`)];
  },
});
