import { childrenOf, someNode } from "../../../sql/model/children.ts";
import type { Expression, Span } from "../../../sql/statement.ts";
import { isPlainComparison } from "../../expressions.ts";
import { anyStatementRule, type Hit, hit } from "../../rule.ts";

const AMPERSAND = 0x26;
const BAR = 0x7c;

/** Deprecated syntax. VALUES() is named on MySQL alone: vtgate does not take the row alias that replaces it. */
export const deprecatedSyntax = anyStatementRule({
  code: "Q014",
  name: "deprecated-syntax",
  group: "correctness",
  title: "Deprecated syntax",
  score: 10,
  why: "It still works, with a warning, until a release that drops it.",
  fix: "Write FOR SHARE, AND, OR, CAST(x AS BINARY), and a row alias in place of VALUES().",
  fires: [
    "SELECT id FROM t WHERE id = 1 LOCK IN SHARE MODE",
    "SELECT id FROM t WHERE a = 1 && b = 2",
    "SELECT id FROM t WHERE BINARY a = 'x'",
  ],
  quiet: ["SELECT id FROM t WHERE id = 1 FOR SHARE", "SELECT id FROM t WHERE a = 1 AND b = 2", "SELECT '&&'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/mysql-nutshell.html"],
  reads: "shape",
  check(statement, context) {
    const hits: Hit[] = [];
    for (const block of statement.blocks) {
      for (const locking of block.locking) {
        if (locking.legacy) hits.push(hit(locking, "LOCK IN SHARE MODE is now FOR SHARE"));
      }
    }
    for (const logical of statement.logicals) {
      const operator = logical.operatorSpans.find((span) => isSymbol(statement.bytes, span));
      if (operator !== undefined) {
        const found = hit(operator, logical.operator === "and" ? "&& is now AND" : "|| is now OR");
        // || is concatenation under PIPES_AS_CONCAT, which a file does not tell.
        const isAnd = logical.operator === "and";
        hits.push(
          isAnd ? { ...found, edit: { ...operator, text: spaced("AND", statement.bytes, operator) } } : found,
        );
      }
    }
    for (const predicate of statement.predicates) {
      if (isPlainComparison(predicate)) continue;
      const binary = childrenOf(predicate).find((part) =>
        part.type === "unary" && part.operator === "binary"
      );
      if (binary !== undefined) hits.push(hit(binary, "BINARY x is now CAST(x AS BINARY)"));
    }
    if (context.options.target === "mysql" && statement.kind === "insert") {
      const values = (statement.onDuplicate ?? []).find(({ value }) => someNode(value, isValues));
      if (values !== undefined) hits.push(hit(values, "VALUES() here is now a row alias"));
    }
    return hits;
  },
});

/** A word with the spaces that an operator without any needs around it. */
function spaced(word: string, bytes: Uint8Array, { start, end }: Span): string {
  const before = (bytes[start - 1] ?? 0) > 32 ? " " : "";
  return `${before}${word}${(bytes[end] ?? 0) > 32 ? " " : ""}`;
}

function isSymbol(bytes: Uint8Array, { start }: Span): boolean {
  return bytes[start] === AMPERSAND || bytes[start] === BAR;
}

function isValues(expression: Expression): boolean {
  return expression.type === "values";
}
