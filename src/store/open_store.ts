import type { Digest, DigestRow } from "../contract/digest.ts";
import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";
import type { Logger } from "../base/logger.ts";
import { buildKind } from "../base/self_command.ts";
import { databasePath } from "./database.ts";
import type { AuditFilter, Store, StoreState } from "./store.ts";
import type { DatabaseOptions } from "./store_database.ts";
import { StoreError, storeProblem } from "./store_error.ts";
import type { StoreMethod } from "./store_service.ts";
import { STORE_THREAD } from "./is_store_thread.ts";
import { type FromThread, type ThreadFailure, type ToThread } from "./store_thread.ts";

/** What a store is opened with. */
export interface StoreOptions extends Pick<DatabaseOptions, "dataDir"> {
  /** Records older than this are removed, in ms; 0 or nothing keeps them. */
  readonly keepMs?: number;
  /** About the size past which the oldest records are removed, in bytes; no limit where it is left out. */
  readonly maxAuditBytes?: number;
  /** Most statement shapes whose counts are kept; 20,000 where it is left out. */
  readonly maxDigests?: number;
  /** False for a command beside a server: it leaves journals alone. */
  readonly imports?: boolean;
  /** Where the database cannot be opened: true rejects, false opens and goes on trying, and the state says so. */
  readonly required: boolean;
  readonly logger?: Logger;
  /** The thread, for tests. */
  readonly startThread?: () => Worker;
}

/** Waits before a thread that ended is started again, in ms, doubling up to the last. */
const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;
/** Removals for room are logged once in this time, in ms. */
const EVICTION_LOG_MS = 60_000;
/** How long closing may take, in ms. */
const CLOSE_MS = 10_000;

/** Opens the store on a thread of its own. Rejects with StoreError. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const store = new ThreadStore(options);
  try {
    await store.opened;
    return store;
  } catch (error) {
    if (!options.required) return store;
    await store.close();
    throw error;
  }
}

class ThreadStore implements Store {
  readonly #options: StoreOptions;
  readonly #path: string;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  readonly #listeners: ((overrides: Overrides) => void)[] = [];
  #lastOverrides: Overrides | undefined;
  #worker: Worker | undefined;
  #nextId = 1;
  #problem: string | undefined = "the database is not open yet";
  #restarts = 0;
  #evicted = 0;
  #evictionLoggedAt = -Infinity;
  #restartMs = FIRST_RESTART_MS;
  #restartTimer: ReturnType<typeof setTimeout> | undefined;
  #closing = false;
  #closed: () => void = () => {};
  readonly #opening = Promise.withResolvers<void>();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#path = databasePath(options.dataDir);
    this.#opening.promise.catch(() => {}); // Whoever waits for it sees it too.
    this.#start();
  }

  /** Resolves when the database is open; rejects where the first attempt fails. */
  get opened(): Promise<void> {
    return this.#opening.promise;
  }

  state(): StoreState {
    return {
      healthy: this.#problem === undefined,
      problem: this.#problem,
      restarts: this.#restarts,
      evicted: this.#evicted,
    };
  }

  onOverrides(listener: (overrides: Overrides) => void): void {
    this.#listeners.push(listener);
    if (this.#lastOverrides !== undefined) listener(this.#lastOverrides);
  }

  readonly audit = (filter: AuditFilter) => this.#ask("audit", filter);
  readonly addDigests = (rows: readonly DigestRow[]) => this.#ask("addDigests", rows);
  readonly digests = (query: Parameters<Store["digests"]>[0]) => this.#ask("digests", query);
  readonly overrides = () => this.#ask("overrides");
  readonly putBlock = (block: Block) => this.#ask("putBlock", block);
  readonly removeBlock = (id: string) => this.#ask("removeBlock", id);
  readonly putBreakGlass = (entry: BreakGlass) => this.#ask("putBreakGlass", entry);
  readonly removeBreakGlass = (id: string) => this.#ask("removeBreakGlass", id);
  readonly putApprovedDigest = (entry: ApprovedDigest) => this.#ask("putApprovedDigest", entry);
  readonly removeApprovedDigest = (id: string) => this.#ask("removeApprovedDigest", id);
  readonly learn = (role: string, digests: readonly Digest[]) => this.#ask("learn", role, digests);
  readonly forget = (role: string, digests: readonly Digest[]) => this.#ask("forget", role, digests);
  readonly approvals = (query: Parameters<Store["approvals"]>[0]) => this.#ask("approvals", query);
  readonly approval = (id: string) => this.#ask("approval", id);
  readonly flush = () => this.#ask("flush");

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#restartTimer);
    const worker = this.#worker;
    if (worker !== undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS);
        this.#closed = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#send({ close: true });
      });
      worker.terminate();
    }
    this.#drop(storeProblem("closed", this.#path, "it is closed"));
    this.#problem = "the store is closed";
  }

  #ask<M extends StoreMethod & keyof Store>(
    method: M,
    ...args: Parameters<Store[M]>
  ): Promise<Awaited<ReturnType<Store[M]>>> {
    if (this.#worker === undefined || this.#closing) {
      return Promise.reject(storeProblem("closed", this.#path, this.#problem ?? "it is closed"));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (result) => resolve(result as Awaited<ReturnType<Store[M]>>),
        reject,
      });
      this.#send({ id, method, args });
    });
  }

  #start(): void {
    const worker = (this.#options.startThread ?? startThread)();
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#hear(data, worker);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crashed(worker, event.message);
    };
    this.#worker = worker;
  }

  #send(message: ToThread): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromThread, from: Worker): void {
    if (from !== this.#worker) return;
    if (message === "ready") this.#send({ open: databaseOptions(this.#options) });
    else if (message === "closed") this.#closed();
    else if ("opened" in message) {
      if (message.opened === true) {
        this.#setProblem(undefined);
        this.#opening.resolve();
      } else this.#opening.reject(errorOf(message.opened));
    } else if ("news" in message) {
      if (message.news === "state") this.#setProblem(message.problem);
      else if (message.news === "evicted") this.#noteEvicted(message.more);
      else {
        this.#lastOverrides = message.overrides;
        for (const listener of this.#listeners) listener(message.overrides);
      }
    } else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ("failure" in message) waiting?.reject(errorOf(message.failure));
      else waiting?.resolve(message.result);
    }
  }

  #crashed(worker: Worker, message: string): void {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = undefined;
    const problem = `the store's thread ended: ${message}`;
    this.#restarts++;
    this.#problem = problem;
    this.#options.logger?.error("store thread ended, starting another", {
      reason: message,
      wait_ms: this.#restartMs,
    });
    const error = storeProblem("failed", this.#path, problem);
    this.#drop(error);
    this.#opening.reject(error);
    this.#closed();
    if (this.#closing) return;
    this.#restartTimer = setTimeout(() => this.#start(), this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, LONGEST_RESTART_MS);
  }

  #drop(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #noteEvicted(more: number): void {
    this.#evicted += more;
    const now = performance.now();
    if (now - this.#evictionLoggedAt < EVICTION_LOG_MS) return;
    this.#evictionLoggedAt = now;
    this.#options.logger?.warn("audit records were removed for room", {
      removed_since_start: this.#evicted,
      hint: "Raise GATEKEEPER_AUDIT_MAX_MB, or see with querycop audit query what fills the audit",
    });
  }

  #setProblem(problem: string | undefined): void {
    const { logger } = this.#options;
    if (problem !== undefined) logger?.error("the audit's database cannot be written", { reason: problem });
    else if (this.#lastOverrides !== undefined) logger?.info("the audit's database can be written again");
    this.#problem = problem;
    if (problem === undefined) this.#restartMs = FIRST_RESTART_MS;
  }
}

/** The same program with another entry: from source a file of its own, else the program's one file that is an entry. */
function startThread(): Worker {
  const entry = buildKind() === "source"
    ? new URL("./store_worker.ts", import.meta.url).href
    : Deno.mainModule;
  return new Worker(entry, { type: "module", name: STORE_THREAD });
}

function databaseOptions(options: StoreOptions): DatabaseOptions {
  return {
    dataDir: options.dataDir,
    keepMs: options.keepMs ?? 0,
    maxAuditBytes: options.maxAuditBytes ?? Infinity,
    maxDigests: options.maxDigests ?? 20_000,
    imports: options.imports ?? true,
  };
}

function errorOf({ reason, message, hint }: ThreadFailure): StoreError {
  return new StoreError(reason, message, { hint });
}
