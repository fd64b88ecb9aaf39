import { limitsOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Least digits of an offset and its score, largest first: the shape of a statement keeps the number of digits. */
const STEPS = [[6, 55], [5, 40], [4, 20]] as const;

/** Large OFFSET. */
export const largeOffset = anyStatementRule({
  code: "P007",
  name: "large-offset",
  group: "performance",
  title: "Large OFFSET",
  score: 40,
  why:
    "The rows before the offset are read and thrown away, so that each page is slower than the one before.",
  fix: "Page by key: WHERE id > last_seen_id ORDER BY id LIMIT n.",
  fires: [
    "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 100000",
    "SELECT id FROM t ORDER BY id LIMIT 5000, 20",
  ],
  quiet: [
    "SELECT id FROM t ORDER BY id LIMIT 20 OFFSET 40",
    "SELECT id FROM t ORDER BY id LIMIT 20",
    "SELECT id FROM t LIMIT ?, ?",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/limit-optimization.html"],
  reads: "shape",
  needs: "limits",
  check(statement) {
    return limitsOf(statement).flatMap(({ offset }) => {
      const digits = offset?.value === undefined ? 0 : String(offset.value).length;
      const step = STEPS.find(([least]) => digits >= least);
      return offset === undefined || step === undefined
        ? []
        : [hit(offset, "Reads and throws away the rows before the offset", step[1])];
    });
  },
});
