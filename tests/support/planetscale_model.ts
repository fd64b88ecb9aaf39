/**
 * PlanetScale's API for branch passwords as its documentation describes it, without network: what a request is
 * answered with, and what it changes. `planetscale_api.ts` puts it on a socket and makes it fail on request.
 */
import {
  grantBody,
  mayChange,
  type ModelAnswer,
  type ModelBranch,
  type ModelOptions,
  type ModelPassword,
  type ModelRequest,
  type ModelToken,
  organizationBody,
  page,
  passwordBody,
  type PasswordRequest,
} from "./planetscale_answers.ts";

const ROLES = ["reader", "writer", "admin", "readwriter"];
const NOT_FOUND: ModelAnswer = { status: 404, body: { code: "not_found", message: "Not Found" } };

/** Everything that PlanetScale would know. */
export class PlanetScaleModel implements AsyncDisposable {
  readonly #options: ModelOptions;
  readonly #passwords = new Map<string, ModelPassword>();
  readonly #deleted: ModelPassword[] = [];
  readonly #statements = new Map<string, number>();
  readonly #lagging = new Map<ReturnType<typeof setTimeout>, () => Promise<void>>();
  readonly #dropping = new Set<Promise<void>>();

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** Passwords that are there, the oldest first. */
  get passwords(): readonly ModelPassword[] {
    return [...this.#passwords.values()];
  }

  /** Passwords that were deleted, in that order. */
  get deleted(): readonly ModelPassword[] {
    return this.#deleted;
  }

  /** Every secret that was ever given out or accepted: none may be found where it does not belong. */
  get secrets(): readonly string[] {
    return [
      ...[...this.#passwords.values(), ...this.#deleted].map(({ plainText }) => plainText),
      ...this.#options.tokens.map(({ secret }) => secret),
    ];
  }

  /** Makes a password as the dashboard would. The branch is the first by default. */
  async add(request: PasswordRequest = {}, at?: Pick<ModelBranch, "branch">): Promise<ModelPassword> {
    const branch = this.#options.branches.find((each) => at === undefined || each.branch === at.branch);
    if (branch === undefined) throw new Error("There is no such branch");
    return await this.#make(branch, request);
  }

  /** Says that a password ran a statement, now or at a time. */
  touch(id: string, at: Date = this.#now()): void {
    this.#existing(id).lastUsedAt = at;
  }

  /** Lets a password expire: it stays listed and its login ends. */
  async expire(id: string): Promise<void> {
    const password = this.#existing(id);
    password.expired = true;
    await this.#options.accounts?.drop(password.username);
  }

  /** The answer to a request, with its effects. */
  async handle(request: ModelRequest): Promise<ModelAnswer> {
    const token = this.#options.tokens.find(({ id, secret }) => request.authorization === `${id}:${secret}`);
    if (token === undefined) {
      return { status: 401, body: { code: "unauthorized", message: "Unauthorized" } };
    }
    const parts = request.url.pathname.split("/").slice(1).map(decodeURIComponent);
    const [version, organizations, organization, kind, name, ...rest] = parts;
    if (version !== "v1" || organizations !== "organizations") return NOT_FOUND;
    const get = request.method === "GET";
    const own = organizationBody(token.organization);
    if (organization === undefined) return get ? page([own], request.url) : NOT_FOUND;
    if (organization !== token.organization) return NOT_FOUND;
    if (kind === undefined) return get ? { status: 200, body: own } : NOT_FOUND;
    if (kind === "service-tokens") {
      const readable = get && name === token.id && rest.join("/") === "grants" &&
        token.accesses.includes("read_service_tokens");
      return readable ? page([grantBody(token)], request.url) : NOT_FOUND;
    }
    if (kind !== "databases" || name === undefined) return NOT_FOUND;
    return await this.#inDatabase(request, token, name, rest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [timer, drop] of this.#lagging) {
      clearTimeout(timer);
      await drop();
    }
    await Promise.all(this.#dropping);
  }

  async #inDatabase(
    request: ModelRequest,
    token: ModelToken,
    database: string,
    rest: readonly string[],
  ): Promise<ModelAnswer> {
    const [branches, branchName, passwords, id] = rest;
    const inIt = this.#options.branches.filter((each) =>
      each.organization === token.organization && each.database === database
    );
    const first = inIt[0];
    const accesses = token.database === undefined || token.database === database ? token.accesses : [];
    const may = (...families: readonly RegExp[]) =>
      accesses.some((access) => families.some((family) => family.test(access)));
    if (first === undefined || accesses.length === 0 || rest.length > 4) return NOT_FOUND;
    if (branches === undefined) {
      if (!may(/_database$|_branch/)) return NOT_FOUND;
      return {
        status: 200,
        body: { id: `d${database}`, name: database, kind: first.kind ?? "mysql", ready: true },
      };
    }
    const branch = inIt.find((each) => each.branch === branchName);
    if (branches !== "branches" || branch === undefined) return NOT_FOUND;
    const mayRead = may(/^(read|delete|create)_branch$/, /^connect_(production_(read_only_)?)?branch$/);
    if (passwords === undefined) {
      return mayRead && request.method === "GET"
        ? { status: 200, body: this.#branchBody(branch) }
        : NOT_FOUND;
    }
    if (passwords !== "passwords") return NOT_FOUND;
    if (id === undefined) {
      if (request.method === "GET") return mayRead ? await this.#list(branch, request.url) : NOT_FOUND;
      return request.method === "POST" ? await this.#create(branch, accesses, request.body) : NOT_FOUND;
    }
    const password = this.#passwords.get(id);
    if (password === undefined || password.branch !== branch) return NOT_FOUND;
    if (request.method === "GET") {
      if (!mayRead) return NOT_FOUND;
      await this.#observeUse(password);
      return { status: 200, body: passwordBody(password, this.#host) };
    }
    if (request.method !== "DELETE" || !mayChange("delete", "_password", accesses, branch, password)) {
      return NOT_FOUND;
    }
    this.#delete(password);
    return { status: 204 };
  }

  async #list(branch: ModelBranch, url: URL): Promise<ModelAnswer> {
    const q = url.searchParams.get("q")?.toLowerCase() ?? "";
    const status = url.searchParams.get("status");
    const found = this.passwords.filter((each) =>
      each.branch === branch && each.name.toLowerCase().includes(q) &&
      (status === null || (status === "expired") === each.expired)
    );
    for (const password of found) await this.#observeUse(password);
    return page(found.map((each) => passwordBody(each, this.#host)), url);
  }

  async #create(branch: ModelBranch, accesses: readonly string[], text: string): Promise<ModelAnswer> {
    const invalid = (message: string): ModelAnswer => ({
      status: 422,
      body: { code: "unprocessable", message },
    });
    let body: PasswordRequest;
    try {
      body = JSON.parse(text === "" ? "{}" : text);
    } catch {
      return { status: 400, body: { code: "bad_request", message: "Bad Request" } };
    }
    const { role = body.replica === true ? "reader" : "admin", ttl = 0, cidrs = [] } = body;
    if (!mayChange("connect", "", accesses, branch, { role, replica: body.replica === true })) {
      return NOT_FOUND;
    }
    if (!ROLES.includes(role)) return invalid("Role is not included in the list");
    if (!Number.isInteger(ttl) || ttl < 0) return invalid("Ttl must be greater than or equal to 0");
    const wrong = cidrs.find((cidr) => !/^[0-9a-f.:]+\/\d{1,3}$/i.test(cidr));
    if (wrong !== undefined) {
      const errors = [{ namespace: "password", name: "cidrs", errors: [`${wrong} is not a valid CIDR`] }];
      return { status: 422, body: { errors } };
    }
    const password = await this.#make(branch, { ...body, role });
    return { status: 201, body: { ...passwordBody(password, this.#host), plain_text: password.plainText } };
  }

  async #make(branch: ModelBranch, request: PasswordRequest): Promise<ModelPassword> {
    const password: ModelPassword = {
      id: letters(12),
      name: request.name ?? `password-${letters(4)}`,
      username: letters(20),
      plainText: `pscale_pw_${letters(43)}`,
      role: request.role ?? "admin",
      cidrs: request.cidrs === undefined || request.cidrs.length === 0 ? null : request.cidrs,
      replica: request.replica ?? false,
      directVtgate: request.direct_vtgate ?? false,
      ttlSeconds: request.ttl === undefined || request.ttl === 0 ? null : request.ttl,
      branch,
      createdAt: this.#now(),
      expired: false,
      lastUsedAt: null,
    };
    const { username, plainText, role } = password;
    await this.#options.accounts?.create({ username, password: plainText, role });
    this.#passwords.set(password.id, password);
    return password;
  }

  /** The API forgets it at once; its login ends when it ends. */
  #delete(password: ModelPassword): void {
    this.#passwords.delete(password.id);
    this.#deleted.push(password);
    const { accounts, deleteLagMs = 0 } = this.#options;
    if (accounts === undefined || password.expired) return;
    const drop = () => accounts.drop(password.username);
    const timer = setTimeout(() => {
      this.#lagging.delete(timer);
      const dropping = drop().finally(() => this.#dropping.delete(dropping));
      this.#dropping.add(dropping);
    }, deleteLagMs);
    this.#lagging.set(timer, drop);
  }

  /** Moves `last_used_at` where the login ran a statement since it was last looked at. */
  async #observeUse(password: ModelPassword): Promise<void> {
    const { accounts } = this.#options;
    if (accounts?.statements === undefined) return;
    const count = await accounts.statements(password.username);
    if (count > (this.#statements.get(password.id) ?? 0)) password.lastUsedAt = this.#now();
    this.#statements.set(password.id, count);
  }

  #branchBody(branch: ModelBranch) {
    return {
      id: `b${branch.branch}`,
      name: branch.branch,
      production: branch.production ?? true,
      ready: branch.ready ?? true,
      safe_migrations: false,
      mysql_address: this.#host,
      mysql_edge_address: this.#host,
      sharded: false,
    };
  }

  get #host(): string {
    return this.#options.host ?? "aws.connect.psdb.cloud";
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #existing(id: string): ModelPassword {
    const password = this.#passwords.get(id);
    if (password === undefined) throw new Error(`There is no password ${id}`);
    return password;
  }
}

function letters(count: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join("");
}
