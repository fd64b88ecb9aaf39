import { displayName, namesTable } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** DDL on a table configured as large. */
export const largeTableDdl = statementRule({
  code: "L033",
  name: "large-table-ddl",
  group: "locking",
  title: "DDL on a table configured as large",
  score: 60,
  why: "On a table of this size even an online change runs for hours and makes replicas lag behind.",
  fix: "Use a deploy request, Vitess online DDL or gh-ost.",
  fires: [
    "ALTER TABLE events ADD KEY (kind)",
    "CREATE INDEX i ON shop.events (kind)",
    "OPTIMIZE TABLE events",
  ],
  quiet: ["ALTER TABLE settings ADD KEY (kind)"],
  given: { largeTables: new Set(["events"]) },
  references: ["https://planetscale.com/docs/concepts/deploy-requests"],
  reads: "shape",
  kinds: ["alter-table", "create-index", "drop-index", "optimize-table"],
  check(statement, context) {
    const tables = statement.kind === "optimize-table" ? statement.tables : [statement.table];
    return tables.flatMap((table) =>
      namesTable(context.options.largeTables, table)
        ? [hit(table, `${displayName(table)} is configured as large`)]
        : []
    );
  },
});
