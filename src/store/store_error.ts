import { type ErrorOptionsWithHint, QuerycopError } from "../base/errors.ts";

/** Why the database could not be used. */
export type StoreReason =
  | "corrupt"
  | "newer"
  | "full"
  | "readonly"
  | "busy"
  | "missing"
  | "failed"
  | "closed";

/** The database of audit and overrides could not be used. */
export class StoreError extends QuerycopError {
  override readonly name = "StoreError";
  readonly reason: StoreReason;
  constructor(reason: StoreReason, message: string, options: ErrorOptionsWithHint = {}) {
    super(`store.${reason}`, message, options);
    this.reason = reason;
  }
}

/** SQLite's result codes, of which only the low byte tells the kind (https://sqlite.org/rescode.html). */
const REASONS: Readonly<Record<number, StoreReason>> = {
  5: "busy",
  8: "readonly",
  11: "corrupt",
  13: "full",
  14: "failed",
  26: "corrupt",
};

const CURES: Readonly<Record<StoreReason, string>> = {
  corrupt:
    "Stop querycop, move querycop.db, querycop.db-wal and querycop.db-shm away, and start it again: it begins a " +
    "new chain; sqlite3 querycop.db .recover reads what can be saved",
  newer: "Run the newer querycop, or give this one a data directory of its own",
  full: "Free space on its disk, or set GATEKEEPER_AUDIT_KEEP_DAYS or GATEKEEPER_AUDIT_MAX_MB lower",
  readonly: "Make the data directory writable for the user that runs querycop",
  busy: "Another process writes it; try again, and see what holds it with fuser",
  missing: "Name the data directory of the server with --data-dir or GATEKEEPER_DATA_DIR",
  failed: "Check that the data directory exists and belongs to the user that runs querycop",
  closed: "Start querycop again",
};

/** What SQLite said, as an error with a cure; errors of our own pass through. */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const errcode = (error as { readonly errcode?: unknown } | null)?.errcode;
  const reason = (typeof errcode === "number" ? REASONS[errcode & 0xff] : undefined) ?? reasonOf(error);
  return new StoreError(reason, `Cannot use ${path}: ${message}`, { hint: CURES[reason], cause: error });
}

/** The same for what is known without an error of SQLite's. */
export function storeProblem(reason: StoreReason, path: string, what: string): StoreError {
  return new StoreError(reason, `Cannot use ${path}: ${what}`, { hint: CURES[reason] });
}

function reasonOf(error: unknown): StoreReason {
  if (error instanceof Deno.errors.NotFound) return "missing";
  if (error instanceof Deno.errors.PermissionDenied) return "readonly";
  return "failed";
}
