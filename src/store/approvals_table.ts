import { APPROVAL_STATES, type ApprovalState } from "../contract/words.ts";
import type { Approval } from "../contract/approval.ts";
import type { AuditEvent } from "../contract/audit.ts";
import type { DatabaseSync } from "node:sqlite";

/** Ended approvals that are kept beside their events in the audit. */
const MOST_ENDED = 10_000;

/** Time that a hold is taken to last where its event does not say, in ms. */
const USUAL_HOLD_MS = 300_000;

/** What a hold's row keeps as JSON: what is known of the statement. */
type Held = Omit<Approval, "id" | "state" | "created_at" | "decided_at" | "decided_by" | "decision_reason">;

/** Follows one recorded event: a hold makes a pending row, an approval event ends it, whichever comes first. */
export function applyToApprovals(database: DatabaseSync, event: AuditEvent, process: string): void {
  if (event.type === "statement" && event.action === "hold") {
    database.prepare(
      `INSERT INTO approvals (id, state, process, created_at, held) VALUES (?, 'pending', ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         process = excluded.process, created_at = excluded.created_at, held = excluded.held`,
    ).run(event.id, process, event.time, JSON.stringify(heldOf(event)));
  } else if (event.type === "approval" && event.about !== undefined) {
    database.prepare(
      `INSERT INTO approvals (id, state, process, created_at, decided_at, decided_by, decision_reason)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         state = excluded.state, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
         decision_reason = excluded.decision_reason
       WHERE state = 'pending'`,
    ).run(
      event.about,
      event.action,
      process,
      event.time,
      event.time,
      event.by ?? null,
      event.reason ?? null,
    );
  }
}

function heldOf(event: AuditEvent): Held {
  const until = event.detail?.until;
  return {
    session: event.session ?? "",
    user: event.user ?? "",
    schema: event.schema ?? "",
    client: event.client ?? "",
    role: event.role ?? "",
    score: event.score ?? 0,
    level: event.level ?? "info",
    digest: event.digest ?? "",
    sql: event.sql ?? "",
    findings: event.findings ?? [],
    reason: event.reason ?? "",
    until: typeof until === "number" ? until : event.time + USUAL_HOLD_MS,
  };
}

/** Ids of what a process still holds, as far as is known here. */
export function pendingOf(database: DatabaseSync, process: string): string[] {
  return database.prepare("SELECT id FROM approvals WHERE state = 'pending' AND process = ? ORDER BY id")
    .all(process).map(({ id }) => String(id));
}

/** Approvals, newest first. */
export function findApprovals(
  database: DatabaseSync,
  query: { readonly states?: readonly ApprovalState[]; readonly limit: number },
): Approval[] {
  const states = query.states ?? APPROVAL_STATES;
  return database.prepare(
    `SELECT * FROM approvals WHERE state IN (${states.map(() => "?").join(", ")}) AND held IS NOT NULL
     ORDER BY created_at DESC, id DESC LIMIT ?`,
  ).all(...states, query.limit).map(approvalOf);
}

/** One approval; `undefined` where there is none of this id. */
export function findApproval(database: DatabaseSync, id: string): Approval | undefined {
  const row = database.prepare("SELECT * FROM approvals WHERE id = ? AND held IS NOT NULL").get(id);
  return row === undefined ? undefined : approvalOf(row);
}

/** Removes the oldest of those that have ended, past a number. */
export function trimApprovals(database: DatabaseSync): void {
  database.prepare(
    `DELETE FROM approvals WHERE id IN (
       SELECT id FROM approvals WHERE state <> 'pending' ORDER BY created_at DESC LIMIT -1 OFFSET ?)`,
  ).run(MOST_ENDED);
}

function approvalOf(row: Readonly<Record<string, unknown>>): Approval {
  const held = JSON.parse(String(row.held)) as Held;
  return {
    ...held,
    id: String(row.id),
    state: row.state as ApprovalState,
    created_at: Number(row.created_at),
    ...(row.decided_at === null ? {} : { decided_at: Number(row.decided_at) }),
    ...(row.decided_by === null ? {} : { decided_by: String(row.decided_by) }),
    ...(row.decision_reason === null ? {} : { decision_reason: String(row.decision_reason) }),
  };
}
