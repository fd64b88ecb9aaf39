import type { Digest } from "../contract/digest.ts";
import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";
import type { DatabaseSync } from "node:sqlite";

/** Kinds of entries that change decisions until they end or are removed. */
export type OverrideKind = "block" | "break_glass" | "approved";

/** How long an entry that has ended stays, in ms. */
const KEEP_ENDED_MS = 24 * 3600 * 1000;

/** What changes decisions now; entries that have ended are left out. */
export function readOverrides(database: DatabaseSync, now: number): Overrides {
  const entries = database.prepare(
    "SELECT kind, entry FROM overrides WHERE until IS NULL OR until > ? ORDER BY created_at, id",
  ).all(now);
  const ofKind = <T>(kind: OverrideKind) =>
    entries.filter((row) => row.kind === kind).map(({ entry }) => JSON.parse(String(entry)) as T);
  const learned = new Map<string, Digest[]>();
  for (const row of database.prepare("SELECT role, digest FROM learned").iterate()) {
    const role = String(row.role);
    const digests = learned.get(role) ?? [];
    if (digests.length === 0) learned.set(role, digests);
    digests.push(String(row.digest) as Digest);
  }
  return {
    blocks: ofKind<Block>("block"),
    break_glass: ofKind<BreakGlass>("break_glass"),
    approved: ofKind<ApprovedDigest>("approved"),
    learned: Object.fromEntries(learned),
  };
}

/** When the next entry ends, in ms since the epoch; Infinity where none does. */
export function nextEnd(database: DatabaseSync, now: number): number {
  const row = database.prepare("SELECT min(until) AS until FROM overrides WHERE until > ?").get(now);
  return typeof row?.until === "number" ? row.until : Infinity;
}

/** Grows with each change of the overrides by whichever process. */
export function overrideChanges(database: DatabaseSync): number {
  return Number(database.prepare("SELECT count FROM override_changes").get()?.count);
}

/** Adds an entry, or replaces the one of this id. The caller's transaction, as for all that follow. */
export function putOverride(
  database: DatabaseSync,
  kind: OverrideKind,
  entry: { readonly id: string; readonly created_at: number; readonly until?: number },
): void {
  database.prepare("INSERT OR REPLACE INTO overrides VALUES (?, ?, ?, ?, ?)")
    .run(kind, entry.id, entry.created_at, entry.until ?? null, JSON.stringify(entry));
  countChange(database);
}

/** False where there is none of this id. */
export function removeOverride(database: DatabaseSync, kind: OverrideKind, id: string): boolean {
  const { changes } = database.prepare("DELETE FROM overrides WHERE kind = ? AND id = ?").run(kind, id);
  if (Number(changes) > 0) countChange(database);
  return Number(changes) > 0;
}

/** Adds to or removes from a role's learned digests; says how many were not there, or were. */
export function changeLearned(
  database: DatabaseSync,
  change: "learn" | "forget",
  role: string,
  digests: readonly Digest[],
): number {
  const statement = database.prepare(
    change === "learn"
      ? "INSERT OR IGNORE INTO learned VALUES (?, ?)"
      : "DELETE FROM learned WHERE role = ? AND digest = ?",
  );
  let changed = 0;
  for (const digest of digests) changed += Number(statement.run(role, digest).changes);
  if (changed > 0) countChange(database);
  return changed;
}

/** Removes entries that ended a while ago. */
export function trimOverrides(database: DatabaseSync, now: number): void {
  database.prepare("DELETE FROM overrides WHERE until < ?").run(now - KEEP_ENDED_MS);
}

function countChange(database: DatabaseSync): void {
  database.exec("UPDATE override_changes SET count = count + 1");
}
