import { childrenOf } from "../../../sql/model/children.ts";
import type { Binary, Expression, Statement } from "../../../sql/statement.ts";
import { isPlainComparison } from "../../expressions.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Date without quotes. Only a difference written without spaces: 2010 - 2 - 12 may be meant. */
export const unquotedDate = anyStatementRule({
  code: "Q003",
  name: "unquoted-date",
  group: "correctness",
  title: "Date without quotes",
  score: 50,
  why: "2010-02-12 is the number 1996, and comparing a date with it gives whatever 1996 converts to.",
  fix: "Quote it: '2010-02-12', or DATE '2010-02-12'.",
  fires: ["SELECT id FROM t WHERE created < 2010-02-12", "UPDATE t SET day = 2024-1-31 WHERE id = 1"],
  quiet: [
    "SELECT id FROM t WHERE created < '2010-02-12'",
    "SELECT 2010 - 2 - 12",
    "SELECT id FROM t WHERE a = 10-2-12",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/date-and-time-literals.html"],
  reads: "text",
  mayFire: (statement) => candidates(statement).length > 0,
  check(statement) {
    const found = candidates(statement);
    return found.length === 0 ? NO_HITS : found.filter((expression) => isDate(statement.bytes, expression))
      .map((expression) => hit(expression, "A date without quotes is a subtraction"));
  },
});

const NO_BINARIES: readonly Binary[] = [];

/** Differences of three numbers that are compared with something or assigned. */
function candidates(statement: Statement): readonly Binary[] {
  const values: Expression[] = [];
  for (const predicate of statement.predicates) {
    if (predicate.type !== "in" && !isPlainComparison(predicate)) values.push(...childrenOf(predicate));
  }
  if (statement.kind === "update" || statement.kind === "insert" || statement.kind === "replace") {
    for (const assignment of statement.assignments) values.push(assignment.value);
  }
  if (statement.kind === "insert" || statement.kind === "replace") {
    for (const row of statement.values?.rows ?? []) for (const value of row.values) values.push(value);
  }
  return values.length === 0
    ? NO_BINARIES
    : values.filter((value) => value.type === "binary").filter(isDifferenceOfThree);
}

function isDifferenceOfThree({ operator, left, right }: Binary): boolean {
  return (operator === "-" || operator === "/") && right.type === "number" && left.type === "binary" &&
    left.operator === operator && left.left.type === "number" && left.right.type === "number";
}

const DATE = /^(19|20)\d\d([-/])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])$/;

function isDate(bytes: Uint8Array, { start, end }: Binary): boolean {
  return end - start <= 10 && DATE.test(String.fromCharCode(...bytes.subarray(start, end)));
}
