import type { AuditEvent, AuditRecord } from "../contract/audit.ts";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { canonicalJson, chainHash, type ChainPoint } from "./chain.ts";
import { readEvent } from "./event_fields.ts";
import type { AuditFilter } from "./store.ts";

/** Bytes that a record takes beside its event: hash, keys, indexes. About, for the limit on the audit's size. */
const RECORD_OVERHEAD_BYTES = 330;

/** Where the chain begins and ends. */
export interface ChainEnds {
  /** The last record. */
  readonly head: ChainPoint;
  /** The last record that was removed; zero and zeros while none was. */
  readonly anchor: ChainPoint;
  /** What the records take, about. */
  readonly bytes: number;
}

/** The chain's ends as the database has them now. */
export function chainEnds(database: DatabaseSync): ChainEnds {
  const row = database.prepare("SELECT seq, hash, anchor_seq, anchor_hash, bytes FROM chain").get();
  return {
    head: { seq: Number(row?.seq), hash: String(row?.hash) },
    anchor: { seq: Number(row?.anchor_seq), hash: String(row?.anchor_hash) },
    bytes: Number(row?.bytes),
  };
}

/** Adds events to the chain. Prepared once for a connection; each call belongs in the caller's transaction. */
export class ChainAppender {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #setHead: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare("INSERT INTO audit (seq, hash, event) VALUES (?, ?, ?)");
    this.#setHead = database.prepare("UPDATE chain SET seq = ?, hash = ?, bytes = bytes + ?");
  }

  append(events: readonly AuditEvent[]): void {
    if (events.length === 0) return;
    let { seq, hash } = chainEnds(this.#database).head;
    let bytes = 0;
    for (const event of events) {
      const canonical = canonicalJson(event);
      hash = chainHash(hash, canonical);
      this.#insert.run(++seq, hash, canonical);
      bytes += canonical.length + RECORD_OVERHEAD_BYTES;
    }
    this.#setHead.run(seq, hash, bytes);
  }
}

/** Oldest records to remove at a time: short enough that nobody waits for it. */
const REMOVED_AT_A_TIME = 1000;

/** What to keep. */
export interface Retention {
  /** Records from before this go, in ms since the epoch; 0 keeps them. */
  readonly since: number;
  /** Infinity for no limit. */
  readonly maxBytes: number;
}

/** Removes some of the oldest records that need not stay; the caller's transaction. Says how many went. */
export function removeOldest(database: DatabaseSync, keep: Retention): number {
  const { bytes } = chainEnds(database);
  const oldest = database.prepare(
    "SELECT seq, hash, time, length(event) AS size FROM audit ORDER BY seq LIMIT ?",
  );
  let excess = bytes - keep.maxBytes;
  let removed = 0;
  let freed = 0;
  let last: ChainPoint | undefined;
  for (const { seq, hash, time, size } of oldest.iterate(REMOVED_AT_A_TIME)) {
    if (Number(time) >= keep.since && excess <= 0) break;
    const takes = Number(size) + RECORD_OVERHEAD_BYTES;
    excess -= takes;
    freed += takes;
    removed++;
    last = { seq: Number(seq), hash: String(hash) };
  }
  if (last === undefined) return 0;
  database.prepare("UPDATE chain SET anchor_seq = ?, anchor_hash = ?, bytes = max(0, bytes - ?)")
    .run(last.seq, last.hash, freed);
  database.prepare("DELETE FROM audit WHERE seq <= ?").run(last.seq);
  return removed;
}

/** A row of `audit` with the hash before it, as a record. */
function recordOf(row: Readonly<Record<string, unknown>>): AuditRecord {
  const event = readEvent(JSON.parse(String(row.event)));
  if (event === undefined) throw new Error(`Record ${row.seq} of the audit is no event`);
  return { ...event, seq: Number(row.seq), previous: String(row.previous), hash: String(row.hash) };
}

/** Columns of a record; the hash before the oldest is the anchor's. */
export const RECORD_COLUMNS =
  "a.seq, a.hash, a.event, coalesce((SELECT hash FROM audit WHERE seq = a.seq - 1), " +
  "(SELECT anchor_hash FROM chain WHERE anchor_seq = a.seq - 1), '') AS previous";

/** Records that match, newest first. */
export function findRecords(database: DatabaseSync, filter: AuditFilter): AuditRecord[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, ...given: readonly (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const anyOf = (column: string, list: readonly string[] | undefined) => {
    if (list !== undefined) where(`a.${column} IN (${list.map(() => "?").join(", ")})`, ...list);
  };
  anyOf("type", filter.types);
  anyOf("action", filter.actions);
  for (const column of ["user", "role", "session", "digest"] as const) {
    const value = filter[column];
    if (value !== undefined) where(`a.${column} = ?`, value);
  }
  if (filter.since !== undefined) where("a.time >= ?", filter.since);
  // Nearly all records are before a time that is asked for, so an index on it would not help.
  if (filter.until !== undefined) where("+a.time < ?", filter.until);
  if (filter.beforeSeq !== undefined) where("a.seq < ?", filter.beforeSeq);
  if (filter.afterSeq !== undefined) where("a.seq > ?", filter.afterSeq);
  const condition = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return database.prepare(`SELECT ${RECORD_COLUMNS} FROM audit a ${condition} ORDER BY a.seq DESC LIMIT ?`)
    .all(...values, filter.limit).map(recordOf);
}
