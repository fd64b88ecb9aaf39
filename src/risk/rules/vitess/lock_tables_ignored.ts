import { hit, statementRule } from "../../rule.ts";

/** LOCK TABLES is ignored by vtgate. */
export const lockTablesIgnored = statementRule({
  code: "V032",
  name: "lock-tables-ignored",
  group: "vitess",
  title: "LOCK TABLES is ignored by vtgate",
  score: 50,
  why: "vtgate answers OK and locks nothing, so what the lock should have kept apart runs at the same time.",
  fix: "Use a transaction with SELECT ... FOR UPDATE.",
  fires: ["LOCK TABLES users WRITE"],
  quiet: ["SELECT id FROM users WHERE id = 7 FOR UPDATE"],
  references: ["https://github.com/vitessio/vitess/issues/7139"],
  targets: ["vitess", "planetscale"],
  vtgate: "accepts",
  reads: "shape",
  kinds: ["lock-tables"],
  check(statement, context) {
    return [
      hit(
        statement.verb,
        "vtgate answers OK and locks nothing",
        context.file?.dump === true ? 10 : undefined,
      ),
    ];
  },
});
