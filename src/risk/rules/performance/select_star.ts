import { isUserTable } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** SELECT *. `*` in EXISTS selects nothing, and `*` over a derived table is spelt out within. */
export const selectStar = anyStatementRule({
  code: "P001",
  name: "select-star",
  group: "performance",
  title: "SELECT *",
  score: 15,
  why: "Every column is read and sent, those added later too, and an index alone can never answer it.",
  fix: "Name the columns that are used.",
  fires: [
    "SELECT * FROM users WHERE id = 7",
    "SELECT u.*, o.id FROM users u JOIN orders o ON o.user_id = u.id WHERE u.id = 7",
  ],
  quiet: [
    "SELECT id, name FROM users WHERE id = 7",
    "SELECT COUNT(*) FROM users WHERE id > 7",
    "SELECT id FROM users u WHERE EXISTS (SELECT * FROM orders o WHERE o.user_id = u.id)",
    "SELECT '*' FROM users WHERE id = 7",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/select.html"],
  reads: "shape",
  needs: "stars",
  check(statement) {
    return statement.blocks.filter((block) => block.role !== "exists" && block.from.some(isUserTable))
      .flatMap((block) => block.items.filter((item) => item.expression.type === "star").slice(0, 1))
      .map((item) => hit(item, "Selects every column"));
  },
});
