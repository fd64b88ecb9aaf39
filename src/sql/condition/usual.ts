import type { Expression } from "../statement.ts";
import { foldConstant } from "./fold.ts";

/**
 * The truth that a condition of nothing but literals has on every server that anyone runs, where a collation or a
 * rounding might still decide otherwise, so that it does not fold: `'a' <> 'b'`, `0x41 = 'A'`, `2 / 2`. NULL for NULL,
 * undefined for any other condition.
 *
 * A rule that asks which rows are reached must not take `id = 1 OR 'a' <> 'b'` for a restriction.
 */
export function usualTruth(expression: Expression): boolean | null | undefined {
  switch (expression.type) {
    case "comparison": {
      const { left, right, operator, quantifier } = expression;
      if (quantifier !== undefined || operator !== "=" && operator !== "<>" && operator !== "<=>") {
        return undefined;
      }
      const equal = areEqual(textOf(left), textOf(right));
      return equal === undefined ? undefined : equal === (operator !== "<>");
    }
    case "binary": {
      if (expression.operator !== "/") return undefined;
      const dividend = foldConstant(expression.left);
      const divisor = foldConstant(expression.right);
      if (typeof dividend !== "number" || typeof divisor !== "number") return undefined;
      return divisor === 0 ? null : dividend !== 0;
    }
    default:
      return undefined;
  }
}

/** The text of a literal without an introducer. */
function textOf(expression: Expression): string | undefined {
  switch (expression.type) {
    case "string":
    case "hex":
    case "bit":
      return expression.introducer === undefined ? expression.value : undefined;
    default:
      return undefined;
  }
}

function areEqual(a: string | undefined, b: string | undefined): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return true;
  if (!/^[\x20-\x7e]*$/.test(a + b)) return undefined;
  return alike(a) === alike(b) ? undefined : false;
}

/** A text without what collations make equal: case, trailing blanks, and letters that some language has for one. */
function alike(text: string): string {
  return text.toLowerCase().trimEnd().replace(/[jy]/g, "i").replace(/[vw]/g, "u");
}
