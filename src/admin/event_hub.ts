import type { AuditEvent, AuditRecord } from "../contract/audit.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Stats } from "../contract/stats.ts";
import { EventStream } from "./event_stream.ts";
import type { ProcessView } from "./process_view.ts";

/** Streams at a time. */
const MOST_STREAMS = 16;
const KEEP_ALIVE_SECONDS = 15;
/** Records of the audit that are looked through for where a client left off. */
const MOST_RESUMED = 500;

export interface EventHubOptions {
  readonly view: Pick<ProcessView, "subscribe" | "held">;
  readonly stats: () => Promise<Stats>;
  /** The newest records of the audit, newest first, those not yet in the chain included. */
  readonly recent: (limit: number) => Promise<readonly AuditRecord[]>;
  /** Calls back each second until the returned function is called. */
  readonly everySecond: (callback: () => void) => () => void;
}

/** Gives live events to all who listen. While nobody does, nothing is computed and no process is asked. */
export class EventHub {
  readonly #options: EventHubOptions;
  readonly #streams = new Set<EventStream>();
  #stop: (() => void) | undefined;
  #seconds = 0;
  #closed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
  }

  get listeners(): number {
    return this.#streams.size;
  }

  /** A new stream, from after the event `lastEventId` where the audit still has that; `undefined` past the most. */
  open(lastEventId?: string): ReadableStream<Uint8Array> | undefined {
    if (this.#streams.size >= MOST_STREAMS || this.#closed) return undefined;
    const stream = new EventStream(() => this.#left(stream));
    this.#streams.add(stream);
    this.#stop ??= this.#start();
    if (lastEventId !== undefined) void this.#resume(stream, lastEventId);
    void this.#options.stats().then((stats) => stream.second(stats), () => {});
    return stream.readable;
  }

  /** Passes an event on to all who listen. */
  publish(event: LiveEvent): void {
    for (const stream of this.#streams) {
      if (event.type === "decision") stream.sendDecision(event.event.id, event.event);
      else if (event.type === "skipped") stream.skip(event.count);
      else stream.sendImportant(event.type, event.approval);
    }
  }

  /** Ends all streams, and opens no more. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) stream.end();
  }

  #start(): () => void {
    const { view, everySecond } = this.#options;
    const unsubscribe = view.subscribe((event) => this.publish(event));
    const stopClock = everySecond(() => void this.#second());
    return () => {
      unsubscribe();
      stopClock();
    };
  }

  async #second(): Promise<void> {
    // Stats that cannot be had are left out; the next second asks again.
    const stats = await this.#options.stats().catch(() => undefined);
    this.#seconds++;
    for (const stream of [...this.#streams]) {
      stream.second(stats);
      if (this.#seconds % KEEP_ALIVE_SECONDS === 0) stream.keepAlive();
    }
  }

  #left(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Sends what was recorded since, and what is held now; an event may come twice, by its id the same. */
  async #resume(stream: EventStream, lastEventId: string): Promise<void> {
    try {
      const newest = await this.#options.recent(MOST_RESUMED);
      const known = newest.findIndex(({ id }) => id === lastEventId);
      for (const record of newest.slice(0, Math.max(0, known)).toReversed()) {
        if (isNotable(record)) stream.sendDecision(record.id, eventOf(record));
      }
      for (const approval of await this.#options.view.held()) stream.sendImportant("hold", approval);
    } catch {
      // The audit cannot be read now: the stream goes on from here.
    }
  }
}

/** Whether an event is one that listeners are told of. */
export function isNotable({ type, action }: AuditEvent): boolean {
  return type !== "statement" || action !== "allow";
}

function eventOf({ seq: _, previous: __, hash: ___, ...event }: AuditRecord): AuditEvent {
  return event;
}
