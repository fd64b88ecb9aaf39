import { hit, statementRule } from "../../rule.ts";

/** INSERT, UPDATE or DELETE IGNORE. */
export const ignoreErrors = statementRule({
  code: "Q006",
  name: "ignore-errors",
  group: "correctness",
  title: "INSERT, UPDATE or DELETE IGNORE",
  score: 30,
  why:
    "IGNORE does not only skip duplicates: values out of range are bent, NULL becomes 0, and failed rows vanish, all as warnings.",
  fix: "Write ON DUPLICATE KEY UPDATE id = id for duplicates alone, and let other errors be errors.",
  fires: [
    "INSERT IGNORE INTO t (a) VALUES (1)",
    "UPDATE IGNORE t SET a = 1 WHERE id = 1",
    "DELETE IGNORE FROM t WHERE id = 1",
  ],
  quiet: [
    "INSERT INTO t (a) VALUES (1)",
    "INSERT INTO `ignore` (a) VALUES (1)",
    "SELECT a FROM t IGNORE INDEX (i) WHERE id = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#ignore-effect-on-execution"],
  reads: "shape",
  kinds: ["insert", "update", "delete"],
  check: (statement) =>
    statement.ignore
      ? [
        hit(
          statement.verb,
          statement.kind === "delete"
            ? "Errors become warnings"
            : "Errors become warnings, and values are bent to fit",
        ),
      ]
      : [],
});
