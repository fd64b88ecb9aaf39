/** What an audit record is about. */
export type AuditType =
  /** A statement and what was decided about it. */
  | "statement"
  /** A held statement's end: approved, rejected, timed out, withdrawn. */
  | "approval"
  /** A login that the backend accepted, or refused. */
  | "login"
  /** A session's end. */
  | "session_end"
  | "break_glass"
  | "block"
  | "allowlist"
  | "policy"
  /** Something an administrator did through the API that is none of the above. */
  | "admin"
  /** A process started or stopped. */
  | "process";

/** A rule that complained. */
export interface AuditFinding {
  readonly code: string;
  readonly name: string;
  readonly score: number;
}

/** One event as it is recorded. What does not apply is left out; text is bounded by who makes it. */
export interface AuditEvent {
  /** Unique, sortable by time; for a statement the decision id that its client was told. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly type: AuditType;
  /**
   * `allow`, `warn`, `hold`, `refuse`; `would_hold` and `would_refuse` where monitor mode or break-glass let it pass;
   * for other types what was done: `approved`, `rejected`, `timed_out`, `withdrawn`, `accepted`, `opened`, `revoked`, `added`,
   * `removed`, `loaded`, `started`, `stopped`, ...
   */
  readonly action: string;
  readonly session?: string;
  readonly user?: string;
  readonly schema?: string;
  /** Address of the client, without its port. */
  readonly client?: string;
  readonly role?: string;
  /** The protocol's command: `query`, `prepare`, `execute`, `init_db`, ... */
  readonly command?: string;
  /** 0 to 100. */
  readonly score?: number;
  readonly level?: string;
  /** MySQL's STATEMENT_DIGEST(): 64 hexadecimal digits. */
  readonly digest?: string;
  /** Normal form of the statement; as written only with GATEKEEPER_AUDIT_LITERALS=on. */
  readonly sql?: string;
  readonly findings?: readonly AuditFinding[];
  /** Why: the policy's reason, or what an approver or administrator wrote. */
  readonly reason?: string;
  /** Who decided, as they named themselves. */
  readonly by?: string;
  /** Id of the event this one answers: the hold that was approved, the block that was removed. */
  readonly about?: string;
  /** Anything else worth keeping, small. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** An event in the chain, as it is stored and exported. */
export interface AuditRecord extends AuditEvent {
  /** 1 for the first ever, without gaps. */
  readonly seq: number;
  /** Hash of the record before, 64 hexadecimal digits; zeros for the first. */
  readonly previous: string;
  /** SHA-256 over `previous` and the event's canonical JSON. */
  readonly hash: string;
}
