import type { RiskOptions } from "../risk/options.ts";
import { TextJudge } from "../risk/text_judge.ts";
import type { GateJudge } from "./statement_decision.ts";

/** Judges kept; each keeps verdicts of its own. */
const MOST_JUDGES = 4;

/** One judge for each set of settings, the few used lately. */
export class JudgePool {
  readonly #judges = new Map<RiskOptions, GateJudge>();
  /** What judges that are gone have counted. */
  #hits = 0;
  #misses = 0;

  get(options: RiskOptions): GateJudge {
    const known = this.#judges.get(options);
    if (known !== undefined) return known;
    for (const old of this.#judges.keys()) {
      if (this.#judges.size < MOST_JUDGES) break;
      this.#forget(old);
    }
    const judge: GateJudge = new TextJudge(options);
    this.#judges.set(options, judge);
    return judge;
  }

  clear(): void {
    for (const options of [...this.#judges.keys()]) this.#forget(options);
  }

  counters(): { readonly hits: number; readonly misses: number } {
    let hits = this.#hits;
    let misses = this.#misses;
    for (const { counters } of this.#judges.values()) {
      hits += counters.hits;
      misses += counters.misses;
    }
    return { hits, misses };
  }

  #forget(options: RiskOptions): void {
    const judge = this.#judges.get(options);
    this.#hits += judge?.counters.hits ?? 0;
    this.#misses += judge?.counters.misses ?? 0;
    this.#judges.delete(options);
  }
}
