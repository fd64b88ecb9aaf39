import { counts, type LintFinding, type LintReport } from "../model.ts";

/** The findings that count, worst first; findings of one score keep their order. */
export function worstFirst(report: LintReport): readonly LintFinding[] {
  return report.findings.filter((finding) => counts(report, finding)).sort((a, b) => b.score - a.score);
}

/** The findings that are shown by formats without a notion of suppression: all that are not suppressed. */
export function shown(report: LintReport): readonly LintFinding[] {
  return report.findings.filter((finding) => finding.suppressed === undefined);
}

/** Items by key, in the order the keys first came. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** `1 finding`, `2 findings`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
