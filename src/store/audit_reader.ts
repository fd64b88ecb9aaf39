import type { AuditEvent, AuditRecord } from "../contract/audit.ts";
import type { DatabaseSync } from "node:sqlite";
import { EXPORT_SCHEMA, type ExportHeader, exportLine } from "./audit_export.ts";
import { chainEnds, findRecords, hashOfKept, RECORD_COLUMNS } from "./audit_table.ts";
import { chainHash, type ChainPoint } from "./chain.ts";
import { databasePath, openForReading } from "./database.ts";
import { journalDirectory, listJournals, segmentPath } from "./journal_files.ts";
import { readSegment } from "./journal_reader.ts";
import type { AuditFilter } from "./store.ts";
import { storeError } from "./store_error.ts";
import { readEvent } from "./event_fields.ts";
import { type ChainBreak, type ChainCheck, ChainVerifier } from "./verify.ts";

/** A period of time, in ms since the epoch; `until` is exclusive. */
export interface Period {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** An event that stands in a journal and may be in the chain as well. */
interface JournalEvent {
  /** `undefined` where nobody asked for it, so that counting takes little memory. */
  readonly event: AuditEvent | undefined;
  readonly process: string;
  readonly segment: number;
  /** Offset after its line. */
  readonly end: number;
}

/** The audit of a data directory for those who only look: nothing is brought in, nothing is written. */
export class AuditReader {
  readonly #dataDir: string;
  readonly #database: DatabaseSync;

  /** Throws StoreError. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#database = openForReading(dataDir);
  }

  /** Checks the whole chain as it stands now, in bounded memory; a hash that is expected has to be in it. */
  verify(onProgress: (done: number, total: number) => void, expect?: string): ChainCheck {
    return this.#snapshot(() => {
      const { anchor, head } = chainEnds(this.#database);
      const verifier = new ChainVerifier(anchor, expect);
      const rows = this.#database.prepare("SELECT seq, hash, event FROM audit ORDER BY seq").iterate();
      let done = 0;
      for (const { seq, hash, event } of rows) {
        if (!verifier.add({ seq: Number(seq), hash: String(hash), event: String(event) })) break;
        if (++done % 1000 === 0) onProgress(done, head.seq - anchor.seq);
      }
      const check = verifier.end(head);
      return check.broken === undefined ? { ...check, broken: this.#checkKept() } : check;
    });
  }

  /** What is wrong with the records that are kept beside the chain, by themselves and by what the chain says of them. */
  #checkKept(): ChainBreak | undefined {
    const kept = this.#database.prepare(
      "SELECT seq, hash, previous, event, type, time FROM kept ORDER BY seq",
    ).all();
    for (const { seq, hash, previous, event } of kept) {
      if (chainHash(String(previous), String(event)) === hash) continue;
      const what = `record ${seq}, which is kept beside the chain, is not what was chained`;
      return { seq: Number(seq), problem: "changed", what };
    }
    const { keptAnchor } = chainEnds(this.#database);
    const evictions = this.#database.prepare(
      `SELECT event FROM audit WHERE type = 'process' AND action = 'evicted'
       UNION ALL SELECT event FROM kept WHERE type = 'process' AND action = 'evicted'`,
    ).all();
    for (const { event } of evictions) {
      const { from, to, kept: count, kept_hash: claimed } = readEvent(JSON.parse(String(event)))?.detail ??
        {};
      if (typeof from !== "number" || typeof to !== "number" || from <= keptAnchor || count === 0) continue;
      const hashes = kept.filter(({ seq, type }) =>
        Number(seq) >= from && Number(seq) <= to && type !== "login"
      )
        .map(({ hash }) => String(hash));
      if (hashOfKept(hashes) === claimed) continue;
      return {
        seq: from,
        problem: "missing",
        what: `records ${from} to ${to}: not all that were kept are there`,
      };
    }
    return undefined;
  }

  /** Records that match, newest first, and before them the events that wait in journals. */
  query(
    filter: AuditFilter,
  ): { readonly waiting: readonly AuditEvent[]; readonly records: readonly AuditRecord[] } {
    const found = this.#readJournals((event) => matches(event, filter));
    return this.#snapshot(() => {
      const waiting = this.#notChained(found).flatMap(({ event }) => event ?? [])
        .sort((a, b) => b.time - a.time).slice(0, filter.limit);
      const records = filter.limit === waiting.length
        ? []
        : findRecords(this.#database, { ...filter, limit: filter.limit - waiting.length });
      return { waiting, records };
    });
  }

  /** Records that match and were chained after one, oldest first. */
  after(seq: number, filter: AuditFilter): readonly AuditRecord[] {
    return this.#snapshot(() => findRecords(this.#database, { ...filter, afterSeq: seq })).reverse();
  }

  /** Number of the last record. */
  head(): ChainPoint {
    return this.#snapshot(() => chainEnds(this.#database).head);
  }

  /** Events in journals that are not yet in the chain. */
  waiting(): number {
    const found = this.#readJournals(() => false);
    return this.#snapshot(() => this.#notChained(found).length);
  }

  /**
   * Writes the records of a period as lines: all from the first to the last of it, so that they are a piece of the
   * chain. The first line is an {@link ExportHeader}. Returns how many records there are.
   */
  export(period: Period, write: (line: string) => void): number {
    return this.#snapshot(() => {
      const header = this.#headerOf(period);
      write(JSON.stringify(header));
      const rows = this.#database.prepare(
        `SELECT ${RECORD_COLUMNS} FROM audit a WHERE a.seq > ? AND a.seq <= ? ORDER BY a.seq`,
      ).iterate(header.after.seq, header.up_to.seq);
      let count = 0;
      for (const { seq, hash, event, previous } of rows) {
        write(
          exportLine({
            seq: Number(seq),
            hash: String(hash),
            event: String(event),
            previous: String(previous),
          }),
        );
        count++;
      }
      return count;
    });
  }

  close(): void {
    this.#database.close();
  }

  #headerOf({ since, until }: Period): ExportHeader {
    const { anchor, head } = chainEnds(this.#database);
    const seqAt = (sql: string, ...values: number[]) => {
      const seq = this.#database.prepare(sql).get(...values)?.seq;
      return typeof seq === "number" ? seq : undefined;
    };
    const first = since === undefined
      ? anchor.seq + 1
      : seqAt("SELECT min(seq) AS seq FROM audit WHERE time >= ?", since);
    const last = until === undefined
      ? head.seq
      : seqAt("SELECT seq FROM audit WHERE +time < ? ORDER BY seq DESC LIMIT 1", until);
    if (first === undefined || last === undefined || first > last) {
      return { schema: EXPORT_SCHEMA, after: head, up_to: head };
    }
    const pointAt = (seq: number): ChainPoint => {
      if (seq === anchor.seq) return anchor;
      const row = this.#database.prepare("SELECT hash FROM audit WHERE seq = ?").get(seq);
      return { seq, hash: String(row?.hash ?? "") };
    };
    return { schema: EXPORT_SCHEMA, after: pointAt(first - 1), up_to: pointAt(last) };
  }

  /**
   * What the journals hold and was not in the chain when this began; what of it is by the time that it was read, only
   * the database knows, which is looked at afterwards.
   */
  #readJournals(wanted: (event: AuditEvent) => boolean): readonly JournalEvent[] {
    const directory = journalDirectory(this.#dataDir);
    const positions = this.#snapshot(() => this.#positions());
    const found: JournalEvent[] = [];
    for (const { process, segments } of listJournals(directory)) {
      const from = positions.get(process);
      for (const segment of segments) {
        if (from !== undefined && (from.ended || from.segment > segment)) continue;
        for (let offset = from?.segment === segment ? from.position : 0;;) {
          let part;
          try {
            part = readSegment(segmentPath(directory, process, segment), offset);
          } catch (error) {
            if (error instanceof Deno.errors.NotFound) break; // Brought in meanwhile.
            throw error;
          }
          for (const [index, event] of part.events.entries()) {
            const end = part.ends[index] ?? part.end;
            found.push({ event: wanted(event) ? event : undefined, process, segment, end });
          }
          offset = part.end;
          if (part.atEnd) break;
        }
      }
    }
    return found;
  }

  #notChained(found: readonly JournalEvent[]): readonly JournalEvent[] {
    const positions = this.#positions();
    return found.filter(({ process, segment, end }) => {
      const at = positions.get(process);
      if (at === undefined) return true;
      if (at.ended || at.segment > segment) return false;
      return at.segment < segment || at.position < end;
    });
  }

  #positions() {
    const rows = this.#database.prepare("SELECT process, segment, position, ended_at FROM journals").all();
    return new Map(rows.map((row) => [String(row.process), {
      segment: Number(row.segment),
      position: Number(row.position),
      ended: row.ended_at !== null,
    }]));
  }

  /** Runs an action that sees one state of the database. */
  #snapshot<T>(action: () => T): T {
    try {
      this.#database.exec("BEGIN");
      try {
        return action();
      } finally {
        this.#database.exec("COMMIT");
      }
    } catch (error) {
      throw storeError(error, databasePath(this.#dataDir));
    }
  }
}

function matches(event: AuditEvent, filter: AuditFilter): boolean {
  const { types, actions, since, until } = filter;
  return (types === undefined || types.includes(event.type)) &&
    (actions === undefined || actions.includes(event.action)) &&
    (["user", "role", "session", "digest"] as const).every((name) =>
      filter[name] === undefined || event[name] === filter[name]
    ) &&
    (since === undefined || event.time >= since) && (until === undefined || event.time < until);
}
