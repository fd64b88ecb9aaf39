/** Tables in which migration tools and frameworks keep one row, or rows of their own, and which they change as a whole. */

import type { Statement } from "../sql/statement.ts";

/** What such a table is, and what its tool does with it. */
interface ToolTable {
  readonly tool: string;
  /** Kinds of statement that the tool sends without a WHERE. */
  readonly kinds: readonly Statement["kind"][];
  /** Where the tool's own source says so. */
  readonly source: string;
}

/** By name in lower case. Only names that no application would choose for its own data. */
const TOOL_TABLES: Readonly<Record<string, ToolTable>> = {
  knex_migrations_lock: {
    tool: "Knex",
    kinds: ["update", "delete"],
    source: "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
  },
  databasechangeloglock: {
    tool: "Liquibase",
    kinds: ["update", "delete"],
    source: "https://docs.liquibase.com/concepts/tracking-tables/databasechangeloglock-table.html",
  },
  schema_migrations: {
    tool: "golang-migrate, Rails and dbmate",
    kinds: ["delete", "truncate-table"],
    source: "https://github.com/golang-migrate/migrate/blob/master/database/mysql/mysql.go",
  },
  schema_lock: {
    tool: "golang-migrate",
    kinds: ["delete", "truncate-table"],
    source: "https://github.com/golang-migrate/migrate/blob/master/database/mysql/mysql.go",
  },
  hibernate_sequence: {
    tool: "Hibernate",
    kinds: ["update"],
    source: "https://docs.jboss.org/hibernate/orm/6.6/userguide/html_single/Hibernate_User_Guide.html",
  },
  dbversion: {
    tool: "Zabbix",
    kinds: ["update"],
    source: "https://www.zabbix.com/documentation/current/en/manual/installation/upgrade",
  },
  alembic_version: {
    tool: "Alembic",
    kinds: ["update", "delete"],
    source: "https://alembic.sqlalchemy.org/en/latest/api/runtime.html",
  },
  kysely_migration_lock: {
    tool: "Kysely",
    kinds: ["update"],
    source: "https://github.com/kysely-org/kysely/blob/master/src/migration/migrator.ts",
  },
};

/** Whether a statement changes nothing but a table that its tool changes as a whole, in the way that the tool does. */
export function changesToolTable({ kind, writes }: Statement): boolean {
  const [only] = writes;
  return writes.length === 1 && only !== undefined &&
    TOOL_TABLES[only.table.name.key]?.kinds.includes(kind) === true;
}

/**
 * Whether an UPDATE counts up a sequence that is kept in a row, in the words of MySQL's manual:
 * `UPDATE sequence SET id = LAST_INSERT_ID(id + 1)`. A table of one row is all that it makes sense for.
 */
export function countsUpSequence(statement: Statement): boolean {
  if (statement.kind !== "update" || statement.assignments.length !== 1) return false;
  const [{ target, value }] = statement.assignments as [typeof statement.assignments[number]];
  if (value.type !== "call" || value.key !== "last_insert_id" || value.schema !== undefined) return false;
  const [sum] = value.args;
  return value.args.length === 1 && sum?.type === "binary" && sum.operator === "+" &&
    sum.left.type === "column" &&
    sum.left.name.key === target.name.key && sum.right.type === "number";
}
