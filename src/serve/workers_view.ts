import type { Approval, HeldText, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import { NO_OVERRIDES, type Overrides } from "../contract/override.ts";
import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { SessionRow } from "../contract/session.ts";
import type { AuditHealth } from "../contract/stats.ts";
import { addTallies, mergeSnapshots } from "../admin/merge_snapshots.ts";
import type { ProcessSnapshot, ProcessView } from "../admin/process_view.ts";
import { ConnectError } from "../base/errors.ts";
import type { WorkerChannel } from "./worker_channel.ts";

/** One worker as its supervisor asks it. */
export type AskedWorker = Pick<WorkerChannel, "ask">;

/** What the supervisor has of its own. */
export interface SupervisorParts {
  readonly drain: () => void;
  /** The supervisor's own part of the audit. */
  readonly audit: () => AuditHealth;
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
  #ended: ProcessSnapshot = NOTHING;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #parts: SupervisorParts;
  readonly #greeted = new WeakSet<AskedWorker>();
  #overrides: Overrides | undefined;

  constructor(workers: ReadonlyMap<number, AskedWorker>, parts: SupervisorParts) {
    this.#workers = workers;
    this.#parts = parts;
  }

  /** Whether at least one worker that runs has taken up its work. */
  get serving(): boolean {
    return [...this.#workers.values()].some((worker) => this.#greeted.has(worker));
  }

  /** Tells a worker that has just started what the others know. It serves once it has been told, even of nothing. */
  async greet(worker: AskedWorker): Promise<void> {
    if (await worker.ask("overrides", this.#overrides ?? NO_OVERRIDES, START_MS) !== undefined) {
      this.#greeted.add(worker);
    }
    if (this.#listeners.size > 0) await worker.ask("listen", true);
  }

  /** Passes on what a worker has told. */
  tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async snapshot(): Promise<ProcessSnapshot> {
    const answered: ProcessSnapshot[] = [{ ...NOTHING, audit: this.#parts.audit() }];
    await Promise.all([...this.#workers.values()].map(async (worker) => {
      const snapshot = await worker.ask("snapshot", null);
      if (snapshot === undefined) return;
      const { proxy, judging, audit, ...now } = snapshot;
      // Noted as it comes: by the time the slowest has answered, this one may have ended and been added up.
      this.#seen.set(worker, { ...NOTHING, proxy, judging, audit: { ...NOTHING.audit, lost: audit.lost } });
      answered.push({ ...NOTHING, ...now, audit: { ...audit, lost: 0 } });
    }));
    const running = new Set(this.#workers.values());
    for (const [worker, counted] of this.#seen) {
      if (running.has(worker)) continue;
      this.#ended = mergeSnapshots([this.#ended, counted]);
      this.#seen.delete(worker);
    }
    return mergeSnapshots([this.#ended, ...this.#seen.values(), ...answered]);
  }

  async sessions(): Promise<readonly SessionRow[]> {
    return (await this.#all((worker) => worker.ask("sessions", null))).flat();
  }

  async held(): Promise<readonly Approval[]> {
    const rows = (await this.#all((worker) => worker.ask("held", null))).flat();
    return rows.sort((a, b) => a.created_at - b.created_at);
  }

  async heldText(id: string): Promise<HeldText | undefined> {
    const texts = await this.#all((worker) => worker.ask("held_text", id));
    return texts.find((text) => text !== null) ?? undefined;
  }

  async endSession(id: string): Promise<boolean> {
    return (await this.#all((worker) => worker.ask("end", id))).includes(true);
  }

  async resolveHold(id: string, resolution: Resolution): Promise<Approval | undefined> {
    const rows = await this.#all((worker) => worker.ask("resolve", { id, resolution }));
    return rows.find((row) => row !== null) ?? undefined;
  }

  async setOverrides(overrides: Overrides): Promise<void> {
    this.#overrides = overrides;
    await this.#all((worker) => worker.ask("overrides", overrides));
  }

  async policy(): Promise<PolicyView> {
    const all = await this.#all((worker) => worker.ask("policy", null));
    return { ...first(all), shadow_differs: addTallies(all.map((each) => each.shadow_differs)) };
  }

  /** One after the other: a file that the first cannot use is asked of no other, so all keep the policy they have. */
  async reloadPolicy(): Promise<PolicyReload> {
    let last: PolicyReload | undefined;
    for (const worker of [...this.#workers.values()]) {
      const result = await worker.ask("reload", null);
      if (result?.ok === false) return result;
      last = result ?? last;
    }
    return first(last === undefined ? [] : [last]);
  }

  async score(request: ScoreRequest): Promise<ScoreAnswer> {
    for (const worker of this.#workers.values()) {
      const result = await worker.ask("score", request);
      if (result !== undefined) return result;
    }
    return first([]);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#all((worker) => worker.ask("listen", true));
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) {
        void this.#all((worker) => worker.ask("listen", false));
      }
    };
  }

  drain(): void {
    this.#parts.drain();
  }

  /** What those who answer say. */
  async #all<T>(ask: (worker: AskedWorker) => Promise<T | undefined>): Promise<T[]> {
    const answers = await Promise.all([...this.#workers.values()].map(ask));
    return answers.filter((answer) => answer !== undefined);
  }
}

/** How long a worker may take to start, in ms. */
const START_MS = 60_000;
const NOTHING = mergeSnapshots([]);

function first<T>(answers: readonly T[]): T {
  const [answer] = answers;
  if (answer === undefined) throw new ConnectError("command", "timeout", "workers", "none of them answers");
  return answer;
}
