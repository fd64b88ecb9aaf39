import type { Histogram } from "../contract/counts.ts";

/** The value under which a share of all lies, within the histogram's resolution; null where there is none. */
export function percentile({ bounds, counts }: Histogram, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = total * share;
  for (const [index, count] of counts.entries()) {
    if (left > count || count === 0) {
      left -= count;
      continue;
    }
    const from = index === 0 ? 0 : bounds[index - 1] as number;
    // Above the last bound nothing is known but that.
    const to = bounds[index] ?? from;
    return from + (to - from) * (left / count);
  }
  return bounds.at(-1) ?? null;
}

/** Median, 95th and 99th percentile, to three digits after the point. */
export function percentiles(histogram: Histogram) {
  const at = (share: number) => {
    const value = percentile(histogram, share);
    return value === null ? null : Math.round(value * 1000) / 1000;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** What was counted since an earlier state of the same histogram; all of it where counting began anew. */
export function histogramSince(now: Histogram, before: Histogram | undefined): Histogram {
  if (before === undefined || now.counts.some((count, index) => count < (before.counts[index] ?? 0))) {
    return now;
  }
  return {
    bounds: now.bounds,
    counts: now.counts.map((count, index) => count - (before.counts[index] ?? 0)),
    sum: now.sum - before.sum,
  };
}
