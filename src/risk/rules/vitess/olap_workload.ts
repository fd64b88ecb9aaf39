import { hit, statementRule } from "../../rule.ts";
import { wordOf } from "../../variables.ts";

/** SET workload = OLAP. */
export const olapWorkload = statementRule({
  code: "V023",
  name: "olap-workload",
  group: "vitess",
  title: "SET workload = OLAP",
  score: 40,
  why:
    "It lifts the limit of 100,000 rows a query, so one query may hold a tablet's memory and connection for long.",
  fix: "Page through the rows by primary key.",
  fires: ["SET workload = 'olap'", "SET SESSION workload = OLAP"],
  quiet: ["SET workload = 'oltp'"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/planetscale-system-limits"],
  targets: ["vitess", "planetscale"],
  vtgate: "accepts",
  reads: "text",
  kinds: ["set"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.name === "workload" && wordOf(item)?.toLowerCase() === "olap"
        ? [hit(item, "Lifts the row limit for this session")]
        : []
    );
  },
});
