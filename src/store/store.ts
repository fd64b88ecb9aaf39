import type { AuditRecord } from "./audit_event.ts";

/** What to look for in the audit; all given must hold. */
export interface AuditFilter {
  readonly types?: readonly string[];
  readonly actions?: readonly string[];
  readonly user?: string;
  readonly role?: string;
  readonly session?: string;
  readonly digest?: string;
  /** Milliseconds since the Unix epoch; inclusive. */
  readonly since?: number;
  /** Exclusive. */
  readonly until?: number;
  /** Only records before this sequence number, for the next page. */
  readonly beforeSeq?: number;
  /** Only records after this one. */
  readonly afterSeq?: number;
  /** Newest first, at most so many. */
  readonly limit: number;
}

/** Upper bounds of the latency buckets, in ms; one more bucket holds what is above. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
];

/** What one statement shape did under one role, added up. */
export interface DigestCounts {
  readonly count: number;
  readonly refused: number;
  readonly errors: number;
  readonly rows: number;
  readonly affectedRows: number;
  readonly bytes: number;
  readonly totalMs: number;
  readonly maxMs: number;
  /** Counts per bucket of {@link LATENCY_BOUNDS_MS}, one longer than it. */
  readonly latency: readonly number[];
}

/** One statement shape as it is stored. */
export interface DigestRow extends DigestCounts {
  readonly digest: string;
  readonly role: string;
  /** Normal form, at most 4096 characters. */
  readonly sql: string;
  readonly kind: string;
  /** Worst score seen. */
  readonly score: number;
  readonly rules: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** A digest refused at once. */
export interface Block {
  readonly id: string;
  readonly digest: string;
  /** Normal form where it is known. */
  readonly sql?: string;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  /** Milliseconds since the Unix epoch; undefined until it is removed. */
  readonly until?: number;
}

/** Refusals of a role lifted for a time. */
export interface BreakGlass {
  readonly id: string;
  readonly role: string;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  readonly until: number;
}

/** A digest that an approver let pass for a time. */
export interface ApprovedDigest {
  readonly id: string;
  readonly digest: string;
  readonly role: string;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: number;
  readonly until: number;
}

/** All that changes decisions beside the policy file. Expired entries are left out. */
export interface Overrides {
  readonly blocks: readonly Block[];
  readonly breakGlass: readonly BreakGlass[];
  readonly approved: readonly ApprovedDigest[];
  /** Digests by role, for roles with `only: learned`. */
  readonly learned: Readonly<Record<string, readonly string[]>>;
}

/** A held statement, then and now. */
export interface ApprovalRow {
  /** The decision's id. */
  readonly id: string;
  readonly state: "pending" | "approved" | "rejected" | "timed_out" | "withdrawn" | "lost";
  readonly session: string;
  readonly user: string;
  readonly schema: string;
  readonly client: string;
  readonly role: string;
  readonly score: number;
  readonly level: string;
  readonly digest: string;
  readonly sql: string;
  readonly findings: readonly { readonly code: string; readonly name: string; readonly score: number }[];
  /** Why the policy holds it. */
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** When it times out. */
  readonly until: number;
  readonly decidedAt?: number;
  readonly decidedBy?: string;
  readonly decisionReason?: string;
}

/** How the database is doing. What it cannot take waits in the journals and is not lost by that. */
export interface StoreState {
  /** False while the database cannot be written. */
  readonly healthy: boolean;
  /** Why not, for people. */
  readonly problem: string | undefined;
  /** How often its thread ended by itself and was started again. */
  readonly restarts: number;
}

/** Durable state. Everything here may take its time; nothing here is on a statement's path. */
export interface Store {
  audit(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Adds counts to what is stored; bounded: the longest unseen shapes make room. */
  addDigests(rows: readonly DigestRow[]): Promise<void>;
  digests(
    query: {
      readonly order: "risk" | "time" | "count" | "bytes";
      readonly limit: number;
      readonly role?: string;
    },
  ): Promise<readonly DigestRow[]>;
  overrides(): Promise<Overrides>;
  /** Calls back with the overrides whenever they have changed, by whichever process. */
  onOverrides(listener: (overrides: Overrides) => void): void;
  putBlock(block: Block): Promise<void>;
  /** False where there is none of this id. */
  removeBlock(id: string): Promise<boolean>;
  putBreakGlass(entry: BreakGlass): Promise<void>;
  removeBreakGlass(id: string): Promise<boolean>;
  putApprovedDigest(entry: ApprovedDigest): Promise<void>;
  removeApprovedDigest(id: string): Promise<boolean>;
  /** Adds digests to a role's learned list; says how many were new. */
  learn(role: string, digests: readonly string[]): Promise<number>;
  forget(role: string, digests: readonly string[]): Promise<number>;
  approvals(
    query: { readonly states?: readonly ApprovalRow["state"][]; readonly limit: number },
  ): Promise<readonly ApprovalRow[]>;
  approval(id: string): Promise<ApprovalRow | undefined>;
  state(): StoreState;
  /** Brings everything recorded until now into the chain and the tables, and resolves when it is there. */
  flush(): Promise<void>;
  /** Flushes and closes. */
  close(): Promise<void>;
}
