import type * as z from "zod";
import { UsageError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { type ApiGet, everyPage, neededAccesses, readTokenFacts, type TokenFacts } from "../../config/mod.ts";
import { MOST_BODY_BYTES } from "../../net/http_request.ts";
import { PlanetScaleApiError } from "./errors.ts";
import { explain, type Oracle, type Subject } from "./explain.ts";
import type { ApiAnswer, ApiRequest, Sender } from "./sender.ts";
import {
  branchShape,
  databaseShape,
  organizationShape,
  pageShape,
  parseJson,
  type PasswordAnswer,
  passwordShape,
} from "./shapes.ts";
import {
  type BranchInfo,
  type BranchPassword,
  type BranchRef,
  type CreatedPassword,
  type DatabaseInfo,
  nameOf,
  type NewPassword,
  type PasswordFilter,
  type PlanetScaleApi,
} from "./types.ts";

const PAGE_SIZE = 100;
const MOST_PAGES = 100;

const [CONNECT, DELETE] = neededAccesses({ production: undefined }).map(({ anyOf }) => anyOf);
const READ_BRANCH = ["read_branch", "delete_branch", "create_branch", ...(CONNECT ?? [])];
const READ_DATABASE = ["read_database"];

/** The client over a sender. */
export class Client implements PlanetScaleApi {
  readonly tokenId: string;
  readonly #sender: Sender;
  readonly #oracle: Oracle;

  constructor(tokenId: string, sender: Sender) {
    this.tokenId = tokenId;
    this.#sender = sender;
    this.#oracle = {
      organizations: async () => {
        const { status, items } = await everyPage(
          this.#ask("list the token's organizations"),
          "/organizations",
        );
        if (status === 401 || status === 403) return "rejected";
        return items?.flatMap((each) => {
          const parsed = organizationShape.safeParse(each);
          return parsed.success ? [parsed.data.name] : [];
        });
      },
      token: ({ organization = "" }) => this.token(organization),
      readable: (subject) => this.#answers(pathOf(subject)),
      listable: ({ passwordId: _, ...subject }) => this.#answers(`${pathOf(subject)}/passwords?per_page=1`),
    };
  }

  nowMs(): number {
    return this.#sender.nowMs();
  }

  async organizations(): Promise<readonly string[]> {
    const found = await this.#list(
      "/organizations",
      "",
      organizationShape,
      "list the token's organizations",
      {},
    );
    return found.map(({ name }) => name);
  }

  async database(organization: string, database: string): Promise<DatabaseInfo> {
    const subject = { organization, database, anyOf: READ_DATABASE };
    const what = `read the database ${organization}/${database}`;
    const { name, kind } = await this.#get(pathOf(subject), databaseShape, what, subject);
    return { name, kind };
  }

  async branch(ref: BranchRef): Promise<BranchInfo> {
    const subject = { ...ref, anyOf: READ_BRANCH };
    const found = await this.#get(pathOf(subject), branchShape, `read the branch ${nameOf(ref)}`, subject);
    return {
      name: found.name,
      production: found.production,
      ready: found.ready,
      safeMigrations: found.safe_migrations,
      mysqlAddress: found.mysql_address,
      mysqlEdgeAddress: found.mysql_edge_address,
    };
  }

  async token(organization: string): Promise<TokenFacts | undefined> {
    segment(organization);
    return await readTokenFacts(this.#ask("read the token's accesses"), organization, this.tokenId);
  }

  async listPasswords(ref: BranchRef, filter: PasswordFilter = {}): Promise<readonly BranchPassword[]> {
    const query = new URLSearchParams({ ...filter }).toString();
    const found = await this.#list(
      `${pathOf(ref)}/passwords`,
      query,
      passwordShape,
      `list the passwords of ${nameOf(ref)}`,
      { ...ref, anyOf: READ_BRANCH },
    );
    const known = found.filter((each) => each.deleted_at === undefined).map(passwordOf);
    // A page shifts when a password is made or deleted meanwhile, which shows the same one twice.
    return [...new Map(known.map((password) => [password.id, password])).values()];
  }

  async getPassword(ref: BranchRef, id: string): Promise<BranchPassword> {
    const subject = { ...ref, passwordId: id, anyOf: READ_BRANCH };
    const what = `read the password ${id} of ${nameOf(ref)}`;
    return passwordOf(await this.#get(pathOf(subject), passwordShape, what, subject));
  }

  async createPassword(ref: BranchRef, password: NewPassword): Promise<CreatedPassword> {
    const { name, role, cidrs, replica, directVtgate = false, ttlSeconds } = password;
    const request: ApiRequest = {
      method: "POST",
      path: `${pathOf(ref)}/passwords`,
      what: `make a password in ${nameOf(ref)}`,
      body: {
        name,
        ...(role === undefined ? {} : { role }),
        ...(cidrs.length === 0 ? {} : { cidrs }),
        ...(replica ? { replica } : {}),
        ...(directVtgate ? { direct_vtgate: true } : {}),
        ...(ttlSeconds === 0 ? {} : { ttl: ttlSeconds }),
      },
    };
    const answer = await this.#sender.send(request);
    if (answer.status !== 201 && answer.status !== 200) {
      throw await explain(request, answer, { ...ref, anyOf: CONNECT ?? [] }, this.#oracle);
    }
    const made = read(request, answer, passwordShape);
    const secret = made.plain_text;
    if (secret === undefined || secret === "") throw malformed(request, answer, "no secret in plain_text");
    // Where asking for the rest fails too, the error has to say that there is a password.
    const username = made.username ?? (await this.getPassword(ref, made.id).catch(() => undefined))?.username;
    if (username === undefined) throw malformed(request, answer, "no username");
    return { ...passwordOf(made), username, plainText: new Secret(secret) };
  }

  async deletePassword(ref: BranchRef, id: string): Promise<"deleted" | "gone"> {
    const subject = { ...ref, passwordId: id, anyOf: DELETE ?? [] };
    const request: ApiRequest = {
      method: "DELETE",
      path: pathOf(subject),
      what: `delete the password ${id} of ${nameOf(ref)}`,
    };
    const answer = await this.#sender.send(request);
    if (answer.status === 204) return "deleted";
    // Something else that says yes to everything, such as a portal to log in at, has deleted nothing.
    if (answer.status < 300) throw malformed(request, answer, `status ${answer.status}, which says nothing`);
    const error = await explain(request, answer, subject, this.#oracle);
    if (answer.afterLoss && error.kind === "not_found") return "gone";
    throw error;
  }

  async #get<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    what: string,
    subject: Subject,
  ): Promise<z.infer<Shape>> {
    const request: ApiRequest = { method: "GET", path, what };
    const answer = await this.#sender.send(request);
    if (answer.status !== 200) throw await explain(request, answer, subject, this.#oracle);
    return read(request, answer, shape);
  }

  async #list<Item extends z.ZodType>(
    path: string,
    query: string,
    item: Item,
    what: string,
    subject: Subject,
  ): Promise<readonly z.infer<Item>[]> {
    const items: z.infer<Item>[] = [];
    let page = 1;
    for (let count = 0; count < MOST_PAGES; count++) {
      const filter = query === "" ? "" : `&${query}`;
      const found = await this.#get(
        `${path}?page=${page}&per_page=${PAGE_SIZE}${filter}`,
        pageShape(item),
        what,
        subject,
      );
      items.push(...found.data);
      if (!found.next_page) return items;
      page = found.next_page;
    }
    throw new PlanetScaleApiError("malformed", `Cannot ${what}: there is no end to the pages`, {
      hint: "Check PLANETSCALE_API_URL; it should be PlanetScale's API",
    });
  }

  /** Reads where a refusal is an answer as well. */
  #ask(what: string): ApiGet {
    return async (path) => {
      const { status, body } = await this.#sender.send({ method: "GET", path, what });
      return { status, body: parseJson(body) };
    };
  }

  async #answers(path: string): Promise<boolean> {
    const { status } = await this.#sender.send({ method: "GET", path, what: "find out what is missing" });
    return status === 200;
  }
}

function pathOf({ organization, database, branch, passwordId }: Subject): string {
  const parts = [
    ["organizations", organization],
    ["databases", database],
    ["branches", branch],
    ["passwords", passwordId],
  ] as const;
  return parts.map(([kind, name]) => name === undefined ? "" : `/${kind}/${segment(name)}`).join("");
}

/** One name in a path. A dot or two would lead elsewhere, which encoding does not prevent. */
function segment(name: string): string {
  if (name === "" || name === "." || name === "..") {
    throw new UsageError(`"${name}" is not the name of an organization, database, branch or password`, {
      hint: "Use the names that PlanetScale shows in the dashboard's address",
    });
  }
  return encodeURIComponent(name);
}

function passwordOf(answer: PasswordAnswer): BranchPassword {
  return {
    id: answer.id,
    name: answer.name,
    username: answer.username,
    role: answer.role,
    cidrs: answer.cidrs,
    replica: answer.replica ?? false,
    directVtgate: answer.direct_vtgate ?? false,
    ttlSeconds: answer.ttl_seconds,
    createdAt: answer.created_at,
    expiresAt: answer.expires_at,
    expired: answer.expired ?? false,
    lastUsedAt: answer.last_used_at,
    accessHost: answer.access_host_url,
    production: answer.database_branch?.production,
  };
}

function read<Shape extends z.ZodType>(
  request: ApiRequest,
  answer: ApiAnswer,
  shape: Shape,
): z.infer<Shape> {
  if (answer.body.length >= MOST_BODY_BYTES) throw malformed(request, answer, "more than 1 MB");
  const value = parseJson(answer.body);
  if (value === undefined) throw malformed(request, answer, "other than JSON");
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  // Only where and what kind: the answer itself may hold a secret.
  const issue = parsed.error.issues[0];
  throw malformed(request, answer, `${issue?.path.join(".") || "a value"} that is not as documented`);
}

function malformed(request: ApiRequest, answer: ApiAnswer, what: string): PlanetScaleApiError {
  return new PlanetScaleApiError("malformed", `Cannot ${request.what}: the API's answer has ${what}`, {
    hint: "Check PLANETSCALE_API_URL, and whether this is the newest querycop",
    status: answer.status,
    ambiguous: request.method !== "GET",
    requestId: answer.requestId,
  });
}
