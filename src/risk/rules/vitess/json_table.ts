import type { TableReference } from "../../../sql/statement.ts";
import { type Hit, hit, NO_HITS, statementRule } from "../../rule.ts";

/** JSON_TABLE. */
export const jsonTable = statementRule({
  code: "V010",
  name: "json-table",
  group: "vitess",
  title: "JSON_TABLE",
  score: 60,
  why: "vtgate answers VT12001 (json_table expressions), and PlanetScale lists it as unsupported.",
  fix: "Take the document apart in the application, or store its parts as rows.",
  fires: ["SELECT j.a FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$')) AS j WHERE j.a > 0"],
  quiet: ["SELECT JSON_EXTRACT(doc, '$.a') FROM t WHERE id = 7"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["select", "insert", "replace", "update", "delete", "create-table", "create-view"],
  check(statement, context) {
    const { target, sharded } = context.options;
    // vtgate leaves a query whose tables are all in one unsharded keyspace to MySQL.
    if (target !== "planetscale" && !sharded && statement.reads.length > 0) return NO_HITS;
    const hits: Hit[] = [];
    const look = (references: readonly TableReference[]): void => {
      for (const reference of references) {
        if (reference.kind === "json-table") hits.push(hit(reference, "JSON_TABLE is not supported"));
      }
    };
    for (const block of statement.blocks) look(block.from);
    if (statement.kind === "update" || statement.kind === "delete") look(statement.tables);
    return hits;
  },
});
