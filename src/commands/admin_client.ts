import type { Approval, HeldText } from "../contract/approval.ts";
import type { AuditRecordSchema } from "../contract/audit.ts";
import type { DigestReportSchema } from "../contract/digest.ts";
import type { ApprovedDigest, Block, BreakGlass } from "../contract/override.ts";
import type { PolicySchema } from "../contract/policy.ts";
import type { ErrorSchema } from "../contract/problem.ts";
import type { ScoreAnswerSchema } from "../contract/score.ts";
import type { SessionSchema } from "../contract/session.ts";
import type { Stats } from "../contract/stats.ts";
import type * as z from "zod";
import { ConnectError, ProtocolError, QuerycopError, UsageError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { type Config, type ConfigKey, inspectConfig, KEYS, systemUser } from "../config/mod.ts";
import { requestHttp } from "../net/http_request.ts";
import { formatEndpoint } from "../net/mod.ts";
import { httpFailure } from "../net/http_failure.ts";
import type { CommandContext } from "./context.ts";

/** How long one request may take, in ms. */
const PATIENCE_MS = 30_000;

/** Where the admin API is, as options of a command say it. */
export interface AdminTarget {
  /** `http://HOST:PORT`; from GATEKEEPER_API_HOST and GATEKEEPER_API_PORT where it is left out. */
  readonly api?: string | undefined;
  /** PEM file of the authorities to trust for an https address. */
  readonly apiCaFile?: string | undefined;
}

/** The admin API refused. The code is `api.` and what the API calls it: `already_decided`, `unauthorized`, ... Exit code 4. */
export class AdminApiError extends QuerycopError {
  override readonly name = "AdminApiError";
  readonly status: number;
  /** What is wrong with which field, or where in a policy file. */
  readonly problems: readonly Readonly<Record<string, unknown>>[];
  constructor(
    status: number,
    code: string,
    message: string,
    hint: string | undefined,
    problems: readonly Readonly<Record<string, unknown>>[] = [],
  ) {
    super(`api.${code}`, message, { hint });
    this.status = status;
    this.problems = problems;
  }
}

/** Who an approver or administrator is where they do not say: `user@host`. */
export function defaultBy(context: Pick<CommandContext, "env">): string {
  return `${systemUser(context.env)}@${hostname()}`;
}

function hostname(): string {
  try {
    return Deno.hostname();
  } catch {
    return "localhost";
  }
}

/**
 * The admin API that a command's options and environment name, with the key of ADMIN_API_KEY or ADMIN_API_KEY_FILE.
 * Errors: `UsageError` where the address is none or the key is missing.
 */
export function adminClient(target: AdminTarget, context: CommandContext): AdminClient {
  const { adminApiKey: key } = readKeys(context, ["adminApiKey"]);
  if (key === undefined) {
    throw new UsageError(`${KEYS.adminApiKey.env} is not set`, {
      hint: "Set it to the key that querycop serves with, or ADMIN_API_KEY_FILE to a file that holds it",
    });
  }
  const base = baseUrl(target, context);
  if (base.protocol === "http:" && !/^(127\.|localhost$|\[::1\]$)/.test(base.hostname)) {
    context.warn(`The key crosses the network to ${base.host} in clear`, "Give an https address with --api");
  }
  return new AdminClient({ base, key, caFile: target.apiCaFile, signal: context.signal });
}

/** What the environment says of some keys, as serve would read them. Errors: `ConfigError`. */
function readKeys<Key extends ConfigKey>(
  { env }: CommandContext,
  keys: readonly Key[],
): Pick<Partial<Config>, Key> {
  const { config, problems } = inspectConfig({ flags: {}, env, os: Deno.build.os });
  const wrong = problems.find((problem) => keys.some((key) => problem.key === KEYS[key].env));
  if (wrong !== undefined) throw wrong;
  return config;
}

function baseUrl({ api }: AdminTarget, context: CommandContext): URL {
  if (api !== undefined) {
    const url = URL.parse(api);
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
      throw new UsageError(`${api} is not the address of an admin API`, {
        hint: "Write it as http://127.0.0.1:8080",
      });
    }
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }
  const { apiHost = "", apiPort: port = 0 } = readKeys(context, ["apiHost", "apiPort"]);
  // Where all addresses are listened on, this machine's own is one of them.
  const host = apiHost === "0.0.0.0" ? "127.0.0.1" : apiHost === "::" ? "::1" : apiHost;
  const url = port === 0 ? null : URL.parse(`http://${formatEndpoint({ host, port })}/`);
  if (url === null) {
    throw new UsageError(
      `${KEYS.apiHost.env} and ${KEYS.apiPort.env} give no address to connect to: ${host} ${port}`,
      { hint: "Give the admin API's address with --api" },
    );
  }
  return url;
}

/** What an approver or administrator says of what they do. */
interface Doing {
  readonly by: string;
  readonly reason: string;
}

/** The admin API of a running querycop, one method a route. Errors: `AdminApiError`, `ConnectError`, `ProtocolError`. */
export class AdminClient {
  readonly #options: {
    readonly base: URL;
    readonly key: Secret;
    readonly caFile: string | undefined;
    readonly signal: AbortSignal;
  };

  constructor(options: {
    readonly base: URL;
    readonly key: Secret;
    readonly caFile: string | undefined;
    readonly signal: AbortSignal;
  }) {
    this.#options = options;
  }

  /** Address without its final slash, for messages. */
  get address(): string {
    return this.#options.base.href.replace(/\/$/, "");
  }

  async approvals(
    query: { readonly state?: string; readonly limit?: number },
  ): Promise<readonly Approval[]> {
    return (await this.#ask<{ approvals: Approval[] }>("GET", "v1/approvals", query)).approvals;
  }

  /** With its text as it will run while it waits. */
  approval(id: string): Promise<{ readonly approval: Approval; readonly text?: HeldText }> {
    return this.#ask("GET", `v1/approvals/${part(id)}`);
  }

  /** With `scope` `digest` also what lets the next ones of its shape pass. */
  approve(
    id: string,
    body: Doing & { readonly scope?: "once" | "digest"; readonly for?: string },
  ): Promise<{ readonly approval: Approval; readonly approved?: readonly ApprovedDigest[] }> {
    return this.#ask("POST", `v1/approvals/${part(id)}/approve`, {}, body);
  }

  async reject(id: string, body: Doing): Promise<Approval> {
    return (await this.#ask<{ approval: Approval }>("POST", `v1/approvals/${part(id)}/reject`, {}, body))
      .approval;
  }

  async blocks(): Promise<readonly Block[]> {
    return (await this.#ask<{ blocks: Block[] }>("GET", "v1/blocks")).blocks;
  }

  async block(body: Doing & { readonly digest: string; readonly for?: string }): Promise<Block> {
    return (await this.#ask<{ block: Block }>("POST", "v1/blocks", {}, body)).block;
  }

  async unblock(id: string, doing: Partial<Doing>): Promise<void> {
    await this.#ask("DELETE", `v1/blocks/${part(id)}`, doing);
  }

  async breakGlass(): Promise<readonly BreakGlass[]> {
    return (await this.#ask<{ break_glass: BreakGlass[] }>("GET", "v1/break-glass")).break_glass;
  }

  async openBreakGlass(body: Doing & { readonly role: string; readonly for: string }): Promise<BreakGlass> {
    return (await this.#ask<{ break_glass: BreakGlass }>("POST", "v1/break-glass", {}, body)).break_glass;
  }

  async closeBreakGlass(id: string, doing: Partial<Doing>): Promise<void> {
    await this.#ask("DELETE", `v1/break-glass/${part(id)}`, doing);
  }

  async approvedDigests(): Promise<readonly ApprovedDigest[]> {
    return (await this.#ask<{ approved: ApprovedDigest[] }>("GET", "v1/approved")).approved;
  }

  async removeApprovedDigest(id: string, doing: Partial<Doing>): Promise<void> {
    await this.#ask("DELETE", `v1/approved/${part(id)}`, doing);
  }

  policy(): Promise<z.infer<typeof PolicySchema>> {
    return this.#ask("GET", "v1/policy");
  }

  reloadPolicy(): Promise<{ readonly source: string; readonly roles: readonly string[] }> {
    return this.#ask("POST", "v1/policy/reload");
  }

  score(
    body: {
      readonly sql: string;
      readonly user?: string;
      readonly schema?: string;
      readonly client?: string;
      readonly sql_mode?: string;
    },
  ): Promise<z.infer<typeof ScoreAnswerSchema>> {
    return this.#ask("POST", "v1/score", {}, body);
  }

  async sessions(): Promise<readonly z.infer<typeof SessionSchema>[]> {
    return (await this.#ask<{ sessions: z.infer<typeof SessionSchema>[] }>("GET", "v1/sessions")).sessions;
  }

  async digests(
    query: { readonly order?: string; readonly limit?: number; readonly role?: string },
  ): Promise<readonly z.infer<typeof DigestReportSchema>[]> {
    return (await this.#ask<{ digests: z.infer<typeof DigestReportSchema>[] }>("GET", "v1/digests", query))
      .digests;
  }

  /** Query fields as the route has them: type, action, user, role, session, digest, since, until, before, limit. */
  audit(
    query: Readonly<Record<string, string | number | undefined>>,
  ): Promise<
    { readonly records: readonly z.infer<typeof AuditRecordSchema>[]; readonly next: number | null }
  > {
    return this.#ask("GET", "v1/audit", query);
  }

  stats(): Promise<Stats> {
    return this.#ask("GET", "v1/stats");
  }

  async #ask<T>(
    method: "GET" | "POST" | "DELETE",
    path: string,
    query: Readonly<Record<string, string | number | undefined>> = {},
    body?: unknown,
  ): Promise<T> {
    const { base, key, caFile, signal } = this.#options;
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await this.#send({
      url: url.href,
      method,
      headers: {
        authorization: `Bearer ${key.reveal()}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      caFile,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const answer = parse(response.body);
    if (response.status >= 400) throw apiError(response.status, answer, this.address);
    if (response.status >= 300 || answer === undefined) {
      throw new ProtocolError(`${this.address} answers ${response.status} and not as an admin API does`, {
        hint: "Give the address of querycop's admin API with --api",
      });
    }
    return answer as T;
  }

  async #send(request: Parameters<typeof requestHttp>[0]) {
    try {
      return await requestHttp(request);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (error instanceof Deno.errors.NotFound) {
        throw new UsageError(`Cannot read ${request.caFile}`, { hint: "Correct the path", cause: error });
      }
      throw unreachable(error, this.address);
    }
  }
}

function part(text: string): string {
  return encodeURIComponent(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function apiError(status: number, answer: unknown, address: string): AdminApiError {
  const { error } = (answer ?? {}) as Partial<z.infer<typeof ErrorSchema>>;
  const code = error?.code ?? `status_${status}`;
  const message = error?.message ?? `${address} answers ${status}`;
  const hint = status === 401 ? "ADMIN_API_KEY must be the key that querycop serves with" : HINTS[code];
  return new AdminApiError(status, code, message, hint, error?.problems ?? []);
}

const HINTS: Readonly<Record<string, string>> = {
  admin_api_off: "Start querycop with ADMIN_API_KEY",
  approval_not_found: "querycop approvals list shows what waits",
  already_decided: "querycop approvals show ID says by whom",
  refused_by_policy: "querycop approvals show ID, and querycop audit query, say why",
  too_many_requests: "Wait a second",
  audit_unavailable: "Make room for, or repair, the data directory (GATEKEEPER_DATA_DIR)",
};

function unreachable(error: unknown, address: string): ConnectError {
  const { reason: text } = httpFailure(error);
  const reason = text === "connection refused"
    ? "refused"
    : text === "no answer in time"
    ? "timeout"
    : "failed";
  return new ConnectError("tcp", reason, address, text, {
    hint: text.includes("certificate")
      ? "Name the authority of its certificate with --api-ca-file"
      : "Is querycop serving there? --api gives another address of its admin API",
    cause: error,
  });
}
