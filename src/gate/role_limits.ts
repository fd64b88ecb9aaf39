import { RateLimiter } from "./rate_limiter.ts";

/** How often a flood past a limit is recorded, in ms. */
const RECORD_MS = 1000;

/** What a statement past its role's limit is to have done about it. */
export interface PastLimit {
  readonly perSecond: number;
  /** Statements past the limit that were not recorded, before this one; undefined where this one is not to be either. */
  readonly unrecorded: number | undefined;
}

/** Statements a second by role, all sessions of a process together. */
export class RoleLimits {
  readonly #workers: number;
  readonly #roles = new Map<
    string,
    { readonly limiter: RateLimiter; recordedMs: number; unrecorded: number }
  >();

  /** `workers` processes share each limit. */
  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Undefined where one more statement of a role may pass now. */
  take(role: string, perSecond: number, nowMs: number): PastLimit | undefined {
    let entry = this.#roles.get(role);
    if (entry === undefined) {
      const limiter = new RateLimiter(perSecond / this.#workers, nowMs);
      entry = { limiter, recordedMs: -Infinity, unrecorded: 0 };
      this.#roles.set(role, entry);
    }
    if (entry.limiter.take(nowMs)) return undefined;
    if (nowMs - entry.recordedMs < RECORD_MS) {
      entry.unrecorded++;
      return { perSecond, unrecorded: undefined };
    }
    const { unrecorded } = entry;
    entry.recordedMs = nowMs;
    entry.unrecorded = 0;
    return { perSecond, unrecorded };
  }

  clear(): void {
    this.#roles.clear();
  }
}
