import * as z from "zod";
import { DigestSchema } from "./digest.ts";
import { level, score, time } from "./fields.ts";
import type { OmitEach, Shape } from "./shape.ts";
import { FindingSchema } from "./verdict.ts";
import { APPLIED_ACTIONS, APPROVAL_ENDS, END_CAUSES } from "./words.ts";

/** What may be recorded of an event of any type; what does not apply is left out. */
const fields = {
  id: z.string().describe("Sortable by time; of a statement the decision's id, as its client was told"),
  time,
  session: z.exactOptional(z.string()),
  user: z.exactOptional(z.string()),
  schema: z.exactOptional(z.string()),
  client: z.exactOptional(z.string()).describe("Address, without port"),
  role: z.exactOptional(z.string()),
  command: z.exactOptional(z.string()).describe("The protocol's command: query, prepare, execute, ..."),
  score: z.exactOptional(score),
  level: z.exactOptional(level),
  digest: z.exactOptional(DigestSchema),
  sql: z.exactOptional(z.string()).describe("Normal form; as written only with GATEKEEPER_AUDIT_LITERALS=on"),
  findings: z.exactOptional(z.array(FindingSchema)),
  reason: z.exactOptional(z.string()).describe("The policy's, or what an approver or administrator wrote"),
  by: z.exactOptional(z.string()).describe("Who decided, as they named themselves"),
  about: z.exactOptional(z.string()).describe("Id of the event that this one answers"),
  detail: z.exactOptional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
};

/** What is done, by what an event is about. */
const ACTIONS_BY_TYPE = {
  /** A statement and what became of it. */
  statement: APPLIED_ACTIONS,
  /** A held statement's end. */
  approval: APPROVAL_ENDS,
  login: ["accepted", "refused"],
  session_end: END_CAUSES,
  break_glass: ["opened", "revoked"],
  block: ["added", "removed"],
  /** Learned digests, and digests that an approver let pass. */
  allowlist: ["added", "removed"],
  policy: ["loaded"],
  /** What an administrator did through the API that is none of the above. */
  admin: ["login", "login_refused", "logout", "key_refused", "policy_reload", "session_ended", "drain"],
  process: ["started", "stopped", "events_lost", "journal_damaged", "evicted"],
} as const;
export type AuditType = keyof typeof ACTIONS_BY_TYPE;

function event<Type extends AuditType>(type: Type) {
  return z.strictObject({ ...fields, type: z.literal(type), action: z.enum(ACTIONS_BY_TYPE[type]) });
}

const EVENTS = [
  event("statement"),
  event("approval"),
  event("login"),
  event("session_end"),
  event("break_glass"),
  event("block"),
  event("allowlist"),
  event("policy"),
  event("admin"),
  event("process"),
] as const;

/** One event as it is recorded; text is bounded by who makes it. */
export const AuditEventSchema = z.discriminatedUnion("type", EVENTS).meta({ id: "AuditEvent" });
export type AuditEvent = Shape<typeof AuditEventSchema>;

/** An event that is yet to be given its id and time. */
export type NewAuditEvent = OmitEach<AuditEvent, "id" | "time">;

const link = {
  seq: z.int().min(1).describe("1 for the first ever, without gaps"),
  previous: z.string().describe("Hash of the record before, 64 hexadecimal digits; zeros for the first"),
  hash: z.string().describe("SHA-256 over `previous` and the event's canonical JSON"),
};
const LinkSchema = z.strictObject(link);

/** An event in the chain, as it is stored and exported. */
export type AuditRecord = AuditEvent & Shape<typeof LinkSchema>;
export const AuditRecordSchema: z.ZodType<AuditRecord> = z.discriminatedUnion("type", [
  EVENTS[0].extend(link),
  ...EVENTS.slice(1).map((each) => each.extend(link)),
]).meta({ id: "AuditRecord" });
