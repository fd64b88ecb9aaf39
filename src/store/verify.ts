import { chainHash, type ChainPoint } from "./chain.ts";

/** A record as it is stored or exported, not yet believed. */
export interface ClaimedRecord {
  readonly seq: number;
  /** The hash before it, where that is stored with it. */
  readonly previous?: string;
  readonly hash: string;
  /** The event's canonical JSON. */
  readonly event: string;
}

/** Where a chain is broken. */
export interface ChainBreak {
  /** The first record that is not as it was chained. */
  readonly seq: number;
  readonly problem: "changed" | "missing" | "reordered" | "truncated" | "added";
  /** For people, without a final period. */
  readonly what: string;
}

/** What a check of a chain came to. */
export interface ChainCheck {
  /** Records that were looked at. */
  readonly records: number;
  /** The record before the first. */
  readonly after: ChainPoint;
  /** The last record that is as it was chained. */
  readonly upTo: ChainPoint;
  /** `undefined` where all are. */
  readonly broken: ChainBreak | undefined;
}

/** Follows a chain record by record and finds the first that is changed, missing or out of order. */
export class ChainVerifier {
  readonly #after: ChainPoint;
  readonly #expect: string | undefined;
  /** What is expected was seen. */
  #expected: boolean;
  #last: ChainPoint;
  #records = 0;
  #broken: ChainBreak | undefined;

  /** Begins after a record that is known. `expect` is a hash that was noted elsewhere and has to be in the chain. */
  constructor(after: ChainPoint, expect?: string) {
    this.#after = after;
    this.#last = after;
    this.#expect = expect;
    this.#expected = expect === undefined || expect === after.hash;
  }

  /** Looks at the next record; false once the chain is broken. */
  add(record: ClaimedRecord): boolean {
    if (this.#broken !== undefined) return false;
    this.#records++;
    this.#broken = this.#check(record);
    if (this.#broken === undefined) {
      this.#last = { seq: record.seq, hash: record.hash };
      if (record.hash === this.#expect) this.#expected = true;
    }
    return this.#broken === undefined;
  }

  /** The result, where `head` is what the last record is known to be. */
  end(head: ChainPoint | undefined): ChainCheck {
    if (this.#broken === undefined && head !== undefined) this.#broken = this.#checkEnd(head);
    if (this.#broken === undefined && !this.#expected) {
      const what = `no record has the hash ${this.#expect}: the end was cut off, or the chain was made anew`;
      this.#broken = { seq: this.#last.seq + 1, problem: "truncated", what };
    }
    return { records: this.#records, after: this.#after, upTo: this.#last, broken: this.#broken };
  }

  #check({ seq, previous, hash, event }: ClaimedRecord): ChainBreak | undefined {
    const expected = this.#last.seq + 1;
    if (seq > expected) {
      const gap = seq - 1 === expected ? `record ${expected} is` : `records ${expected} to ${seq - 1} are`;
      return { seq: expected, problem: "missing", what: `${gap} missing` };
    }
    if (seq < expected) {
      return { seq, problem: "reordered", what: `record ${seq} stands after record ${this.#last.seq}` };
    }
    if (previous !== undefined && previous !== this.#last.hash) {
      return { seq, problem: "reordered", what: `record ${seq} does not follow the record before it` };
    }
    if (chainHash(this.#last.hash, event) === hash) return undefined;
    return {
      seq,
      problem: "changed",
      what: `record ${seq} is not what was chained there: it was changed, or stood elsewhere`,
    };
  }

  #checkEnd(head: ChainPoint): ChainBreak | undefined {
    const { seq, hash } = this.#last;
    if (seq < head.seq) {
      const gap = seq + 1 === head.seq ? `record ${head.seq} is` : `records ${seq + 1} to ${head.seq} are`;
      return { seq: seq + 1, problem: "truncated", what: `${gap} missing at the end` };
    }
    if (seq > head.seq) {
      return {
        seq: head.seq + 1,
        problem: "added",
        what: `records after ${head.seq} were not added by querycop`,
      };
    }
    if (hash === head.hash) return undefined;
    return { seq, problem: "changed", what: `record ${seq} is not the one that was chained last` };
  }
}
