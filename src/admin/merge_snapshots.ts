import type { Histogram, Tally } from "../contract/counts.ts";
import type { ProcessSnapshot } from "./process_view.ts";

/** Several processes as one: counts added up, the worst lag and the worst state of the audit. */
export function mergeSnapshots(snapshots: readonly ProcessSnapshot[]): ProcessSnapshot {
  const sum = (of: (snapshot: ProcessSnapshot) => number) =>
    snapshots.reduce((total, snapshot) => total + of(snapshot), 0);
  const tally = (of: (snapshot: ProcessSnapshot) => Tally) => addTallies(snapshots.map(of));
  return {
    proxy: {
      accepted: sum(({ proxy }) => proxy.accepted),
      loggedIn: sum(({ proxy }) => proxy.loggedIn),
      refusedByLimit: sum(({ proxy }) => proxy.refusedByLimit),
      statements: sum(({ proxy }) => proxy.statements),
      refused: sum(({ proxy }) => proxy.refused),
      bytesFromClients: sum(({ proxy }) => proxy.bytesFromClients),
      bytesFromBackend: sum(({ proxy }) => proxy.bytesFromBackend),
      ended: tally(({ proxy }) => proxy.ended),
      tlsHandshakes: tally(({ proxy }) => proxy.tlsHandshakes),
      dials: tally(({ proxy }) => proxy.dials),
      acceptFailures: sum(({ proxy }) => proxy.acceptFailures),
    },
    judging: {
      decisions: tally(({ judging }) => judging.decisions),
      groups: tally(({ judging }) => judging.groups),
      risk: addLists(snapshots.map(({ judging }) => judging.risk), 12),
      ownUs: addHistograms(snapshots.map(({ judging }) => judging.ownUs)),
      backendMs: addHistograms(snapshots.map(({ judging }) => judging.backendMs)),
      holds: tally(({ judging }) => judging.holds),
      limited: tally(({ judging }) => judging.limited),
      shadowDiffers: tally(({ judging }) => judging.shadowDiffers),
      cache: {
        hits: sum(({ judging }) => judging.cache.hits),
        misses: sum(({ judging }) => judging.cache.misses),
      },
    },
    sessions: tally(({ sessions }) => sessions),
    held: sum(({ held }) => held),
    audit: {
      healthy: snapshots.every(({ audit }) => audit.healthy),
      problem: snapshots.find(({ audit }) => audit.problem !== null)?.audit.problem ?? null,
      lost: sum(({ audit }) => audit.lost),
      pending: sum(({ audit }) => audit.pending),
      evicted: sum(({ audit }) => audit.evicted),
    },
    policySource: snapshots.find(({ policySource }) => policySource !== "")?.policySource ?? "",
    eventLoopLagMs: Math.max(0, ...snapshots.map(({ eventLoopLagMs }) => eventLoopLagMs)),
  };
}

/** Counts by name, added up. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const total: Record<string, number> = {};
  for (const tally of tallies) {
    for (const [name, count] of Object.entries(tally)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}

function addHistograms(histograms: readonly Histogram[]): Histogram {
  const bounds = histograms.find(({ bounds }) => bounds.length > 0)?.bounds ?? [];
  return {
    bounds,
    counts: addLists(histograms.map(({ counts }) => counts), bounds.length + 1),
    sum: histograms.reduce((total, { sum }) => total + sum, 0),
  };
}

function addLists(lists: readonly (readonly number[])[], length: number): number[] {
  return Array.from({ length }, (_, index) => lists.reduce((total, list) => total + (list[index] ?? 0), 0));
}
