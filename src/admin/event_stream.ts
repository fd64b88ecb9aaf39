/** Bytes that wait for a client that reads slowly; past that, events are left out. */
const MOST_WAITING_BYTES = 256 * 1024;
/** Decisions a second that one client is sent. */
const DECISIONS_PER_SECOND = 100;
/** Seconds that a client may read nothing of what waits for it. */
const STUCK_SECONDS = 30;

const encoder = new TextEncoder();

/** One client's stream of events: bounded in memory and in its rate, and it tells the client what was left out. */
export class EventStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #onEnd: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #sent = 0;
  #skipped = 0;
  #stuckFor = 0;

  /** `onEnd` is called once, when either side has ended it. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#ended(),
    }, new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }));
  }

  get open(): boolean {
    return this.#controller !== undefined;
  }

  /** A decision: left out and counted past 100 a second, or where the client reads too slowly. */
  sendDecision(id: string, data: unknown): void {
    if (this.#sent >= DECISIONS_PER_SECOND || !this.#hasRoom()) {
      this.#skipped++;
      return;
    }
    this.#sent++;
    this.#write(`event: decision\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** So many decisions were left out before they came here. */
  skip(count: number): void {
    this.#skipped += count;
  }

  /** What a client must not miss: one that has no room for it is ended, and asks again. */
  sendImportant(event: "hold" | "approval", data: unknown): void {
    if (this.#hasRoom()) this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    else this.end();
  }

  /** Each second: says what was left out, then these stats; ends a client that has long read nothing. */
  second(stats: unknown): void {
    this.#sent = 0;
    if (!this.#hasRoom()) {
      this.#stuckFor++;
      if (this.#stuckFor >= STUCK_SECONDS) this.end();
      return;
    }
    this.#stuckFor = 0;
    if (this.#skipped > 0) {
      this.#write(`event: skipped\ndata: ${JSON.stringify({ count: this.#skipped })}\n\n`);
      this.#skipped = 0;
    }
    if (stats !== undefined) this.#write(`event: stats\ndata: ${JSON.stringify(stats)}\n\n`);
  }

  /** A comment, for those between that close what is silent. */
  keepAlive(): void {
    if (this.#hasRoom()) this.#write(": keep-alive\n\n");
  }

  /** Ends it from our side. Safe to call again. */
  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#ended();
    controller.close();
  }

  #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  #ended(): void {
    if (this.#controller === undefined) return;
    this.#controller = undefined;
    this.#onEnd();
  }
}
