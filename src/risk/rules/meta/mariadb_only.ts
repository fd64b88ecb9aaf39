import type { Span, Statement } from "../../../sql/statement.ts";
import { definedColumns } from "../../definitions.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** MariaDB has it, and MySQL does not parse it. */
export const mariadbOnly = anyStatementRule({
  code: "M013",
  name: "mariadb-only",
  group: "meta",
  syntax: true,
  title: "Statement for MariaDB alone",
  score: 50,
  why: "MySQL, Vitess and PlanetScale refuse the statement, and a migration stops there.",
  fix: "Write what MySQL has, or keep the file for MariaDB and leave it out with exclude.",
  fires: [
    "ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT",
    "CREATE OR REPLACE TABLE t (id BIGINT PRIMARY KEY)",
    "DELETE FROM t WHERE id = 7 RETURNING id",
    "CREATE SEQUENCE s",
    "SET STATEMENT max_statement_time = 1 FOR SELECT 1",
    "CREATE TABLE t (id UUID PRIMARY KEY)",
  ],
  quiet: [
    "ALTER TABLE t ADD COLUMN c INT",
    "CREATE OR REPLACE VIEW v AS SELECT 1 AS a",
    "DROP TABLE IF EXISTS t",
    "CREATE PROCEDURE IF NOT EXISTS p() SELECT 1",
  ],
  references: ["https://mariadb.com/docs/release-notes/community-server/about/compatibility-and-differences"],
  notUnder: ["backquotes"],
  mode: "file",
  reads: "shape",
  check(statement) {
    const part = mariadbPart(statement);
    return part === undefined ? NO_HITS : [hit(part.span, `MariaDB has ${part.what}, MySQL does not`)];
  },
});

/** The part that only MariaDB has. */
function mariadbPart(statement: Statement): { readonly span: Span; readonly what: string } | undefined {
  const { verb } = statement;
  if (statement.analyzed) return { span: verb, what: "ANALYZE before a statement" };
  switch (statement.kind) {
    case "create-sequence":
    case "alter-sequence":
      return { span: verb, what: "sequences" };
    case "create-package":
    case "drop-package":
      return { span: verb, what: "packages" };
    case "execute-immediate":
      return { span: verb, what: "EXECUTE IMMEDIATE" };
    case "set":
      return statement.inner === undefined ? undefined : { span: verb, what: "SET STATEMENT" };
    case "insert":
    case "replace":
    case "delete":
      return statement.returning === undefined ? undefined : { span: verb, what: "RETURNING" };
    case "create-index":
      if (statement.orReplace) return { span: verb, what: "CREATE OR REPLACE INDEX" };
      return statement.ifNotExists ? { span: verb, what: "CREATE INDEX IF NOT EXISTS" } : undefined;
    case "drop-index":
      return statement.ifExists ? { span: verb, what: "DROP INDEX IF EXISTS" } : undefined;
    case "create-procedure":
    case "create-function":
    case "create-trigger":
    case "create-event":
      return statement.orReplace ? { span: verb, what: "OR REPLACE for stored programs" } : undefined;
    case "create-table":
      if (statement.orReplace) return { span: verb, what: "CREATE OR REPLACE TABLE" };
      return typePart(statement);
    case "alter-table": {
      if (statement.ifExists) return { span: verb, what: "ALTER TABLE IF EXISTS" };
      for (const item of statement.items) {
        if ("ifNotExists" in item && item.ifNotExists) {
          return { span: item, what: "IF NOT EXISTS in ALTER TABLE" };
        }
        if ("ifExists" in item && item.ifExists) return { span: item, what: "IF EXISTS in ALTER TABLE" };
      }
      return typePart(statement);
    }
    default:
      return undefined;
  }
}

/** Types of MariaDB's own, by their canonical names. */
const TYPES: ReadonlySet<string> = new Set(["uuid", "inet4", "inet6", "xmltype"]);

function typePart(statement: Parameters<typeof definedColumns>[0]) {
  const column = definedColumns(statement).find(({ type }) => TYPES.has(type.name));
  return column === undefined
    ? undefined
    : { span: column.type, what: `the type ${column.type.name.toUpperCase()}` };
}
