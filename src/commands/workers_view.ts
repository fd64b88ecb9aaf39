import { mergeSnapshots, type ProcessSnapshot, type ProcessView } from "../admin/process_view.ts";

/** One worker as its supervisor asks it; `undefined` and `false` where it does not answer. */
export interface AskedWorker {
  snapshot(): Promise<ProcessSnapshot | undefined>;
  endSession(id: string): Promise<boolean>;
}

/**
 * All workers as one process. What a worker has counted stays counted when it is slow to answer or has ended, as far
 * as it was last seen, so that counters do not go backwards.
 */
export class WorkersView implements ProcessView {
  readonly #workers: ReadonlyMap<number, AskedWorker>;
  /** Counts of every worker there was, as last seen. */
  readonly #seen = new Map<AskedWorker, ProcessSnapshot>();
  /** Counts of those that have ended, added up. */
  #ended: ProcessSnapshot = mergeSnapshots([]);
  readonly drain: () => void;

  constructor(workers: ReadonlyMap<number, AskedWorker>, drain: () => void) {
    this.#workers = workers;
    this.drain = drain;
  }

  async snapshot(): Promise<ProcessSnapshot> {
    const answered: ProcessSnapshot[] = [];
    await Promise.all([...this.#workers.values()].map(async (worker) => {
      const snapshot = await worker.snapshot();
      if (snapshot === undefined) return;
      // Noted as it comes: by the time the slowest has answered, this one may have ended and been added up.
      this.#seen.set(worker, { ...snapshot, sessions: [], eventLoopLagMs: 0 });
      answered.push({ ...snapshot, counts: NOTHING });
    }));
    const running = new Set(this.#workers.values());
    for (const [worker, counted] of this.#seen) {
      if (running.has(worker)) continue;
      this.#ended = mergeSnapshots([this.#ended, counted]);
      this.#seen.delete(worker);
    }
    return mergeSnapshots([this.#ended, ...this.#seen.values(), ...answered]);
  }

  async endSession(id: string): Promise<boolean> {
    return (await Promise.all([...this.#workers.values()].map((worker) => worker.endSession(id)))).includes(
      true,
    );
  }
}

const NOTHING = mergeSnapshots([]).counts;
