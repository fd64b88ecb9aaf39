import { ER_UNKNOWN_ERROR } from "../protocol/error_codes.ts";
import { encodePackets, HEADER_BYTES, readPayloadLength } from "../protocol/framing.ts";
import { followChangeUser } from "./change_user.ts";
import type { Exchange } from "./exchange.ts";
import { errPacket, type RelayState } from "./relay_state.ts";

/** The backend's direction of the command phase: follows the responses, passes them on, and guards their size. */
export class ResponseStream {
  readonly #state: RelayState;
  /** Where the last feed stopped: what is before has been taken. */
  position = 0;
  /** Bytes came that no command asked for, as when the server says why it closes the connection. */
  unsolicited = false;

  constructor(state: RelayState) {
    this.#state = state;
  }

  /**
   * Looks at `bytes` from `start` up to `end` and passes on what the client is owed. What it leaves, from `position`
   * on, is the start of a packet: feed it again with more behind it.
   */
  feed(bytes: Uint8Array, start: number, end: number): void {
    const state = this.#state;
    const { pipeline, tracker, output } = state;
    /** Start of the bytes that are the client's and have not been handed on. */
    let from = start;
    let at = start;
    const handOn = () => {
      if (at > from) output.toClient(bytes.subarray(from, at));
      from = at;
    };
    while (at < end) {
      if (state.mode === "authentication") {
        if (end - at < HEADER_BYTES) break;
        const next = at + HEADER_BYTES + readPayloadLength(bytes, at);
        if (next > end) break;
        const payload = bytes.subarray(at + HEADER_BYTES, next);
        followChangeUser(state, "backend", payload, bytes[at + 3] as number);
        at = next;
        from = at;
        continue;
      }
      const exchange = pipeline.head;
      if (exchange === undefined) {
        this.unsolicited = true;
        at = end;
        break;
      }
      const why = tracker.feed(bytes, at, end);
      at = tracker.position;
      if (exchange.discarding) from = at;
      if (why === "more") break;
      if (why === "done") {
        handOn();
        this.#finish(exchange);
      } else if (why === "limit") {
        handOn();
        output.toClient(errPacket(tracker.sequence + 1, ER_UNKNOWN_ERROR, this.#limitMessage(exchange)));
        this.#discard(exchange);
      } else {
        const size = HEADER_BYTES + readPayloadLength(bytes, at);
        if (exchange.mayAskForFile && !exchange.discarding) {
          at = tracker.takeLocalInfile(bytes, at);
          state.mode = "file";
          continue;
        }
        handOn();
        // The server asks for a file that this session's statement did not: it gets none, and the client is told.
        // One whose response the guard has cut was told already.
        if (!exchange.discarding) {
          exchange.closing = errPacket(
            bytes[at + 3] as number,
            ER_UNKNOWN_ERROR,
            "querycop: the server asked for a local file that no statement of this session asked it to load",
          );
          this.#discard(exchange);
        }
        tracker.takeLocalInfile(bytes, at);
        output.toBackend(encodePackets(tracker.sequence + 1, EMPTY));
        at += size;
        from = at;
      }
    }
    handOn();
    this.position = at;
  }

  #discard(exchange: Exchange): void {
    exchange.discarding = true;
    this.#state.tracker.limitBytes = Infinity;
    this.#state.tracker.limitRows = Infinity;
  }

  #finish(exchange: Exchange): void {
    const state = this.#state;
    const { pipeline, tracker, session, settings, output } = state;
    session.status = tracker.status;
    for (const change of tracker.tracked) if (change.kind === "schema") session.schema = change.name;
    exchange.onEnd?.(tracker.errno === 0);
    if (exchange.limits.windowBytes !== Infinity) {
      state.window.add(tracker.bytes, settings.coarseNow());
    }
    if (exchange.closing !== undefined) output.toClient(exchange.closing);
    if (exchange.done !== undefined) {
      exchange.done({
        result: exchange.discarding ? "guarded" : tracker.errno === 0 ? "ok" : "error",
        errno: tracker.errno,
        durationMs: settings.now() - exchange.startedMs,
        bytes: tracker.bytes,
        rows: tracker.rows,
        affectedRows: tracker.affectedRows,
        status: tracker.status,
        tracked: tracker.tracked,
      });
    }
    pipeline.shift();
    state.answerRefused();
    state.beginResponse();
  }

  #limitMessage(exchange: Exchange): string {
    const { limits } = exchange;
    const { tracker } = this.#state;
    if (tracker.rows >= tracker.limitRows) {
      return `querycop: response exceeds ${limits.rows} rows (policy limit); add a LIMIT or paginate`;
    }
    if (tracker.limitBytes < limits.responseBytes) {
      return `querycop: responses of this session exceed ${megabytes(limits.windowBytes)} MB in 60 s ` +
        "(GATEKEEPER_MAX_WINDOW_MB); add a LIMIT, paginate or wait";
    }
    return `querycop: response exceeds ${megabytes(limits.responseBytes)} MB (GATEKEEPER_MAX_RESPONSE_MB); ` +
      "add a LIMIT or paginate";
  }
}

const EMPTY = new Uint8Array(0);

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2 * 100) / 100;
}
