import type { TokenFacts } from "../../config/mod.ts";
import type { Secret } from "../../base/secret.ts";

/** A branch by its names. */
export interface BranchRef {
  readonly organization: string;
  readonly database: string;
  readonly branch: string;
}

/** A database, as far as rotating needs it. */
export interface DatabaseInfo {
  readonly name: string;
  /** `mysql`, `postgresql`; `undefined` where the API does not say. */
  readonly kind: string | undefined;
}

/** A branch, as far as rotating needs it. `undefined` is what the API did not say. */
export interface BranchInfo {
  readonly name: string;
  readonly production: boolean | undefined;
  readonly ready: boolean | undefined;
  readonly safeMigrations: boolean | undefined;
  /** Host names of its MySQL side: the direct one, and the one that routes to the nearest. */
  readonly mysqlAddress: string | undefined;
  readonly mysqlEdgeAddress: string | undefined;
}

/** A branch password, without its secret. */
export interface BranchPassword {
  readonly id: string;
  /** What a person called it; not unique. */
  readonly name: string | undefined;
  /** What clients log in with. */
  readonly username: string | undefined;
  /** `reader`, `writer`, `readwriter` or `admin`. */
  readonly role: string | undefined;
  /** Addresses it may be used from; empty: any. */
  readonly cidrs: readonly string[];
  /** Reads from replicas. */
  readonly replica: boolean;
  /** Connects past the edge, straight to vtgate. */
  readonly directVtgate: boolean;
  /** Seconds from its making until it expires; 0: never. */
  readonly ttlSeconds: number;
  readonly createdAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly expired: boolean;
  /** When it last ran a statement; `undefined`: never, as far as the API knows. */
  readonly lastUsedAt: Date | undefined;
  /** Host that its clients are told to connect to. */
  readonly accessHost: string | undefined;
  /** Whether its branch is a production branch. */
  readonly production: boolean | undefined;
}

/** A branch password that was just made: the only time that its secret is known. */
export interface CreatedPassword extends BranchPassword {
  readonly username: string;
  readonly plainText: Secret;
}

/** What a new password is to be. */
export interface NewPassword {
  readonly name: string;
  /** Left to the API (admin, or reader for a replica) where it is left out. */
  readonly role: string | undefined;
  readonly cidrs: readonly string[];
  readonly replica: boolean;
  readonly directVtgate?: boolean;
  /** Seconds; 0: never expires. */
  readonly ttlSeconds: number;
}

/**
 * PlanetScale's API with a service token. Every method throws {@link PlanetScaleApiError}, or the signal's reason once
 * it is aborted.
 */
export interface PlanetScaleApi {
  readonly tokenId: string;
  /** The time by the API's clock, in ms since the epoch, by the Date header of its last answer; ours before the first. */
  nowMs(): number;
  /** Names of the organisations that the token belongs to. */
  organizations(): Promise<readonly string[]>;
  database(organization: string, database: string): Promise<DatabaseInfo>;
  branch(ref: BranchRef): Promise<BranchInfo>;
  /** What the token may do and when it ends; `undefined` where it may not read that. */
  token(organization: string): Promise<TokenFacts | undefined>;
  /** Every password, all pages; `q` searches in names and may find more than was meant. */
  listPasswords(ref: BranchRef, filter?: PasswordFilter): Promise<readonly BranchPassword[]>;
  getPassword(ref: BranchRef, id: string): Promise<BranchPassword>;
  /** Sent once, save where it had no effect for certain. An error that is `ambiguous` may have left a password. */
  createPassword(ref: BranchRef, password: NewPassword): Promise<CreatedPassword>;
  /** `gone`: it was there no more when an attempt was repeated, so the attempt before had done it. */
  deletePassword(ref: BranchRef, id: string): Promise<"deleted" | "gone">;
}

/** Which passwords to list. */
export interface PasswordFilter {
  readonly q?: string;
  readonly status?: "active" | "renewable" | "expired";
}

/** `acme/shop/main`. */
export function nameOf({ organization, database, branch }: BranchRef): string {
  return `${organization}/${database}/${branch}`;
}
