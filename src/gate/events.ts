import type { Approval, HeldPart, HeldStatement } from "../contract/approval.ts";
import type { AuditEvent } from "../contract/audit.ts";
import type { Finding } from "../contract/verdict.ts";
import type { AppliedAction } from "../contract/words.ts";
import type { SessionView } from "../proxy/decision.ts";
import type { SessionOpening, SessionSummary } from "../proxy/session_observer.ts";
import { type JudgedStatement, MAX_NORMALISED } from "../risk/judged_statement.ts";
import { levelOf } from "../risk/score.ts";
import { coveredTables } from "./covered_tables.ts";
import type { HoldEnd } from "./holds.ts";
import { byStrictness, type Part, type StatementDecision } from "./statement_decision.ts";

/** Findings kept with an event. */
const MOST_FINDINGS = 20;
/** Statements of a text that are listed one by one for an approver. */
const MOST_PARTS = 100;

/** Every event has an id of its own, and a time in ms since the Unix epoch. */
export type EventStamp = Pick<AuditEvent, "id" | "time">;

/** What an event about a statement is made of. */
export interface StatementNote extends EventStamp {
  readonly action: AppliedAction;
  readonly command: string;
  readonly session: SessionView;
  readonly decision: StatementDecision;
  /** On each statement of the text. */
  readonly decisions: readonly StatementDecision[];
  readonly reason: string;
  /** Statements of the text. */
  readonly statements: number;
  /** The text as it came, where it is to be kept as written. */
  readonly text: Uint8Array | undefined;
}

/** The audit's event about a statement. */
export function statementEvent(note: StatementNote): AuditEvent {
  const { session, decision } = note;
  const { judged, approved, breakGlass, block } = decision;
  const score = worstScore(note);
  const findings = findingsOf(note);
  const { digest } = judged;
  const detail: Record<string, string | number | boolean> = {};
  if (note.statements > 1) detail["statements"] = note.statements;
  if (approved !== undefined) detail["approved"] = approved.id;
  if (breakGlass !== undefined) detail["break_glass"] = breakGlass.id;
  if (block !== undefined) detail["block"] = block.id;
  return {
    id: note.id,
    time: note.time,
    type: "statement",
    action: note.action,
    session: session.id,
    user: session.user,
    schema: decision.schema,
    client: session.client.host,
    role: decision.role.name,
    command: note.command,
    score,
    level: levelOf(score),
    ...(digest === "" ? {} : { digest }),
    sql: note.text === undefined ? judged.shape.normalised : asWritten(note.text),
    ...(findings.length === 0 ? {} : { findings }),
    ...(note.reason === "" ? {} : { reason: note.reason }),
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
  };
}

/** A held statement as approvers see it. */
export function approvalRow(
  event: AuditEvent,
  { until, session, decisions, count }: {
    readonly until: number;
    readonly session: SessionView;
    /** On each statement of the text, in their order. */
    readonly decisions: readonly StatementDecision[];
    readonly count: number;
  },
): HeldStatement {
  return {
    id: event.id,
    state: "pending",
    session: session.id,
    user: session.user,
    schema: event.schema ?? "",
    client: session.client.host,
    role: event.role ?? "",
    score: event.score ?? 0,
    level: event.level ?? "info",
    digest: event.digest ?? "",
    sql: event.sql ?? "",
    findings: event.findings ?? [],
    statement_count: count,
    statements: partsOf(decisions),
    reason: event.reason ?? "",
    created_at: event.time,
    until,
  };
}

function partsOf(decisions: readonly StatementDecision[]): readonly HeldPart[] {
  if (decisions.length <= MOST_PARTS) return decisions.map(partOf);
  // By their places: one decision may stand for many statements of its shape.
  const places = [...decisions.entries()].sort(([, a], [, b]) => byStrictness(a, b)).slice(0, MOST_PARTS);
  return places.sort(([a], [b]) => a - b).map(([, decision]) => partOf(decision));
}

function partOf({ judged, action, score, schema, findings }: StatementDecision): HeldPart {
  return {
    kind: judged.kind,
    action,
    score,
    level: levelOf(score),
    digest: judged.digest,
    schema,
    tables: coveredTables(judged, schema),
    sql: judged.shape.normalised,
    findings: findings.slice(0, MOST_FINDINGS).map(({ rule: { code, name, fix }, score, message }) => ({
      ...{ code, name, score, message, fix },
    })),
  };
}

/** A hold's end. */
export function approvalEvent(
  row: Approval,
  end: HoldEnd,
  { id, time }: EventStamp,
): AuditEvent {
  return {
    id,
    time,
    type: "approval",
    action: end.state,
    about: row.id,
    session: row.session,
    user: row.user,
    role: row.role,
    ...(row.digest === "" ? {} : { digest: row.digest }),
    ...(end.by === undefined ? {} : { by: end.by }),
    ...(end.address === undefined ? {} : { client: end.address }),
    ...(end.reason === undefined ? {} : { reason: end.reason }),
  };
}

/** A login that the backend accepted. */
export function loginEvent(
  { id, time }: EventStamp,
  session: SessionView,
  opening: SessionOpening,
): AuditEvent {
  const { authPlugin, clientTls, backendTls, changedFrom } = opening;
  return {
    id,
    time,
    type: "login",
    action: "accepted",
    session: session.id,
    user: session.user,
    schema: session.schema,
    client: session.client.host,
    detail: {
      plugin: authPlugin,
      client_tls: clientTls === undefined ? "none" : clientTls.version ?? "yes",
      backend_tls: backendTls === undefined ? "none" : backendTls.version ?? "yes",
      server: session.serverVersion.slice(0, 64),
      ...(changedFrom === undefined ? {} : { changed_from: changedFrom }),
    },
  };
}

/** A session's end. */
export function sessionEndEvent(
  { id, time }: EventStamp,
  session: SessionView,
  summary: SessionSummary,
): AuditEvent {
  return {
    id,
    time,
    type: "session_end",
    action: summary.cause,
    session: session.id,
    user: session.user,
    client: session.client.host,
    detail: {
      bytes_from_client: summary.bytesFromClient,
      bytes_from_backend: summary.bytesFromBackend,
      statements: summary.statements,
      refused: summary.refused,
      duration_ms: Math.round(summary.durationMs),
    },
  };
}

type Text = Pick<StatementNote, "decision" | "decisions">;

/** The score of a text is that of its worst statement. */
function worstScore({ decision, decisions }: Text): number {
  return decisions.reduce((worst, { score }) => Math.max(worst, score), decision.score);
}

/** The findings of all statements of a text, each rule once, the worst first where not all are kept. */
function findingsOf({ decision, decisions }: Text): readonly Finding[] {
  const all = new Map<string, Finding>();
  for (const { findings } of [decision, ...decisions]) {
    for (const { rule: { code, name }, score } of findings) {
      if ((all.get(code)?.score ?? -1) < score) all.set(code, { code, name, score });
    }
  }
  const found = [...all.values()];
  return found.length <= MOST_FINDINGS
    ? found
    : found.sort((a, b) => b.score - a.score).slice(0, MOST_FINDINGS);
}

/**
 * What an approver is shown of a text: as it was written where that is given and not to be cut, for a cut could hide
 * what matters; else each statement without its literals, the one that decides first where not all have room.
 */
export function heldText(
  written: Uint8Array | undefined,
  parts: readonly Part[],
  decisive: JudgedStatement,
): string {
  if (written !== undefined && written.length <= MAX_NORMALISED) return asWritten(written);
  const shown = parts.filter(({ judged, alternative }) => !alternative || judged === decisive)
    .map(({ judged }) => judged);
  return joined(shown) ??
    joined([decisive, ...shown.filter((judged) => judged !== decisive)], "...") ?? "";
}

/** Statements one after the other; where not all have room, cut to end in `cut`, or undefined without it. */
function joined(statements: readonly JudgedStatement[], cut?: string): string | undefined {
  let text = "";
  for (const { shape } of statements) {
    text += text === "" ? shape.normalised : `; ${shape.normalised}`;
    if (text.length > MAX_NORMALISED) {
      return cut === undefined ? undefined : text.slice(0, MAX_NORMALISED - cut.length) + cut;
    }
  }
  return text;
}

function asWritten(text: Uint8Array): string {
  const shown = new TextDecoder().decode(text.subarray(0, MAX_NORMALISED * 4));
  return shown.length > MAX_NORMALISED || text.length > MAX_NORMALISED * 4
    ? shown.slice(0, MAX_NORMALISED - 3) + "..."
    : shown;
}
