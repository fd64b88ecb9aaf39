import { tableKey } from "../../names.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** View that selects * or a column its table lacks. PlanetScale's INVALID_TABLE_ and INVALID_COLUMN_REFERENCED_IN_VIEW. */
export const viewReferenceInvalid = fileRule({
  code: "V020",
  name: "view-reference-invalid",
  group: "vitess",
  title: "View that selects * or a column its table lacks",
  score: 55,
  why:
    "PlanetScale resolves a view's columns when it is deployed, and rejects stars and names it cannot find.",
  fix: "Name the view's columns, and create or alter the table first.",
  fires: [
    "CREATE VIEW v AS SELECT * FROM t",
    "CREATE TABLE t (id BIGINT PRIMARY KEY); CREATE VIEW v AS SELECT t.gone FROM t WHERE t.id > 0",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY); CREATE VIEW v AS SELECT t.id FROM t WHERE t.id > 0"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  open: () => ({
    statement(statement, place, context) {
      if (statement.kind !== "create-view" && statement.kind !== "alter-view") return NO_FILE_HITS;
      const stars = statement.blocks.flatMap((block) =>
        block.role === "view" || block.depth === 0
          ? block.items.flatMap(({ expression }) =>
            expression.type === "star"
              ? [{ place, span: expression, message: "A view's columns have to be named" }]
              : []
          )
          : []
      );
      const missing = statement.columnReferences.flatMap((column) => {
        const [table] = column.block?.from.filter((reference) =>
          column.table !== undefined && (reference.alias ?? reference.table?.name)?.key === column.table.key
        ) ?? [];
        const facts = table?.table === undefined || table.cte
          ? undefined
          : context.schema.table(tableKey(table.table));
        if (
          facts === undefined || facts.view || facts.columns.size === 0 || facts.columns.has(column.name.key)
        ) {
          return [];
        }
        return [{ place, span: column, message: `${facts.name} has no column ${column.name.text}` }];
      });
      return [...stars, ...missing];
    },
    end: () => NO_FILE_HITS,
  }),
});
