/** What the page gets from the API, for the checker of types alone: nothing here is sent to a browser. */
import type { AuditEvent } from "../../../store/audit_event.ts";
import type { ApprovalRow, ApprovedDigest, Block, BreakGlass, DigestRow } from "../../../store/store.ts";

export type { ApprovalRow, ApprovedDigest, AuditEvent, Block, BreakGlass };

/** Percentiles since the event before; null where nothing was measured. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** GET /v1/stats, and the `stats` event of each second. */
export interface Stats {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly version: string;
  readonly mode: string;
  readonly policy: string;
  readonly uptime_s: number;
  readonly sessions: number;
  readonly held: number;
  /** Totals since the start, by decision. */
  readonly statements: Readonly<Record<string, number>>;
  /** Statements by score: 0, 1-9, 10-19, ..., 90-99, 100. */
  readonly risk: readonly number[];
  readonly bytes: { readonly client: number; readonly backend: number };
  readonly own_us: Percentiles;
  readonly backend_ms: Percentiles;
  readonly audit: {
    readonly healthy: boolean;
    readonly problem?: string | null;
    readonly lost: number;
    readonly pending: number;
  };
  readonly event_loop_lag_ms: number;
}

export type Digest = DigestRow & {
  /** Null where no run was timed, as with one that was always refused. */
  readonly avgMs: number | null;
  readonly p95Ms: number | null;
  /** Id of the block that holds it back. */
  readonly blocked: string | null;
};

export interface Session {
  readonly id: string;
  readonly user: string;
  readonly schema: string;
  readonly client: string;
  readonly role?: string;
  readonly state: string;
  readonly clientTls: { readonly version: string } | null;
  readonly backendTls: { readonly version: string } | null;
  readonly bytesFromClient: number;
  readonly bytesFromBackend: number;
  readonly statements: number;
  readonly refused: number;
  readonly ageSeconds: number;
}

/** A role as the policy file has it: its name, and parts that the page shows as they are. */
export interface PolicyRole {
  readonly name: string;
  readonly [part: string]: unknown;
}

export interface PolicyInfo {
  readonly source: string;
  readonly mode: string;
  readonly roles: readonly PolicyRole[];
  readonly shadow?: string | null;
  readonly loadedAt?: number;
  readonly shadow_differs?: Readonly<Record<string, number>>;
}
