import type { Option } from "../../../sql/statement.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Engines that store no rows of their own: what a table held is gone once it is changed to one. */
const WITHOUT_ROWS: ReadonlySet<string> = new Set(["blackhole", "merge", "mrg_myisam"]);

/** ALTER TABLE to a storage engine that keeps none of the table's rows, as both servers do without a word. */
export const engineWithoutRows = statementRule({
  code: "D028",
  name: "engine-without-rows",
  group: "destructive",
  title: "ALTER TABLE to a storage engine without rows",
  score: 95,
  why:
    "BLACKHOLE throws rows away and MERGE has none of its own: the table is empty afterwards, without an error.",
  fix: "Keep InnoDB. To empty a table on purpose, say so with TRUNCATE in a reviewed migration.",
  fires: ["ALTER TABLE orders ENGINE = BLACKHOLE", "ALTER TABLE orders ADD COLUMN a INT, ENGINE MRG_MyISAM"],
  quiet: ["ALTER TABLE orders ENGINE = InnoDB", "CREATE TABLE relay (id INT PRIMARY KEY) ENGINE = BLACKHOLE"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/blackhole-storage-engine.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.action === "option" && isWithoutRows(item.option)
        ? [hit(item, `Empties ${displayName(statement.table)}: ${item.option.value} keeps no rows`)]
        : []
    );
  },
});

function isWithoutRows({ name, value }: Option): boolean {
  return (name === "ENGINE" || name === "TYPE") && WITHOUT_ROWS.has(value.toLowerCase());
}
