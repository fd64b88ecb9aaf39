import type { Span } from "../sql/statement.ts";
import type { Hit } from "./rule.ts";

/** A hit at a span, with the rule's own score unless another is given. */
export function hitAt(span: Span, message: string, score?: number): Hit {
  const { start, end } = span;
  return score === undefined ? { start, end, message } : { start, end, message, score };
}

/** Whether `inner` lies in `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
