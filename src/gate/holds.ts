import type { Approval, HeldStatement, HeldText, Resolution } from "../contract/approval.ts";
import type { ApprovedDigest } from "../contract/override.ts";
import type { Clock } from "../base/clock.ts";
import type { FinalDecision, HoldDecision } from "../proxy/decision.ts";
import { holdTimedOut, holdTimedOutInTransaction, rejected, withdrawn } from "./messages.ts";

/** A held statement's end, as it is recorded. */
export interface HoldEnd {
  readonly state: "approved" | "rejected" | "timed_out" | "withdrawn";
  readonly by?: string;
  readonly reason?: string;
  /** Address that the decision came from. */
  readonly address?: string | undefined;
}

/** How long a statement may wait when its session is in a transaction, which is asked when that time is over. */
export interface TransactionLimit {
  readonly ms: number;
  readonly applies: () => boolean;
}

/** Who rejects what an approver let go and policy or a block refuses by then. */
const BY_POLICY = "policy";

/** Bytes of a text that an approver is shown: of a longer one its beginning and its end. */
const MOST_SHOWN_BYTES = 1024 * 1024;
const SHOWN_END_BYTES = 256 * 1024;

interface Entry {
  readonly row: HeldStatement;
  /** The bytes as they were sent, where they are known. */
  readonly text: Uint8Array | undefined;
  readonly pass: () => FinalDecision;
  readonly covered: () => ApprovedDigest | undefined;
  readonly finish: (end: HoldEnd, decision: FinalDecision) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Ended = (row: Approval, end: HoldEnd) => FinalDecision | undefined;

/** Held statements of this process: each waits until an approver decides, its time is over, or its client has gone. */
export class Holds {
  readonly #entries = new Map<string, Entry>();
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #ended: Ended;

  /** `ended` is told of every end, before the client can see it, and may say what an approved one gets in place of passing. */
  constructor(timeoutMs: number, clock: Clock, ended: Ended) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#ended = ended;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Oldest first. */
  list(): readonly HeldStatement[] {
    return [...this.#entries.values()].map(({ row }) => row);
  }

  /**
   * Holds a statement; `pass` makes what lets it go on, or refuses it after all, once it is approved, and `covered` says by which approval of a
   * digest it may. `inTransaction` ends it sooner where it applies by then.
   */
  hold(
    row: HeldStatement,
    { text, pass, covered, inTransaction }: {
      readonly text: Uint8Array | undefined;
      readonly pass: () => FinalDecision;
      readonly covered: () => ApprovedDigest | undefined;
      readonly inTransaction: TransactionLimit;
    },
  ): HoldDecision {
    const { promise, resolve } = Promise.withResolvers<FinalDecision>();
    const { id } = row;
    const entry: Entry = {
      row,
      text,
      pass,
      covered,
      timer: undefined,
      finish: (end, decision) => {
        if (!this.#entries.delete(id)) return;
        clearTimeout(entry.timer);
        const instead = this.#ended(ended(row, end, this.#clock.now()), end);
        resolve(decision.action === "allow" ? instead ?? decision : decision);
      },
    };
    this.#entries.set(id, entry);
    const whole = this.#timeoutMs;
    const timeOut = () => entry.finish({ state: "timed_out" }, holdTimedOut(id, whole));
    const { ms, applies } = inTransaction;
    entry.timer = ms >= whole ? setTimeout(timeOut, whole) : setTimeout(() => {
      if (applies()) entry.finish({ state: "timed_out" }, holdTimedOutInTransaction(id, ms));
      else entry.timer = setTimeout(timeOut, whole - ms);
    }, ms);
    return {
      action: "hold",
      wait: (signal) => {
        const gone = () => entry.finish({ state: "withdrawn" }, withdrawn(id));
        if (signal.aborted) gone();
        else {
          signal.addEventListener("abort", gone, { once: true });
          void promise.then(() => signal.removeEventListener("abort", gone));
        }
        return promise;
      },
    };
  }

  /** The text of one that waits, as it will run; undefined where none of this id waits or its text is not known. */
  text(id: string): HeldText | undefined {
    const text = this.#entries.get(id)?.text;
    return text === undefined ? undefined : heldText(text);
  }

  /**
   * Decides one; its row as it is then, or undefined where none of this id waits. One that is approved and that policy or
   * a block refuses by now ends as rejected by them.
   */
  resolve(id: string, { decision, by, reason, address }: Resolution): Approval | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const final = decision === "approve" ? entry.pass() : rejected(id, by, reason);
    const end: HoldEnd = decision === "reject"
      ? { state: "rejected", by, reason, address }
      : final.action === "allow"
      ? { state: "approved", by, reason, address }
      : {
        state: "rejected",
        by: BY_POLICY,
        reason: `approved by ${by}, and refused by what is in force now`,
      };
    const row = ended(entry.row, end, this.#clock.now());
    entry.finish(end, final);
    return row;
  }

  /** Approves those that approvals of digests cover by now. */
  resolveCovered(): void {
    for (const { row, covered } of [...this.#entries.values()]) {
      const approved = covered();
      if (approved === undefined) continue;
      this.resolve(row.id, { decision: "approve", by: approved.by, reason: approved.reason });
    }
  }

  /** Withdraws all that wait. */
  close(): void {
    for (const { row, finish } of [...this.#entries.values()]) {
      finish({ state: "withdrawn" }, withdrawn(row.id));
    }
  }
}

function heldText(text: Uint8Array): HeldText {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const bytes = text.length;
  if (bytes <= MOST_SHOWN_BYTES) return { sql: decoder.decode(text), bytes, left_out: 0 };
  const head = text.subarray(0, MOST_SHOWN_BYTES - SHOWN_END_BYTES);
  const left_out = bytes - MOST_SHOWN_BYTES;
  const sql = `${decoder.decode(head)}\n... ${left_out} bytes are not shown ...\n${
    decoder.decode(text.subarray(bytes - SHOWN_END_BYTES))
  }`;
  return { sql, bytes, left_out };
}

function ended(row: HeldStatement, end: HoldEnd, now: number): Approval {
  return {
    ...row,
    state: end.state,
    decided_at: now,
    ...(end.by === undefined ? {} : { decided_by: end.by }),
    ...(end.reason === undefined ? {} : { decision_reason: end.reason }),
  };
}
