import { createdColumns, definedIndexes } from "../../definitions.ts";
import { tableKey } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Primary key moved to a new column. */
export const noSharedUniqueKey = statementRule({
  code: "V022",
  name: "no-shared-unique-key",
  group: "vitess",
  title: "Primary key moved to a new column",
  score: 70,
  why:
    "An online change copies rows by a unique key that exists before and after it; a key on a column just added is none.",
  fix:
    "Add the column with a unique key in one deploy request, fill it, and make it the primary key in the next.",
  fires: ["ALTER TABLE t DROP PRIMARY KEY, ADD uuid BINARY(16) NOT NULL, ADD PRIMARY KEY (uuid)"],
  quiet: ["ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (uuid)"],
  references: ["https://vitess.io/docs/user-guides/schema-changes/ddl-strategies/"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const dropped = statement.items.find((item) => item.action === "drop-primary-key");
    if (dropped === undefined) return NO_HITS;
    const added = new Set(createdColumns(statement).map((column) => column.name.key));
    const key = definedIndexes(statement).find((index) => index.kind === "primary");
    if (key === undefined || !key.columns.some((column) => added.has(column))) return NO_HITS;
    const other = context.schema.table(tableKey(statement.table))?.keys.some((candidate) =>
      candidate.kind === "unique" && !candidate.partial
    );
    return other === true
      ? NO_HITS
      : [hit(dropped, "No unique key is the same before and after this change")];
  },
});
