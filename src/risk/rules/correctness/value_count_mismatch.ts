import { hit, statementRule } from "../../rule.ts";

/** Number of values differs from the columns. On the wire the server says so itself. */
export const valueCountMismatch = statementRule({
  code: "Q007",
  name: "value-count-mismatch",
  group: "correctness",
  title: "Number of values differs from the columns",
  score: 55,
  why: "The statement fails with error 1136, and with it what was to follow.",
  fix: "Give one value for each column.",
  fires: [
    "INSERT INTO t (a, b) VALUES (1)",
    "INSERT INTO t VALUES (1, 2), (3)",
    "INSERT INTO t (a, b) SELECT a FROM u WHERE id = 1",
  ],
  quiet: [
    "INSERT INTO t (a, b) VALUES (1, 2), (3, 4)",
    "INSERT INTO t () VALUES ()",
    "INSERT INTO t (a, b) SELECT * FROM u WHERE id = 1",
  ],
  references: [
    "https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html#error_er_wrong_value_count_on_row",
  ],
  mode: "file",
  reads: "text",
  kinds: ["insert", "replace"],
  check(statement) {
    const mismatch = statement.values?.mismatch;
    if (mismatch !== undefined) {
      return [
        hit(
          mismatch,
          `Row ${mismatch.row + 1} has ${mismatch.width} values where ${mismatch.expected} are expected`,
        ),
      ];
    }
    const [block] = statement.query?.blocks ?? [];
    const { columns } = statement;
    if (block?.form !== "select" || columns === undefined || columns.length === 0) return [];
    if (
      block.items.some((item) => item.expression.type === "star") || block.items.length === columns.length
    ) return [];
    return [hit(block.selectSpan, `Selects ${block.items.length} values for ${columns.length} columns`)];
  },
});
