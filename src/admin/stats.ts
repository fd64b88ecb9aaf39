import type { Stats } from "../contract/stats.ts";
import type { Mode } from "../contract/words.ts";
import { histogramSince, percentiles } from "./percentiles.ts";
import type { ProcessSnapshot, ProcessView } from "./process_view.ts";

export interface StatsOptions {
  readonly view: Pick<ProcessView, "snapshot">;
  readonly version: string;
  readonly mode: Mode;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Stats younger than this are given again, so that who asks meanwhile does not cut a second in two. */
const FRESH_MS = 900;

/** Makes stats when they are asked for; percentiles are of what was counted since the ones before. */
export class StatsMaker {
  readonly #options: StatsOptions;
  readonly #startedAt: number;
  #before: ProcessSnapshot["judging"] | undefined;
  #last: Stats | undefined;
  #making: Promise<Stats> | undefined;

  constructor(options: StatsOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  current(): Promise<Stats> {
    const age = this.#last === undefined ? Infinity : this.#options.now() - this.#last.time;
    if (this.#last !== undefined && age >= 0 && age < FRESH_MS) return Promise.resolve(this.#last);
    return this.#making ??= this.#make().finally(() => this.#making = undefined);
  }

  async #make(): Promise<Stats> {
    const { view, version, mode, now } = this.#options;
    const { proxy, judging, sessions, held, audit, policySource, eventLoopLagMs } = await view.snapshot();
    const time = now();
    const decided = (action: string) => judging.decisions[action] ?? 0;
    this.#last = {
      time,
      version,
      mode,
      policy: policySource,
      uptime_s: Math.max(0, Math.floor((time - this.#startedAt) / 1000)),
      sessions: Object.values(sessions).reduce((sum, count) => sum + count, 0),
      held,
      statements: {
        allow: decided("allow"),
        warn: decided("warn"),
        hold: decided("hold"),
        refuse: decided("refuse"),
        would_hold: decided("would_hold"),
        would_refuse: decided("would_refuse"),
      },
      risk: [...judging.risk],
      bytes: { client: proxy.bytesFromClients, backend: proxy.bytesFromBackend },
      own_us: percentiles(histogramSince(judging.ownUs, this.#before?.ownUs)),
      backend_ms: percentiles(histogramSince(judging.backendMs, this.#before?.backendMs)),
      audit,
      event_loop_lag_ms: Math.round(eventLoopLagMs * 1000) / 1000,
      limited: { ...judging.limited },
    };
    this.#before = judging;
    return this.#last;
  }
}
