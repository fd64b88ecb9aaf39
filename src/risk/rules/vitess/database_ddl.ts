import { hit, statementRule } from "../../rule.ts";

/** CREATE, ALTER or DROP DATABASE. */
export const databaseDdl = statementRule({
  code: "V016",
  name: "database-ddl",
  group: "vitess",
  title: "CREATE, ALTER or DROP DATABASE",
  score: 70,
  why: "vtgate refuses it (VT12001): a PlanetScale database is made with its web page, CLI or API.",
  fix: "Use pscale database create or the dashboard.",
  fires: ["CREATE DATABASE warehouse", "ALTER DATABASE shop CHARACTER SET utf8mb4"],
  quiet: ["USE shop", "CREATE TABLE shop.t (id BIGINT PRIMARY KEY)"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["create-database", "alter-database", "drop-database"],
  check(statement, context) {
    return [hit(statement.verb, "vtgate refuses this", context.file?.dump === true ? 25 : undefined)];
  },
});
