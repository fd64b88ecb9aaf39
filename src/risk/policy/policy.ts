/** What a policy is once it has been read and checked, and what it says of a statement. Pure. */

import type { Action } from "../../contract/words.ts";
import type { StatementKind } from "../../sql/statement.ts";
import type { RiskOptions } from "../options.ts";
import type { Finding, Verdict } from "../verdict.ts";
import type { PolicyDefinition, RoleDefinition } from "../../contract/policy_file.ts";

/** Score at and above which something happens; 101 for never. */
export interface Thresholds {
  readonly warn: number;
  readonly hold: number;
  readonly block: number;
}

/** Limits of a role; Infinity where there is none, undefined where the configuration's hold. */
export interface RoleLimits {
  readonly responseBytes?: number;
  readonly windowBytes?: number;
  readonly rows?: number;
  /** Of all sessions of the role in one process together. */
  readonly statementsPerSecond?: number;
}

/** Who a session is, as roles match it. */
export interface Subject {
  /** The login's name, as it was sent. */
  readonly user: string;
  /** Current schema; empty for none. */
  readonly schema: string;
  /** Address of the client, IPv4 or IPv6, without port. */
  readonly client: string;
  /** The version text of the server's greeting, by which a Vitess is known; undefined where no server is meant. */
  readonly server?: string | undefined;
  /** Vitess: the session's workload, lower case; the login's where undefined, and empty where it cannot be told. */
  readonly workload?: string | undefined;
}

/** A table that a statement names. */
export interface TableUse {
  /** Undefined: the session's current schema. */
  readonly schema: string | undefined;
  /** Undefined: every table of the schema, as in DROP DATABASE. */
  readonly name: string | undefined;
  readonly write: boolean;
}

/**
 * What a policy looks at in one statement; `viewStatement` makes it. The same object for the same shape, so that
 * answers may be kept by it.
 */
export interface StatementView {
  readonly verdict: Verdict;
  /** MySQL's STATEMENT_DIGEST(); empty for a text that has none. */
  readonly digest: string;
  /** The statement's own kind first, then those of the statements that it prepares or executes. */
  readonly kinds: readonly StatementKind[];
  readonly tables: readonly TableUse[];
  /** It may touch tables that are not among these: its text is not fully understood, or names no statement. */
  readonly tablesUncertain: boolean;
}

/** What a policy says of one statement. */
export interface PolicyDecision {
  readonly action: Action;
  /** After findings that the role allows were left out. */
  readonly score: number;
  readonly findings: readonly Finding[];
  /**
   * Why, for people, when it is not `allow`: `score 95 is at or above block 90`, `ddl/* is denied for role reporting`,
   * `table appdb.secrets is denied for role reporting`, `not in the learned statements of role app`.
   */
  readonly reason: string;
  /** The finding that decided, where one did. */
  readonly decidedBy?: Finding;
  /** Refused by `deny` or `tables`, which no approval of the digest lifts. */
  readonly denied?: true;
}

/** One role, ready to decide. */
export interface Role {
  readonly name: string;
  /** In the file's words, with what the file says for all roles taken in. */
  readonly definition: RoleDefinition;
  readonly thresholds: Thresholds;
  readonly limits: RoleLimits;
  /** Longest hold inside an open transaction, in milliseconds; 0 refuses at once. */
  readonly holdInTransactionMs: number;
  /** Refuses what is not in the learned list. */
  readonly onlyLearned: boolean;
  /**
   * `schema` is the session's current one, against which unqualified tables count. `learned` is the role's list where
   * {@link onlyLearned}. Constant time for a shape seen before.
   */
  decide(statement: StatementView, schema: string, learned: ReadonlySet<string> | undefined): PolicyDecision;
}

/** A whole policy. */
export interface Policy {
  /** Where it came from: a path, or `built-in`. */
  readonly source: string;
  /** In matching order; the last is `default` and matches everyone. */
  readonly roles: readonly Role[];
  roleFor(subject: Subject): Role;
  /** Path of the shadow policy as written in the file, where it names one. */
  readonly shadow: string | undefined;
  /** As it was written. */
  readonly definition: PolicyDefinition;
  /**
   * How statements for a server are judged, by the version text of its greeting: the same object for servers that are
   * judged alike, so that a judge may be kept by it.
   */
  riskOptions(serverVersion: string): RiskOptions;
}
