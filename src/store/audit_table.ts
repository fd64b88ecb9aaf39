import { createHash } from "node:crypto";
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
  /** Records that were removed for room and are not kept, since the database was made. */
  readonly evicted: number;
  /** The last record kept beside the chain that was removed for its age. */
  readonly keptAnchor: number;
}

/** The chain's ends as the database has them now. */
export function chainEnds(database: DatabaseSync): ChainEnds {
  const row = database.prepare(
    "SELECT seq, hash, anchor_seq, anchor_hash, bytes, evicted, kept_anchor FROM chain",
  ).get();
  return {
    head: { seq: Number(row?.seq), hash: String(row?.hash) },
    anchor: { seq: Number(row?.anchor_seq), hash: String(row?.anchor_hash) },
    bytes: Number(row?.bytes),
    evicted: Number(row?.evicted),
    keptAnchor: Number(row?.kept_anchor),
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

/** Types that a client can write as many records of as it likes; all others are kept when there is no room. */
const FLOODS: readonly string[] = ["statement", "session_end"];
/** More than a record of an eviction takes, so that one does not call for the next. */
const EVICTION_BYTES = 1024;
/** Logins that are kept; any client can make them too. */
const MOST_KEPT_LOGINS = 20_000;

/** What left the chain. */
export interface Removed {
  readonly records: number;
  /** Those of them that had to make room. */
  readonly evicted: number;
  /** Those of them that stay, beside the chain: what administrators did, and logins. */
  readonly kept: number;
  /** SHA-256 over the hashes of those that are no logins, one after the other: the chain says what they are. */
  readonly keptHash: string;
  readonly from: number;
  readonly to: number;
}

/** Removes some of the oldest records that need not stay; the caller's transaction. Undefined where all may stay. */
export function removeOldest(database: DatabaseSync, keep: Retention): Removed | undefined {
  const { bytes, anchor } = chainEnds(database);
  const oldest = database.prepare(
    "SELECT seq, hash, event, time, type, length(event) AS size FROM audit ORDER BY seq LIMIT ?",
  );
  const insert = database.prepare("INSERT INTO kept (seq, hash, previous, event) VALUES (?, ?, ?, ?)");
  // Only what clients flood the audit with has to make room; that it did is recorded, which takes some itself.
  let excess = bytes > keep.maxBytes && hasFlood(database) ? bytes - keep.maxBytes + EVICTION_BYTES : 0;
  let previous = anchor.hash;
  let [records, evicted, kept, freed] = [0, 0, 0, 0];
  const hashes: string[] = [];
  let last: ChainPoint | undefined;
  for (const { seq, hash, event, time, type, size } of oldest.iterate(REMOVED_AT_A_TIME)) {
    const isOld = Number(time) < keep.since;
    if (!isOld && excess <= 0) break;
    if (!isOld && !FLOODS.includes(String(type))) {
      insert.run(Number(seq), String(hash), previous, String(event));
      if (type !== "login") hashes.push(String(hash));
      kept++;
    } else if (!isOld) evicted++;
    const takes = Number(size) + RECORD_OVERHEAD_BYTES;
    excess -= takes;
    freed += takes;
    records++;
    previous = String(hash);
    last = { seq: Number(seq), hash: previous };
  }
  if (last === undefined) return undefined;
  database.prepare(
    "UPDATE chain SET anchor_seq = ?, anchor_hash = ?, bytes = max(0, bytes - ?), evicted = evicted + ?",
  ).run(last.seq, last.hash, freed, evicted);
  database.prepare("DELETE FROM audit WHERE seq <= ?").run(last.seq);
  return { records, evicted, kept, keptHash: hashOfKept(hashes), from: anchor.seq + 1, to: last.seq };
}

function hasFlood(database: DatabaseSync): boolean {
  const floods = [...FLOODS, "login"];
  const types = floods.map(() => "?").join(", ");
  return database.prepare(`SELECT 1 FROM audit WHERE type IN (${types}) ORDER BY seq LIMIT 1`).get(
    ...floods,
  ) !== undefined;
}

/** What the chain says of records that are kept beside it. */
export function hashOfKept(hashes: readonly string[]): string {
  return createHash("sha256").update(hashes.join("")).digest("hex");
}

/** Removes kept records from before a time, and logins past a number. */
export function trimKept(database: DatabaseSync, since: number): void {
  if (since > 0) {
    database.prepare(
      "UPDATE chain SET kept_anchor = max(kept_anchor, coalesce((SELECT max(seq) FROM kept WHERE time < ?), 0))",
    ).run(since);
    database.prepare("DELETE FROM kept WHERE time < ?").run(since);
  }
  database.prepare(
    `DELETE FROM kept WHERE seq IN (
       SELECT seq FROM kept WHERE type = 'login' ORDER BY seq DESC LIMIT -1 OFFSET ?)`,
  ).run(MOST_KEPT_LOGINS);
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
  const newest = database.prepare(
    `SELECT ${RECORD_COLUMNS} FROM audit a ${condition} ORDER BY a.seq DESC LIMIT ?`,
  ).all(...values, filter.limit);
  const left = filter.limit - newest.length;
  // All that is kept beside the chain is older than what is in it.
  const kept = left <= 0 ? [] : database.prepare(
    `SELECT a.seq, a.hash, a.event, a.previous FROM kept a ${condition} ORDER BY a.seq DESC LIMIT ?`,
  ).all(...values, left);
  return [...newest, ...kept].map(recordOf);
}
