import type { Overrides } from "../contract/override.ts";
import { type DatabaseOptions, StoreDatabase } from "./store_database.ts";
import { databasePath } from "./database.ts";
import { StoreError, storeError, storeProblem } from "./store_error.ts";

/** What the service says without being asked. */
export type StoreNews =
  | { readonly news: "overrides"; readonly overrides: Overrides }
  /** How it is doing; `undefined` is well. */
  | { readonly news: "state"; readonly problem: string | undefined }
  /** More audit records were removed for room. */
  | { readonly news: "evicted"; readonly more: number };

/** Methods that may be called from afar. */
export type StoreMethod = Exclude<
  {
    [K in keyof StoreDatabase]: StoreDatabase[K] extends (...args: never) => unknown ? K : never;
  }[keyof StoreDatabase],
  "importSome" | "changedOverrides" | "tidy" | "evicted" | "close"
>;

/** How often journals are looked at, in ms. */
const IMPORT_EVERY_MS = 250;
/** How often other processes' changes and ends are looked for, in ms. */
const POLL_EVERY_MS = 1000;
/** How often what is old is removed, in ms; without a wait while there is more of it. */
const TIDY_EVERY_MS = 10_000;
/** Wait after a failure, in ms. */
const RETRY_MS = 1000;

/** The database with all that it does by itself: bringing journals in, telling of changes, removing what is old. */
export class StoreService {
  readonly #options: DatabaseOptions;
  readonly #tell: (news: StoreNews) => void;
  #database: StoreDatabase | undefined;
  #problem: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;
  #pollAt = 0;
  #tidyAt = 0;

  constructor(options: DatabaseOptions, tell: (news: StoreNews) => void) {
    this.#options = options;
    this.#tell = tell;
  }

  /** Opens the database and starts its work. Throws StoreError where it cannot be used now; it goes on trying. */
  open(): void {
    try {
      this.#open();
      this.#schedule(0);
    } catch (error) {
      this.#schedule(RETRY_MS);
      throw error;
    }
  }

  /** Does what is asked, at once. Throws StoreError. */
  call(method: StoreMethod, args: readonly unknown[]): unknown {
    const database = this.#database;
    const path = databasePath(this.#options.dataDir);
    if (database === undefined) {
      throw new StoreError("failed", this.#problem ?? `${path} is not open`);
    }
    try {
      const result = (database[method] as (...args: unknown[]) => unknown).apply(database, [...args]);
      this.#tellOverrides(database);
      return result;
    } catch (error) {
      throw storeError(error, path);
    }
  }

  /** Brings in what is left and closes. */
  close(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    try {
      this.#database?.flush();
    } catch (error) {
      throw storeError(error, databasePath(this.#options.dataDir));
    } finally {
      this.#database?.close();
      this.#database = undefined;
    }
  }

  #open(): void {
    try {
      this.#database = new StoreDatabase(this.#options);
      this.#tellState(undefined);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Lets go of the database where only opening it anew can help. */
  #fail(error: unknown): StoreError {
    const failure = storeError(error, databasePath(this.#options.dataDir));
    this.#tellState(failure.message);
    if (failure.reason !== "busy" && failure.reason !== "full") {
      const database = this.#database;
      this.#database = undefined;
      try {
        database?.close();
      } catch {
        // It is of no use any more, and there is nothing left to save in it.
      }
    }
    return failure;
  }

  #schedule(waitMs: number): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), waitMs);
  }

  async #work(): Promise<void> {
    try {
      if (this.#database === undefined) this.#open();
      const database = this.#database;
      if (database === undefined) {
        throw storeProblem("closed", databasePath(this.#options.dataDir), "it is closed");
      }
      await this.#round(database);
      if (this.#ended) return;
      this.#tellState(undefined);
      this.#schedule(IMPORT_EVERY_MS);
    } catch (error) {
      if (!(error instanceof StoreError)) this.#fail(error);
      this.#schedule(RETRY_MS);
    }
  }

  async #round(database: StoreDatabase): Promise<void> {
    const now = performance.now();
    if (now >= this.#pollAt) {
      this.#pollAt = now + POLL_EVERY_MS;
      this.#tellOverrides(database);
    }
    if (!this.#options.imports) return;
    while (database.importSome()) {
      await pause(); // Whoever asked something meanwhile comes first.
      if (this.#database !== database) return;
    }
    while (performance.now() >= this.#tidyAt) {
      const before = database.evicted();
      if (!database.tidy()) this.#tidyAt = performance.now() + TIDY_EVERY_MS;
      const more = database.evicted() - before;
      if (more > 0) this.#tell({ news: "evicted", more });
      await pause();
      if (this.#database !== database) return;
    }
  }

  #tellOverrides(database: StoreDatabase): void {
    const overrides = database.changedOverrides();
    if (overrides !== undefined) this.#tell({ news: "overrides", overrides });
  }

  #tellState(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#tell({ news: "state", problem });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
