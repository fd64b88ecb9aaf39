/** What PlanetScale's API knows and how it writes it, for `planetscale_model.ts`. */

/** Where the logins that passwords stand for are real. */
export interface Accounts {
  /** Makes the login; `role` decides what it may do. */
  create(
    login: { readonly username: string; readonly password: string; readonly role: string },
  ): Promise<void>;
  /** Ends the login and its connections. */
  drop(username: string): Promise<void>;
  /** Statements that the login ran until now, where it can be told. */
  statements?(username: string): Promise<number>;
}

/** A branch and what is true of it. */
export interface ModelBranch {
  readonly organization: string;
  readonly database: string;
  readonly branch: string;
  /** Default true. */
  readonly production?: boolean;
  /** Default true. */
  readonly ready?: boolean;
  /** Default `mysql`. */
  readonly kind?: string;
}

/** A service token. */
export interface ModelToken {
  readonly id: string;
  readonly secret: string;
  readonly organization: string;
  readonly accesses: readonly string[];
  /** The only database that the accesses are for; all by default. */
  readonly database?: string;
}

/** A password as a test asks for it. */
export interface PasswordRequest {
  readonly name?: string;
  readonly role?: string;
  readonly cidrs?: readonly string[];
  readonly replica?: boolean;
  readonly ttl?: number;
  readonly direct_vtgate?: boolean;
}

/** A password as the model keeps it. */
export interface ModelPassword {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  /** Its secret, which only the answer to its making tells. */
  readonly plainText: string;
  readonly role: string;
  readonly cidrs: readonly string[] | null;
  readonly replica: boolean;
  readonly directVtgate: boolean;
  readonly ttlSeconds: number | null;
  readonly branch: ModelBranch;
  readonly createdAt: Date;
  expired: boolean;
  lastUsedAt: Date | null;
}

/** An answer before it is written out. */
export interface ModelAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it arrives. */
export interface ModelRequest {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | null;
  readonly body: string;
}

/** What the model is made of. */
export interface ModelOptions {
  readonly branches: readonly ModelBranch[];
  readonly tokens: readonly ModelToken[];
  readonly accounts?: Accounts;
  /** How long after its deletion a login still works; 0 by default. */
  readonly deleteLagMs?: number;
  /** What `access_host_url` says. */
  readonly host?: string;
  readonly now?: () => Date;
}

/** Production branches and others have accesses of their own; reading ones suffice for what only reads. */
export function mayChange(
  verb: string,
  suffix: string,
  accesses: readonly string[],
  branch: ModelBranch,
  { role, replica }: { readonly role: string; readonly replica: boolean },
): boolean {
  if (branch.production === false) return accesses.includes(`${verb}_branch${suffix}`);
  return accesses.includes(`${verb}_production_branch${suffix}`) ||
    (accesses.includes(`${verb}_production_read_only_branch${suffix}`) && (role === "reader" || replica));
}

/** A password as every answer but the one to its making shows it. */
export function passwordBody(password: ModelPassword, host: string) {
  const { id, name, username, role, cidrs, replica, directVtgate, ttlSeconds, branch, createdAt } = password;
  return {
    id,
    name,
    username,
    role,
    cidrs,
    replica,
    direct_vtgate: directVtgate,
    ttl_seconds: ttlSeconds,
    created_at: createdAt.toISOString(),
    deleted_at: null,
    expires_at: ttlSeconds === null ? null : new Date(createdAt.getTime() + ttlSeconds * 1000).toISOString(),
    last_used_at: password.lastUsedAt?.toISOString() ?? null,
    expired: password.expired,
    access_host_url: host,
    plain_text: null,
    renewable: ttlSeconds !== null,
    database_branch: { id: `b${branch.branch}`, name: branch.branch, production: branch.production ?? true },
  };
}

/** An organisation. */
export function organizationBody(name: string) {
  return { id: `o${name}`, name };
}

/** What a token may do, as `.../grants` lists it. */
export function grantBody(token: ModelToken) {
  return {
    id: `g${token.id}`,
    type: "ServiceTokenGrant",
    resource_name: token.database ?? token.organization,
    resource_type: token.database === undefined ? "Organization" : "Database",
    accesses: token.accesses.map((access) => ({ access, description: access })),
  };
}

/** The page of a list that the query asks for. */
export function page(items: readonly unknown[], url: URL): ModelAnswer {
  const perPage = Math.min(100, Math.max(1, Number(url.searchParams.get("per_page") ?? 25)));
  const current = Math.max(1, Number(url.searchParams.get("page") ?? 1));
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  return {
    status: 200,
    body: {
      type: "list",
      current_page: current,
      per_page: perPage,
      next_page: current < pages ? current + 1 : null,
      prev_page: current > 1 ? current - 1 : null,
      total_count: items.length,
      total_pages: pages,
      data: items.slice((current - 1) * perPage, current * perPage),
    },
  };
}
