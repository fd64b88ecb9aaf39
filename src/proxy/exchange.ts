import type { AllowDecision, ResponseLimits } from "./decision.ts";
import type { ResponseShape } from "./response_tracker.ts";

/** A command on its way and the response that the client is owed for it. */
export interface Exchange {
  readonly command: number;
  readonly shape: ResponseShape;
  /** Sequence id of the command's last packet. */
  readonly sequence: number;
  /** Monotonic milliseconds when the command was passed on; 0 where nobody asked. */
  readonly startedMs: number;
  readonly limits: ResponseLimits;
  /** Rows that earlier responses brought of the same result. */
  readonly rowsBefore: number;
  readonly done: AllowDecision["done"];
  /** The command's own text may ask for a local file. */
  readonly mayAskForFile: boolean;
  /** Set on a command that was refused behind others: the packet that answers it in its turn. */
  readonly answer: Uint8Array | undefined;
  /** Called when the response has ended; `ok` is false after an ERR. */
  readonly onEnd: ((ok: boolean) => void) | undefined;
  /** What still comes from the backend is dropped; the client has, or gets at the end, an ERR of ours. */
  discarding: boolean;
  /** Sent to the client when the discarded response has ended. */
  closing: Uint8Array | undefined;
}

/** The responses a session's client is owed, in order. */
export class Pipeline {
  readonly #queue: Exchange[] = [];
  #head = 0;

  get length(): number {
    return this.#queue.length - this.#head;
  }

  get head(): Exchange | undefined {
    return this.#queue[this.#head];
  }

  push(exchange: Exchange): void {
    this.#queue.push(exchange);
  }

  /** All that are owed, oldest first. */
  [Symbol.iterator](): IterableIterator<Exchange> {
    return this.#queue.slice(this.#head).values();
  }

  shift(): void {
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0;
      this.#head = 0;
    } else if (this.#head > 64) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
