import type { Span } from "../sql/statement.ts";

/** Whether `inner` lies in `outer`. */
export function contains(outer: Span, inner: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
