import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** DDL that fails when it is run again. */
export const ddlCannotBeRepeated = statementRule({
  code: "D026",
  name: "ddl-cannot-be-repeated",
  group: "destructive",
  title: "DDL that fails when it is run again",
  score: 5,
  why: "MySQL commits DDL one by one, so a migration that stops half way has to be run again from the top.",
  fix: "Write IF NOT EXISTS or IF EXISTS.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY)", "DROP TABLE t", "DROP VIEW v"],
  quiet: ["CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)", "DROP TABLE IF EXISTS t"],
  references: [],
  optIn: true,
  reads: "shape",
  kinds: ["create-table", "drop-table", "drop-view", "create-database", "drop-database"],
  check(statement) {
    if ("ifNotExists" in statement && (statement.ifNotExists || statement.orReplace)) return NO_HITS;
    if (statement.kind !== "create-table" && statement.ifExists) return NO_HITS;
    const clause = statement.kind.startsWith("create") ? "IF NOT EXISTS" : "IF EXISTS";
    return [hit(statement.verb, `Fails when it is run a second time: it has no ${clause}`)];
  },
});
