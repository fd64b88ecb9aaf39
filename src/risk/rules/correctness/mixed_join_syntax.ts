import { anyStatementRule, hit } from "../../rule.ts";

/** Comma and JOIN in one FROM. A comma before a derived table of one row harms nobody, but reads the same. */
export const mixedJoinSyntax = anyStatementRule({
  code: "Q010",
  name: "mixed-join-syntax",
  group: "correctness",
  title: "Comma and JOIN in one FROM",
  score: 25,
  why:
    "JOIN binds tighter than the comma, so ON cannot see tables before it, and conditions scattered in WHERE are easily forgotten.",
  fix: "Write every join with JOIN ... ON.",
  fires: ["SELECT a.x FROM a, b JOIN c ON c.id = b.id WHERE a.id = b.id"],
  quiet: [
    "SELECT a.x FROM a, b WHERE a.id = b.id",
    "SELECT a.x FROM a JOIN b ON a.id = b.id JOIN c ON c.id = b.id WHERE a.x = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/join.html"],
  reads: "shape",
  needs: "commas",
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const comma = block.from.find((reference) => reference.join === "comma" && reference.kind === "table");
      const joined = block.from.find((reference) => reference.join !== "comma" && reference.join !== "first");
      return comma === undefined || joined === undefined
        ? []
        : [hit(joined.joinSpan ?? joined, "JOIN binds tighter than the comma beside it")];
    });
  },
});
