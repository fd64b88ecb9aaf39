import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** CREATE OR REPLACE TABLE. */
export const createOrReplaceTable = statementRule({
  code: "D027",
  name: "create-or-replace-table",
  group: "destructive",
  title: "CREATE OR REPLACE TABLE",
  score: 85,
  why: "MariaDB drops the table that exists, with its rows; MySQL and Vitess do not know the statement.",
  fix: "Create a new table under another name, fill it, and swap them with RENAME TABLE.",
  fires: ["CREATE OR REPLACE TABLE users (id BIGINT PRIMARY KEY)"],
  quiet: ["CREATE TABLE users (id BIGINT PRIMARY KEY)", "CREATE OR REPLACE VIEW v AS SELECT 1"],
  references: ["https://mariadb.com/kb/en/create-table/"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    if (!statement.orReplace) return NO_HITS;
    return [hit(statement.verb, `Drops ${displayName(statement.table)} first if it exists, with its rows`)];
  },
});
