import type { AuditEvent } from "../contract/audit.ts";
import type { Logger } from "../base/logger.ts";
import type { Recorder } from "../store/recorder.ts";

/** How often the recorder's state is looked at, and the most often that a failure is logged, in ms. */
const LOOK_MS = 1000;
const LOG_MS = 60_000;

/** Records events, and knows whether that works. */
export class AuditTrail {
  readonly #recorder: Recorder;
  readonly #logger: Logger;
  readonly #now: () => number;
  #lookedAt = -Infinity;
  #loggedAt = -Infinity;
  #problem: string | undefined;

  /** `now` is monotonic. */
  constructor(recorder: Recorder, logger: Logger, now: () => number) {
    this.#recorder = recorder;
    this.#logger = logger;
    this.#now = now;
  }

  /** False where it could not be written. */
  record(event: AuditEvent): boolean {
    const written = this.#recorder.record(event);
    if (!written) this.#failed(this.#recorder.state().problem ?? "write failed");
    return written;
  }

  /** Why the audit cannot be written, as far as it was seen in the last second; undefined while it can. */
  problem(nowMs: number): string | undefined {
    if (nowMs - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = nowMs;
      const { healthy, problem } = this.#recorder.state();
      if (healthy) this.#problem = undefined;
      else this.#failed(problem ?? "unknown");
    }
    return this.#problem;
  }

  #failed(problem: string): void {
    this.#problem = problem;
    const now = this.#now();
    if (now - this.#loggedAt < LOG_MS) return;
    this.#loggedAt = now;
    this.#logger.error("audit cannot be written", { problem, lost: this.#recorder.state().lost });
  }
}
