import type { DigestRow } from "../contract/digest.ts";
import { LATENCY_BOUNDS_MS } from "../contract/words.ts";
import type { CommandOutcome } from "../proxy/decision.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";

/** Rows handed over at a time: their digests may have to be worked out first, which must not hold up the loop. */
const ROWS_AT_A_TIME = 100;
/** Time between such times, in ms. */
const PAUSE_MS = 20;
/** Counters that wait to be handed over; what one more counts until there is room is lost. */
const MOST_WAITING = 20_000;
const FLUSH_MS = 5000;

/** What one statement shape did under one role since it was last handed over. */
export class DigestCounter {
  readonly #owner: DigestCounts;
  readonly #judged: JudgedStatement;
  readonly #role: string;
  #waiting = false;
  #count = 0;
  #refused = 0;
  #errors = 0;
  #rows = 0;
  #affectedRows = 0;
  #bytes = 0;
  #totalMs = 0;
  #maxMs = 0;
  #firstSeen = 0;
  #lastSeen = 0;
  #latency: number[] = [];

  constructor(owner: DigestCounts, judged: JudgedStatement, role: string) {
    this.#owner = owner;
    this.#judged = judged;
    this.#role = role;
  }

  /** A statement that ran. Of several in one text only the first is given what the response was. */
  ran(now: number, outcome: CommandOutcome | undefined): void {
    if (!this.#seen(now)) return;
    this.#count++;
    if (outcome === undefined) return;
    if (outcome.result === "error") this.#errors++;
    this.#rows += outcome.rows;
    this.#affectedRows += outcome.affectedRows;
    this.#bytes += outcome.bytes;
    this.#totalMs += outcome.durationMs;
    if (outcome.durationMs > this.#maxMs) this.#maxMs = outcome.durationMs;
    this.#latency[bucketOf(LATENCY_BOUNDS_MS, outcome.durationMs)]!++;
  }

  /** A statement that was not let pass. */
  refused(now: number): void {
    if (!this.#seen(now)) return;
    this.#count++;
    this.#refused++;
  }

  /** What was counted, unless the shape has no digest; counting starts again. */
  take(): DigestRow | undefined {
    const judged = this.#judged;
    const { digest } = judged;
    const row: DigestRow | undefined = digest === "" ? undefined : {
      digest,
      role: this.#role,
      sql: judged.shape.normalised,
      kind: judged.kind,
      score: judged.score,
      rules: [...new Set(judged.findings.map(({ rule }) => rule.code))].slice(0, 20),
      first_seen: this.#firstSeen,
      last_seen: this.#lastSeen,
      count: this.#count,
      refused: this.#refused,
      errors: this.#errors,
      rows: this.#rows,
      affected_rows: this.#affectedRows,
      bytes: this.#bytes,
      total_ms: this.#totalMs,
      max_ms: this.#maxMs,
      latency: this.#latency,
    };
    this.#waiting = false;
    this.#count =
      this.#refused =
      this.#errors =
      this.#rows =
      this.#affectedRows =
      this.#bytes =
        0;
    this.#totalMs = this.#maxMs = 0;
    return row;
  }

  #seen(now: number): boolean {
    this.#lastSeen = now;
    if (this.#waiting) return true;
    if (!this.#owner.add(this)) return false;
    this.#waiting = true;
    this.#firstSeen = now;
    this.#latency = new Array(LATENCY_BOUNDS_MS.length + 1).fill(0);
    return true;
  }
}

/** Adds up what statements do, by digest and role, and hands it over now and then. */
export class DigestCounts {
  readonly #give: ((rows: readonly DigestRow[]) => void) | undefined;
  #waiting = new Set<DigestCounter>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `give` is called about every 5 s while there is something, and on close. */
  constructor(give: ((rows: readonly DigestRow[]) => void) | undefined) {
    this.#give = give;
  }

  counter(judged: JudgedStatement, role: string): DigestCounter {
    return new DigestCounter(this, judged, role);
  }

  /** Whether there is room for one more. */
  add(counter: DigestCounter): boolean {
    if (this.#waiting.size >= MOST_WAITING) return false;
    this.#waiting.add(counter);
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    return true;
  }

  /** Hands everything over. */
  close(): void {
    while (this.#waiting.size > 0) this.#flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows: DigestRow[] = [];
    for (const counter of this.#waiting) {
      this.#waiting.delete(counter);
      const row = counter.take();
      if (row !== undefined) rows.push(row);
      if (rows.length >= ROWS_AT_A_TIME) break;
    }
    if (rows.length > 0) this.#give?.(rows);
    if (this.#waiting.size > 0) this.#timer = setTimeout(() => this.#flush(), PAUSE_MS);
  }
}

/** Index of the first bound that a value does not pass; the number of bounds where it passes them all. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let index = 0;
  while (index < bounds.length && value > bounds[index]!) index++;
  return index;
}
