import type { Approval } from "../contract/approval.ts";
import type { AuditEvent, AuditRecord } from "../contract/audit.ts";
import type { Digest, DigestRow } from "../contract/digest.ts";
import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";
import type { DatabaseSync } from "node:sqlite";
import { createIdMaker } from "../base/ids.ts";
import { findApproval, findApprovals, trimApprovals } from "./approvals_table.ts";
import { chainEnds, findRecords, type Removed, removeOldest, trimKept } from "./audit_table.ts";
import { databasePath, inTransaction, openDatabase } from "./database.ts";
import { addDigests, findDigests } from "./digests_table.ts";
import { Importer } from "./importer.ts";
import { journalDirectory } from "./journal_files.ts";
import {
  changeLearned,
  nextEnd,
  overrideChanges,
  type OverrideKind,
  putOverride,
  readOverrides,
  removeOverride,
  trimOverrides,
} from "./overrides_table.ts";
import type { AuditFilter, Store } from "./store.ts";

/** What a database is opened with. */
export interface DatabaseOptions {
  readonly dataDir: string;
  /** Records older than this are removed, in ms; 0 keeps them. */
  readonly keepMs: number;
  /** About the size past which the oldest records are removed, in bytes; Infinity for no limit. */
  readonly maxAuditBytes: number;
  /** Most statement shapes whose counts are kept. */
  readonly maxDigests: number;
  /** False where another process brings journals in and removes what is old: then this one only reads and writes rows. */
  readonly imports: boolean;
}

/** What a store does when it is asked, without waiting: {@link Store} but for its promises. */
type Calls = {
  readonly [K in Exclude<keyof Store, "onOverrides" | "state" | "close">]: (
    ...args: Parameters<Store[K]>
  ) => Awaited<ReturnType<Store[K]>>;
};

/** Removed pages that are given back to the file system at a time. */
const VACUUMED_PAGES = 500;
/** How long an ended process is remembered, in ms: far longer than another one needs to finish reading its journal. */
const REMEMBER_ENDED_MS = 7 * 24 * 3600 * 1000;

/** The database and all that is done with it, on the thread that calls. Throws what SQLite throws. */
export class StoreDatabase implements Calls {
  readonly #database: DatabaseSync;
  readonly #options: DatabaseOptions;
  readonly #importer: Importer;
  readonly #now: () => number;
  readonly #newId: () => string;
  /** Number of the file that was opened; null where the system has none. */
  readonly #file: number | null | undefined;
  #round: Generator<number> | undefined;
  #dataVersion = -1;
  #changes = -1;
  #nextEnd = Infinity;

  /** Throws StoreError. */
  constructor(options: DatabaseOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
    this.#database = openDatabase(options.dataDir);
    this.#file = this.#fileThere();
    this.#newId = createIdMaker(now);
    this.#importer = new Importer({
      database: this.#database,
      directory: journalDirectory(options.dataDir),
      maxDigests: options.maxDigests,
      newId: this.#newId,
      now,
    });
  }

  audit(filter: AuditFilter): readonly AuditRecord[] {
    return findRecords(this.#database, filter);
  }

  addDigests(rows: readonly DigestRow[]): void {
    inTransaction(this.#database, () => addDigests(this.#database, rows, this.#options.maxDigests));
  }

  digests(query: Parameters<Store["digests"]>[0]): readonly DigestRow[] {
    return findDigests(this.#database, query);
  }

  overrides(): Overrides {
    return readOverrides(this.#database, this.#now());
  }

  putBlock(block: Block): void {
    this.#put("block", block);
  }

  removeBlock(id: string): boolean {
    return this.#remove("block", id);
  }

  putBreakGlass(entry: BreakGlass): void {
    this.#put("break_glass", entry);
  }

  removeBreakGlass(id: string): boolean {
    return this.#remove("break_glass", id);
  }

  putApprovedDigest(entry: ApprovedDigest): void {
    this.#put("approved", entry);
  }

  removeApprovedDigest(id: string): boolean {
    return this.#remove("approved", id);
  }

  learn(role: string, digests: readonly Digest[]): number {
    return this.#changeLearned("learn", role, digests);
  }

  forget(role: string, digests: readonly Digest[]): number {
    return this.#changeLearned("forget", role, digests);
  }

  approvals(query: Parameters<Store["approvals"]>[0]): readonly Approval[] {
    return findApprovals(this.#database, query);
  }

  approval(id: string): Approval | undefined {
    return findApproval(this.#database, id);
  }

  flush(): void {
    if (!this.#options.imports) return;
    this.#requireInPlace();
    // A round in progress holds the locks of ended processes, so it has to end before all can be brought in.
    while (this.#round !== undefined) this.importSome();
    for (const _ of this.#importer.run());
  }

  /** Brings a batch of events in; false once there was no more, after which it begins anew. */
  importSome(): boolean {
    this.#requireInPlace();
    this.#round ??= this.#importer.run();
    try {
      if (this.#round.next().done !== true) return true;
    } catch (error) {
      this.#round = undefined;
      throw error;
    }
    this.#round = undefined;
    return false;
  }

  /** The overrides where they have changed since this was last asked, by whichever process or by time. */
  changedOverrides(): Overrides | undefined {
    const now = this.#now();
    const version = Number(this.#database.prepare("PRAGMA data_version").get()?.data_version);
    const isSame = version === this.#dataVersion && now < this.#nextEnd;
    this.#dataVersion = version;
    if (isSame && this.#changes >= 0) return undefined;
    const changes = overrideChanges(this.#database);
    if (changes === this.#changes && now < this.#nextEnd) return undefined;
    this.#changes = changes;
    this.#nextEnd = nextEnd(this.#database, now);
    return this.overrides();
  }

  /** Removes some of what is too old or too much; says whether there is more of it. What had to make room is on record. */
  tidy(): boolean {
    const { keepMs, maxAuditBytes } = this.#options;
    const now = this.#now();
    const removed = inTransaction(this.#database, () => {
      trimApprovals(this.#database);
      trimOverrides(this.#database, now);
      this.#database.prepare("DELETE FROM journals WHERE ended_at < ?").run(now - REMEMBER_ENDED_MS);
      const since = keepMs === 0 ? -Infinity : now - keepMs;
      trimKept(this.#database, since);
      const oldest = removeOldest(this.#database, { since, maxBytes: maxAuditBytes });
      if (oldest !== undefined && oldest.evicted + oldest.kept > 0) {
        this.#importer.append(this.#evictedEvent(oldest));
      }
      return oldest;
    });
    if (removed !== undefined) this.#database.exec(`PRAGMA incremental_vacuum(${VACUUMED_PAGES})`);
    return removed !== undefined;
  }

  /** Records that were removed for room, since the database was made. */
  evicted(): number {
    return chainEnds(this.#database).evicted;
  }

  #evictedEvent({ evicted, kept, keptHash, from, to }: Removed): AuditEvent {
    return {
      id: this.#newId(),
      time: this.#now(),
      type: "process",
      action: "evicted",
      reason: "The audit reached GATEKEEPER_AUDIT_MAX_MB",
      detail: { records: evicted, kept, kept_hash: keptHash, from, to },
    };
  }

  close(): void {
    this.#round?.return(undefined);
    this.#database.close();
  }

  /**
   * Throws where the file was removed or replaced under us: what is written to it then is lost with us, and journals
   * that are brought into it would be missing from the one in its place.
   */
  #requireInPlace(): void {
    if (this.#fileThere() === this.#file) return;
    this.#round?.return(undefined);
    this.#round = undefined;
    throw new Error("its file was removed or replaced while it was open");
  }

  #fileThere(): number | null | undefined {
    try {
      return Deno.statSync(databasePath(this.#options.dataDir)).ino;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  #changeLearned(change: "learn" | "forget", role: string, digests: readonly Digest[]): number {
    this.#changes = -1;
    return inTransaction(this.#database, () => changeLearned(this.#database, change, role, digests));
  }

  #put(kind: OverrideKind, entry: Parameters<typeof putOverride>[2]): void {
    inTransaction(this.#database, () => putOverride(this.#database, kind, entry));
    this.#changes = -1;
  }

  #remove(kind: OverrideKind, id: string): boolean {
    const removed = inTransaction(this.#database, () => removeOverride(this.#database, kind, id));
    this.#changes = -1;
    return removed;
  }
}
