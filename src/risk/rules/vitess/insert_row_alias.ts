import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** INSERT ... AS alias. Refused by older Vitess; PlanetScale's list of 2026 no longer has it. */
export const insertRowAlias = statementRule({
  code: "V015",
  name: "insert-row-alias",
  group: "vitess",
  title: "INSERT ... AS alias",
  score: 45,
  why: "Vitess releases before 22 may answer the row alias with a syntax error.",
  fix: "Use VALUES(column) in ON DUPLICATE KEY UPDATE, or upgrade.",
  fires: ["INSERT INTO t (id, n) VALUES (1, 2) AS new ON DUPLICATE KEY UPDATE n = new.n"],
  quiet: ["INSERT INTO t (id, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = VALUES(n)"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  given: { vitessVersion: 210000 },
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  optIn: true,
  reads: "shape",
  kinds: ["insert"],
  check(statement, context) {
    return statement.rowAlias === undefined || context.options.vitessVersion >= 220000
      ? NO_HITS
      : [hit(statement.rowAlias, "Older Vitess does not know the row alias")];
  },
});
