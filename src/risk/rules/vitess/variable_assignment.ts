import { anyStatementRule, hit } from "../../rule.ts";

/** := assignment. */
export const variableAssignment = anyStatementRule({
  code: "V012",
  name: "variable-assignment",
  group: "vitess",
  title: ":= assignment",
  score: 50,
  why: "vtgate answers VT12001 (Assignment expression), on unsharded keyspaces too.",
  fix:
    "Compute the value in the application; in an unsharded keyspace a window function (ROW_NUMBER() OVER ...) does too.",
  fires: ["SELECT @n := @n + 1 AS n FROM t WHERE id > 0", "UPDATE t SET a = (@x := 1) WHERE id = 7"],
  quiet: ["SELECT @n", "SET @n = 1"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  needs: "variableAssignments",
  check(statement) {
    return statement.variableAssignments.map((assignment) =>
      hit(assignment, "Assignment in an expression is not supported")
    );
  },
});
