import type { ProxyTotals } from "../contract/counts.ts";
import { encodePackets } from "../protocol/framing.ts";
import { ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN } from "../protocol/error_codes.ts";
import { encodeErr } from "../protocol/packets/err.ts";
import type { ClientStream } from "../net/mod.ts";
import type { ProxyOptions } from "./options.ts";
import type { EndCause } from "../contract/words.ts";
import { Session } from "./session.ts";
import { UserSlot, UserSlots } from "./user_slots.ts";
import { createIdMaker } from "../base/ids.ts";

/** How often idle sessions are looked for, and the coarse clock turns, in ms. */
const TICK_MS = 1000;

/** Ticks over which the event loop's lag is looked at. */
const LAG_TICKS = 15;

/** The proxy: accepts clients, runs their sessions, ends them when it is told to stop. */
export class Proxy {
  readonly #options: ProxyOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #users: UserSlots;
  readonly #nextId = createIdMaker();
  readonly #counts = {
    accepted: 0,
    loggedIn: 0,
    refusedByLimit: 0,
    statements: 0,
    refused: 0,
    bytesFromClients: 0,
    bytesFromBackend: 0,
  };
  readonly #ended = new Map<EndCause, number>();
  #draining = false;
  #coarseMs = 0;
  #lag: number[] = [];
  #idle: (() => void) | undefined;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#users = new UserSlots(options.maxConnectionsPerUser);
  }

  /** Sessions by id, those that are logging in included. */
  get sessions(): ReadonlyMap<string, Session> {
    return this.#sessions;
  }

  /** The longest that the event loop was held up in the last 15 s, in ms. */
  get eventLoopLagMs(): number {
    return Math.max(0, ...this.#lag);
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Counts of the sessions that have ended, and of those that run now. */
  counts(): ProxyTotals {
    const counts = { ...this.#counts, ended: Object.fromEntries(this.#ended) };
    for (const session of this.#sessions.values()) {
      counts.statements += session.statements.judged;
      counts.refused += session.statements.refused;
      counts.bytesFromClients += session.bytes.fromClient;
      counts.bytesFromBackend += session.bytes.fromBackend;
    }
    return counts;
  }

  /** Accepts clients until `drain` or `close`; resolves when the last session has ended. */
  async run(): Promise<void> {
    this.#coarseMs = performance.now();
    const tick = setInterval(() => this.#tick(), TICK_MS);
    try {
      for await (const connection of this.#options.listener) {
        const running = this.#serve(connection).catch((error) => {
          this.#options.logger.error("session failed to end", { error });
          connection.close();
        });
        this.#running.add(running);
        void running.finally(() => this.#running.delete(running));
      }
      await Promise.allSettled(this.#running);
    } finally {
      clearInterval(tick);
    }
  }

  /**
   * Stops accepting, ends sessions as they come to rest, and after the drain time-out those that have not. Resolves
   * when none is left.
   */
  async drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    this.#options.listener.close();
    const deadline = performance.now() + this.#options.drainTimeoutMs;
    while (this.#sessions.size > 0) {
      const late = performance.now() >= deadline;
      for (const session of this.#sessions.values()) {
        if (late || !session.busy) session.end("drained", "querycop: server shutdown in progress");
      }
      if (this.#sessions.size === 0) break;
      await this.#someEnd(Math.min(50, this.#options.drainTimeoutMs));
    }
  }

  /** Ends every session now. */
  close(): void {
    this.#draining = true;
    this.#options.listener.close();
    for (const session of this.#sessions.values()) {
      session.end("drained", "querycop: server shutdown in progress");
    }
  }

  async #serve(connection: ClientStream): Promise<void> {
    this.#counts.accepted++;
    const { most, because } = this.#options.connectionLimit;
    if (this.#draining) {
      return await turnAway(connection, ER_SERVER_SHUTDOWN.errno, "querycop: server shutdown in progress");
    }
    if (this.#sessions.size >= most) {
      this.#counts.refusedByLimit++;
      const message = `querycop: too many connections (${because})`;
      return await turnAway(connection, ER_CON_COUNT_ERROR.errno, message);
    }
    const session = new Session(this.#nextId(), this.#options, connection, () => this.#coarseMs);
    this.#sessions.set(session.id, session);
    const slot = new UserSlot(this.#users);
    const end = await session.run(slot);
    this.#sessions.delete(session.id);
    slot.release();
    if (end.cause === "limit") this.#counts.refusedByLimit++;
    if (end.loggedIn) this.#counts.loggedIn++;
    this.#counts.statements += session.statements.judged;
    this.#counts.refused += session.statements.refused;
    this.#counts.bytesFromClients += session.bytes.fromClient;
    this.#counts.bytesFromBackend += session.bytes.fromBackend;
    this.#ended.set(end.cause, (this.#ended.get(end.cause) ?? 0) + 1);
    this.#options.logger.debug("session ended", { session: session.id, cause: end.cause, ...session.bytes });
    this.#idle?.();
  }

  #tick(): void {
    const before = this.#coarseMs;
    this.#coarseMs = performance.now();
    this.#lag.push(Math.max(0, this.#coarseMs - before - TICK_MS));
    if (this.#lag.length > LAG_TICKS) this.#lag.shift();
    const { idleTimeoutMs } = this.#options;
    if (idleTimeoutMs <= 0) return;
    for (const session of this.#sessions.values()) {
      // A session notes its activity by the same coarse clock, so what it notes may be a tick old.
      if (this.#coarseMs - session.lastActiveMs > idleTimeoutMs + TICK_MS && session.phase === "command") {
        session.end("idle_timeout", "querycop: idle for too long (GATEKEEPER_IDLE_TIMEOUT)");
      }
    }
  }

  /** Resolves when a session ends, or after `ms`. */
  #someEnd(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const idle = () => done();
      this.#idle = idle;
      function done() {
        clearTimeout(timer);
        resolve();
      }
    });
  }
}

/** An ERR in place of the greeting: without a SQLSTATE, since the client has told nothing of itself. */
async function turnAway(connection: ClientStream, errno: number, message: string): Promise<void> {
  try {
    await connection.write(encodePackets(0, encodeErr(errno, undefined, message)));
    await connection.closeWrite();
  } catch {
    // The client went away by itself.
  } finally {
    connection.close();
  }
}
