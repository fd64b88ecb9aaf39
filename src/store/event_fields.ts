import type { AuditEvent } from "../contract/audit.ts";
import type { Finding } from "../contract/verdict.ts";

/** Fields of an event that are text. */
type TextField = {
  readonly [Name in keyof AuditEvent]-?: NonNullable<AuditEvent[Name]> extends string ? Name : never;
}[keyof AuditEvent];

/** Longest texts of an event, in UTF-16 code units; what is longer is cut and ends in an ellipsis. */
const LONGEST = {
  id: 64,
  type: 32,
  action: 32,
  session: 64,
  user: 128,
  schema: 256,
  client: 64,
  role: 128,
  command: 32,
  level: 16,
  digest: 64,
  sql: 16_384,
  reason: 1024,
  by: 256,
  about: 64,
} as const satisfies Readonly<Record<TextField, number>>;

const MOST_FINDINGS = 64;
const MOST_DETAILS = 32;
const LONGEST_DETAIL_NAME = 64;
const LONGEST_DETAIL = 1024;

const TEXTS = Object.entries(LONGEST) as [keyof typeof LONGEST, number][];

/** The event with texts and lists within their bounds; the same object where they are, as they nearly always are. */
export function boundEvent(event: AuditEvent): AuditEvent {
  let within = (event.findings?.length ?? 0) <= MOST_FINDINGS;
  for (const [name, longest] of TEXTS) {
    const text = event[name];
    if (text !== undefined && text.length > longest) within = false;
  }
  if (event.findings !== undefined) within &&= event.findings.every(isShort);
  if (event.detail !== undefined) within &&= hasShortDetail(event.detail);
  return within ? event : cut(event);
}

function isShort({ code, name }: Finding): boolean {
  return code.length <= 64 && name.length <= 64;
}

function hasShortDetail(detail: NonNullable<AuditEvent["detail"]>): boolean {
  let count = 0;
  for (const name in detail) {
    const value = detail[name];
    if (++count > MOST_DETAILS || name.length > LONGEST_DETAIL_NAME) return false;
    if (typeof value === "string" && value.length > LONGEST_DETAIL) return false;
  }
  return true;
}

function cut(event: AuditEvent): AuditEvent {
  const texts: Partial<Record<keyof typeof LONGEST, string>> = {};
  for (const [name, longest] of TEXTS) {
    const text = event[name];
    if (text !== undefined) texts[name] = shorten(text, longest);
  }
  const { findings, detail } = event;
  const cut = {
    ...event,
    ...texts,
    ...(findings === undefined ? {} : {
      findings: findings.slice(0, MOST_FINDINGS).map(({ code, name, score }) => ({
        code: shorten(code, 64),
        name: shorten(name, 64),
        score,
      })),
    }),
    ...(detail === undefined ? {} : {
      detail: Object.fromEntries(
        Object.entries(detail).slice(0, MOST_DETAILS).map(([name, value]) => [
          shorten(name, LONGEST_DETAIL_NAME),
          typeof value === "string" ? shorten(value, LONGEST_DETAIL) : value,
        ]),
      ),
    }),
  };
  return cut as AuditEvent;
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest - 1) + "…";
}

/**
 * An event out of parsed JSON: fields it knows, within their bounds; `undefined` where it is no event. Types and actions
 * of other versions stay as they were recorded.
 */
export function readEvent(value: unknown): AuditEvent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const { id, time, type, action, score, findings, detail } = given;
  if (typeof id !== "string" || typeof time !== "number") return undefined;
  const rounded = Math.round(time);
  if (!Number.isSafeInteger(rounded)) return undefined;
  if (typeof type !== "string" || typeof action !== "string") return undefined;
  const texts: Partial<Record<keyof typeof LONGEST, string>> = {};
  for (const [name] of TEXTS) {
    const text = given[name];
    if (typeof text === "string") texts[name] = text;
  }
  const event = {
    ...texts,
    id,
    time: rounded,
    type,
    action,
    ...(typeof score === "number" ? { score } : {}),
    ...(Array.isArray(findings) ? { findings: findings.flatMap(readFinding) } : {}),
    ...(typeof detail === "object" && detail !== null && !Array.isArray(detail)
      ? { detail: readDetail(detail) }
      : {}),
  };
  return boundEvent(event as object as AuditEvent);
}

function readFinding(value: unknown): Finding[] {
  if (typeof value !== "object" || value === null) return [];
  const { code, name, score } = value as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || typeof name !== "string" || typeof score !== "number") return [];
  return [{ code, name, score }];
}

function readDetail(value: object): NonNullable<AuditEvent["detail"]> {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1])
    ),
  );
}
