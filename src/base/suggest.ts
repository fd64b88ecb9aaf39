/**
 * The candidate nearest to a mistyped word, or `undefined` where none is near: at most a third of the word's letters
 * (and at most 4) may differ by insertion, deletion, substitution or swap of neighbours, unless the word is the only
 * candidate's beginning. Case does not count.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  const all = [...candidates];
  const begun = lower.length < 2 ? [] : all.filter((candidate) => candidate.toLowerCase().startsWith(lower));
  if (begun.length === 1) return begun[0];
  let best: string | undefined;
  let bestDistance = Math.min(4, Math.max(1, Math.floor(word.length / 3))) + 1;
  for (const candidate of all) {
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Optimal string alignment distance, in single-letter edits. Quadratic, for words. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
