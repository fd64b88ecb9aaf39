import type { Approval } from "../contract/approval.ts";
import type { AuditRecord } from "../contract/audit.ts";
import type { Digest, DigestRow } from "../contract/digest.ts";
import type { ApprovedDigest, Block, BreakGlass, Overrides } from "../contract/override.ts";
import type { ApprovalState, DigestOrder } from "../contract/words.ts";

/** What to look for in the audit; all given must hold. */
export interface AuditFilter {
  readonly types?: readonly string[];
  readonly actions?: readonly string[];
  readonly user?: string;
  readonly role?: string;
  readonly session?: string;
  readonly digest?: Digest;
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

/** How the database is doing. What it cannot take waits in the journals and is not lost by that. */
export interface StoreState {
  /** False while the database cannot be written. */
  readonly healthy: boolean;
  /** Why not, for people. */
  readonly problem: string | undefined;
  /** How often its thread ended by itself and was started again. */
  readonly restarts: number;
  /** Audit records that were removed for room (GATEKEEPER_AUDIT_MAX_MB) since the start. */
  readonly evicted: number;
}

/** Durable state. Everything here may take its time; nothing here is on a statement's path. */
export interface Store {
  audit(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Adds counts to what is stored; bounded: the longest unseen shapes make room. */
  addDigests(rows: readonly DigestRow[]): Promise<void>;
  digests(
    query: {
      readonly order: DigestOrder;
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
  learn(role: string, digests: readonly Digest[]): Promise<number>;
  forget(role: string, digests: readonly Digest[]): Promise<number>;
  approvals(
    query: { readonly states?: readonly ApprovalState[]; readonly limit: number },
  ): Promise<readonly Approval[]>;
  approval(id: string): Promise<Approval | undefined>;
  state(): StoreState;
  /** Brings everything recorded until now into the chain and the tables, and resolves when it is there. */
  flush(): Promise<void>;
  /** Flushes and closes. */
  close(): Promise<void>;
}
