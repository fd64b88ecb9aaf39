import type { AuditEvent } from "../contract/audit.ts";
import type { DatabaseSync } from "node:sqlite";
import { applyToApprovals, pendingOf } from "./approvals_table.ts";
import { ChainAppender } from "./audit_table.ts";
import { inTransaction } from "./database.ts";
import { type JournalOfProcess, listJournals, lockPath, segmentPath } from "./journal_files.ts";
import { addDigests } from "./digests_table.ts";
import { type JournalPart, readSegment } from "./journal_reader.ts";

/** How far a process's journal has been brought in. */
interface Position {
  readonly segment: number;
  readonly position: number;
  /** True once the process had ended and all of it was in. */
  readonly ended: boolean;
}

/** A segment whose lock file is missing belongs to nobody after this without a change, in ms. */
const ORPHANED_MS = 3600 * 1000;

/** What the importer is told. */
export interface ImporterOptions {
  readonly database: DatabaseSync;
  /** The journal directory. */
  readonly directory: string;
  /** Most statement shapes whose counts are kept. */
  readonly maxDigests: number;
  readonly newId: () => string;
  readonly now: () => number;
}

/**
 * Brings journals into the chain. A batch of lines, the place in the segment up to which they reach and all that
 * follows from them are one transaction, so that each event comes in once wherever this process or another that does
 * the same is stopped; a segment is removed only afterwards.
 */
export class Importer {
  readonly #database: DatabaseSync;
  readonly #directory: string;
  readonly #appender: ChainAppender;
  readonly #maxDigests: number;
  readonly #newId: () => string;
  readonly #now: () => number;

  constructor({ database, directory, maxDigests, newId, now }: ImporterOptions) {
    this.#database = database;
    this.#directory = directory;
    this.#appender = new ChainAppender(database);
    this.#maxDigests = maxDigests;
    this.#newId = newId;
    this.#now = now;
  }

  /** Adds an event of the store's own to the chain; the caller's transaction. */
  append(event: AuditEvent): void {
    this.#appender.append([event]);
  }

  /** One batch after the other until everything recorded until now is in; yields the number of events after each. */
  *run(): Generator<number> {
    for (const journal of listJournals(this.#directory)) yield* this.#process(journal);
  }

  *#process(journal: JournalOfProcess): Generator<number> {
    // Held while the rest of an ended process's journal is read: nobody else takes it for theirs meanwhile.
    using lock = this.#lockOfEnded(journal);
    const ended = lock !== undefined || this.#isOrphan(journal);
    // Once it is known to have ended, the list is read anew: it may have written until then.
    const { segments } = lock === undefined
      ? journal
      : listJournals(this.#directory).find(({ process }) => process === journal.process) ?? journal;
    for (const [index, segment] of segments.entries()) {
      const isLast = index === segments.length - 1;
      yield* this.#segment(journal.process, segment, ended || !isLast);
    }
    if (!ended) return;
    yield this.#finish(journal.process);
    if (journal.hasLock) removeIfThere(lockPath(this.#directory, journal.process));
  }

  *#segment(process: string, segment: number, whole: boolean): Generator<number> {
    const path = segmentPath(this.#directory, process, segment);
    for (;;) {
      const from = this.#positionOf(process);
      const isBehind = from.ended || from.segment > segment;
      if (isBehind) break;
      const offset = from.segment === segment ? from.position : 0;
      let part;
      try {
        part = readSegment(path, offset);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return; // Another process has brought it in.
        throw error;
      }
      if (part.end > offset) {
        const { digests } = part;
        const events = part.damaged === 0
          ? part.events
          : [...part.events, this.#damaged(process, segment, part.damaged)];
        const to = { segment, position: part.end };
        if (!this.#bringIn(process, { events, digests }, from, to)) continue; // Another process was faster.
        yield events.length;
      }
      if (part.closed || (part.atEnd && whole)) break;
      if (part.atEnd) return;
    }
    removeIfThere(path);
  }

  /** False, and nothing done, where the position is no longer what it was. */
  #bringIn(
    process: string,
    { events, digests }: Pick<JournalPart, "events" | "digests">,
    from: Position,
    to: { readonly segment: number; readonly position: number },
  ): boolean {
    return inTransaction(this.#database, () => {
      const now = this.#positionOf(process);
      if (now.segment !== from.segment || now.position !== from.position || now.ended !== from.ended) {
        return false;
      }
      this.#appender.append(events);
      for (const event of events) applyToApprovals(this.#database, event, process);
      if (digests.length > 0) addDigests(this.#database, digests, this.#maxDigests);
      this.#database.prepare(
        `INSERT INTO journals (process, segment, position) VALUES (?, ?, ?)
         ON CONFLICT (process) DO UPDATE SET segment = excluded.segment, position = excluded.position`,
      ).run(process, to.segment, to.position);
      return true;
    });
  }

  /** What an ended process still held can be decided by nobody. */
  #finish(process: string): number {
    return inTransaction(this.#database, () => {
      if (this.#positionOf(process).ended) return 0;
      const time = this.#now();
      const events = pendingOf(this.#database, process).map((about): AuditEvent => ({
        id: this.#newId(),
        time,
        type: "approval",
        action: "lost",
        about,
        reason: "The process that held the statement ended",
      }));
      this.#appender.append(events);
      for (const event of events) applyToApprovals(this.#database, event, process);
      this.#database.prepare(
        `INSERT INTO journals (process, segment, position, ended_at) VALUES (?, 0, 0, ?)
         ON CONFLICT (process) DO UPDATE SET ended_at = excluded.ended_at`,
      ).run(process, time);
      return events.length;
    });
  }

  #damaged(process: string, segment: number, lines: number): AuditEvent {
    return {
      id: this.#newId(),
      time: this.#now(),
      type: "process",
      action: "journal_damaged",
      reason: "Lines of a journal are no events",
      detail: { process, segment, lines },
    };
  }

  #positionOf(process: string): Position {
    const row = this.#database.prepare("SELECT segment, position, ended_at FROM journals WHERE process = ?")
      .get(process);
    if (row === undefined) return { segment: 0, position: 0, ended: false };
    return { segment: Number(row.segment), position: Number(row.position), ended: row.ended_at !== null };
  }

  /** The lock of a process that has let go of it; `undefined` while it lives. */
  #lockOfEnded({ process, hasLock }: JournalOfProcess): Deno.FsFile | undefined {
    if (!hasLock) return undefined;
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(lockPath(this.#directory, process), { write: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    if (file.tryLockSync(true)) return file;
    file.close();
    return undefined;
  }

  #isOrphan({ process, segments, hasLock }: JournalOfProcess): boolean {
    const newest = segments.at(-1);
    if (hasLock || newest === undefined) return false;
    try {
      const { mtime } = Deno.statSync(segmentPath(this.#directory, process, newest));
      return mtime !== null && mtime.getTime() < this.#now() - ORPHANED_MS;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
