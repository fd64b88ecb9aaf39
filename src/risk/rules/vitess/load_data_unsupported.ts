import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** LOAD DATA. */
export const loadDataUnsupported = statementRule({
  code: "V011",
  name: "load-data-unsupported",
  group: "vitess",
  title: "LOAD DATA",
  score: 60,
  why:
    "PlanetScale does not support it. vtgate refuses LOAD DATA on sharded keyspaces, and LOAD XML everywhere.",
  fix: "Insert in batches of a few hundred rows, or use the import tools.",
  fires: ["LOAD DATA LOCAL INFILE 'a.csv' INTO TABLE t", "LOAD XML INFILE 'a.xml' INTO TABLE t"],
  quiet: ["INSERT INTO t (a) VALUES (1), (2)"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["load-data", "load-xml"],
  check(statement, context) {
    const { target, sharded } = context.options;
    if (statement.kind === "load-data" && target !== "planetscale" && !sharded) return NO_HITS;
    return [hit(statement.verb, "LOAD DATA is not supported")];
  },
});
