import type { AuditEvent } from "../contract/audit.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Logger } from "../base/logger.ts";
import type { RefuseDecision } from "../proxy/decision.ts";
import type { Recorder } from "../store/recorder.ts";
import { auditFailed } from "./messages.ts";

/** How often the recorder's state is looked at, and the most often that a failure is logged, in ms. */
const LOOK_MS = 1000;
const LOG_MS = 60_000;

/** What an {@link AuditTrail} is made with. */
export interface AuditTrailOptions {
  readonly recorder: Recorder;
  readonly onFailure: "continue" | "refuse";
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Records events, tells those who watch, and knows whether the audit can be written. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #lookedAt = -Infinity;
  #loggedAt = -Infinity;
  #problem: string | undefined;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** Calls back until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Records an event and tells of it; false where it could not be written. */
  announce(event: AuditEvent): boolean {
    const written = this.record(event);
    this.tell({ type: "decision", event });
    return written;
  }

  /** Records an event; false where it could not be written. */
  record(event: AuditEvent): boolean {
    const { recorder } = this.#options;
    const written = recorder.record(event);
    if (!written) this.#failed(recorder.state().problem ?? "write failed");
    return written;
  }

  /** The refusal of what was to pass or to wait and was not written, where nothing may go unseen. */
  refusalUnless(written: boolean): RefuseDecision | undefined {
    if (written || this.#options.onFailure === "continue") return undefined;
    return auditFailed(this.#look(this.#options.now()) ?? "write failed");
  }

  /** The refusal of every statement while the audit cannot be written, where nothing may go unseen. */
  refusal(nowMs: number): RefuseDecision | undefined {
    if (this.#options.onFailure === "continue") return undefined;
    const problem = this.#look(nowMs);
    return problem === undefined ? undefined : auditFailed(problem);
  }

  /** Why the audit cannot be written, as far as it was seen in the last second; undefined while it can. */
  #look(nowMs: number): string | undefined {
    if (nowMs - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = nowMs;
      const { healthy, problem } = this.#options.recorder.state();
      if (healthy) this.#problem = undefined;
      else this.#failed(problem ?? "unknown");
    }
    return this.#problem;
  }

  #failed(problem: string): void {
    const { logger, now, recorder } = this.#options;
    this.#problem = problem;
    if (now() - this.#loggedAt < LOG_MS) return;
    this.#loggedAt = now();
    logger.error("audit cannot be written", { problem, lost: recorder.state().lost });
  }
}
