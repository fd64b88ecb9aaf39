import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** WITH before UPDATE or DELETE. */
export const cteBeforeChange = statementRule({
  code: "V030",
  name: "cte-before-change",
  group: "vitess",
  title: "WITH before UPDATE or DELETE",
  score: 60,
  why: "vtgate answers VT12001 (WITH expression in UPDATE or DELETE statement), on unsharded keyspaces too.",
  fix: "Join with a derived table, or select the keys first.",
  fires: ["WITH old AS (SELECT id FROM t WHERE a < 5) DELETE FROM t WHERE id IN (SELECT id FROM old)"],
  quiet: ["WITH old AS (SELECT id FROM t WHERE a < 5) SELECT id FROM old WHERE id > 0"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["update", "delete"],
  check(statement) {
    const [first] = statement.ctes;
    return first === undefined
      ? NO_HITS
      : [hit(first, `WITH before ${statement.kind.toUpperCase()} is not supported`)];
  },
});
