/**
 * PlanetScale's API made of PlanetScale's own OpenAPI document: paths, parameters, the accesses that each operation names,
 * the fields of each answer and which of them are always there. `tests/testdata/planetscale_openapi.json` holds those
 * shapes (planetscale/terraform-provider-planetscale, schemas/openapi.yaml, 2026-08). Nothing here is taken from the
 * client, from its types or from the other model of the API.
 */

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Operation {
  readonly accesses: readonly string[];
  readonly query: readonly string[];
  readonly request?: Schema;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Fields = Readonly<Record<string, Json>>;

const DOCUMENT: Readonly<Record<string, Readonly<Record<string, Operation>>>> = JSON.parse(
  Deno.readTextFileSync(new URL("../testdata/planetscale_openapi.json", import.meta.url)),
);
const NOT_FOUND: Fields = { code: "not_found", message: "Not Found" };

/** A database's branch and what stands in it. */
export interface OpenApiBranch {
  readonly database: string;
  readonly branch: string;
  readonly production: boolean;
}

/** A service token and its accesses, each on one resource. */
export interface OpenApiToken {
  readonly id: string;
  readonly secret: string;
  readonly expiresAt?: string;
  readonly accesses: readonly { readonly access: string; readonly database?: string }[];
}

/** What the API is made with. */
export interface OpenApiOptions {
  readonly organizations: readonly string[];
  readonly branches: readonly OpenApiBranch[];
  readonly token: OpenApiToken;
  readonly now: () => Date;
}

/** A request as it arrives. */
export interface OpenApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

interface Password extends Record<string, Json> {
  readonly id: string;
}

/** The API in memory. */
export class OpenApiPlanetScale {
  readonly options: OpenApiOptions;
  readonly requests: OpenApiRequest[] = [];
  /** Requests that are not as the document has them. */
  readonly faults: string[] = [];
  readonly passwords: {
    readonly branch: OpenApiBranch;
    readonly fields: Password;
    readonly secret: string;
  }[] = [];
  #serial = 0;

  constructor(options: OpenApiOptions) {
    this.options = options;
  }

  /** Makes a password as the dashboard does. */
  add(branch: OpenApiBranch, fields: Fields = {}): Password {
    return this.#make(branch, fields).fields;
  }

  /** The answer to a request. */
  handle(request: OpenApiRequest): Response {
    this.requests.push(request);
    const found = match(request.url.pathname, request.method.toLowerCase());
    if (found === undefined) {
      this.faults.push(`${request.method} ${request.url.pathname} is not in the document`);
      return this.#answer(404, NOT_FOUND);
    }
    const { operation, names, template } = found;
    for (const name of request.url.searchParams.keys()) {
      if (!operation.query.includes(name)) this.faults.push(`${template} takes no parameter ${name}`);
    }
    const { token, organizations } = this.options;
    if (template !== "/regions" && request.headers.get("authorization") !== `${token.id}:${token.secret}`) {
      return this.#answer(401, { code: "unauthorized", message: "Unauthorized" });
    }
    if (names.organization !== undefined && !organizations.includes(names.organization)) {
      return this.#answer(404, NOT_FOUND);
    }
    const needed = operation.accesses;
    const allowed = needed.length === 0 ||
      token.accesses.some(({ access, database }) =>
        needed.includes(access) && (database === undefined || database === names.database) &&
        this.#fits(access, names)
      );
    if (!allowed) return this.#answer(404, NOT_FOUND);
    return this.#act(request, template, operation, names);
  }

  #act(
    request: OpenApiRequest,
    template: string,
    operation: Operation,
    names: Readonly<Record<string, string>>,
  ): Response {
    const { organizations, branches, token } = this.options;
    const schema = (status: string) => operation.responses[status] ?? {};
    const inDatabase = branches.filter(({ database }) => database === names.database);
    const branch = inDatabase.find((each) => each.branch === names.branch);
    const kind = template.split("/").filter((part) => !part.startsWith("{")).at(-1);
    if (template === "/organizations") {
      return this.#page(request.url, schema("200"), organizations.map((name) => ({ name })));
    }
    if (template === "/regions") return this.#page(request.url, schema("200"), []);
    if (kind === "service-tokens") {
      if (names.id !== token.id) return this.#answer(404, NOT_FOUND);
      return this.#answer(200, instance(schema("200"), this.#tokenFields()));
    }
    if (inDatabase.length === 0) return this.#answer(404, NOT_FOUND);
    if (kind === "databases") {
      return this.#answer(
        200,
        instance(schema("200"), { name: names.database ?? "", kind: "mysql", ready: true }),
      );
    }
    if (branch === undefined) return this.#answer(404, NOT_FOUND);
    if (kind === "branches") {
      const fields = { name: branch.branch, production: branch.production, ready: true };
      return this.#answer(200, instance(schema("200"), fields));
    }
    const here = this.passwords.filter((each) => each.branch === branch);
    if (names.id !== undefined) {
      const found = here.find(({ fields }) => fields.id === names.id);
      if (found === undefined) return this.#answer(404, NOT_FOUND);
      if (request.method !== "DELETE") return this.#answer(200, instance(schema("200"), found.fields));
      this.passwords.splice(this.passwords.indexOf(found), 1);
      return new Response(null, { status: 204, headers: this.#headers() });
    }
    if (request.method === "GET") {
      return this.#page(request.url, schema("200"), here.map(({ fields }) => fields));
    }
    return this.#create(request, operation, branch);
  }

  #create(request: OpenApiRequest, operation: Operation, branch: OpenApiBranch): Response {
    const body = JSON.parse(request.body || "{}");
    const wrong = mismatch(operation.request ?? {}, body, true);
    if (wrong !== undefined) {
      this.faults.push(`the body of a create: ${wrong}`);
      return this.#answer(422, { code: "unprocessable", message: wrong });
    }
    const { ttl, ...rest } = body;
    const made = this.#make(branch, { ...rest, ...(ttl === undefined ? {} : { ttl_seconds: ttl }) });
    const answer = instance(operation.responses["201"] ?? {}, { ...made.fields, plain_text: made.secret });
    return this.#answer(201, answer);
  }

  #make(branch: OpenApiBranch, fields: Fields) {
    const serial = ++this.#serial;
    const item =
      DOCUMENT["/organizations/{organization}/databases/{database}/branches/{branch}/passwords"]?.post
        ?.responses["201"] ?? {};
    const made = {
      branch,
      secret: `pscale_pw_${crypto.randomUUID().replaceAll("-", "")}`,
      fields: instance(item, {
        id: `pw${String(serial).padStart(10, "0")}`,
        name: `password ${serial}`,
        username: `user${serial}`,
        role: "readwriter",
        cidrs: [],
        replica: false,
        direct_vtgate: false,
        created_at: this.options.now().toISOString(),
        expired: false,
        ttl_seconds: null,
        access_host_url: "aws.connect.psdb.cloud",
        database_branch: { name: branch.branch, id: "b", production: branch.production },
        plain_text: null,
        ...fields,
      }) as Password,
    };
    this.passwords.push(made);
    return made;
  }

  /** Accesses whose name has `production` are for production branches, the read-only ones aside as in the document. */
  #fits(access: string, names: Readonly<Record<string, string>>): boolean {
    const branch = this.options.branches.find((each) =>
      each.database === names.database && each.branch === names.branch
    );
    if (branch === undefined || !/^(connect|delete)_.*branch/.test(access)) return true;
    return /^(connect|delete)_production/.test(access) === branch.production || access === "delete_branch";
  }

  #tokenFields(): Fields {
    const { id, accesses, expiresAt } = this.options.token;
    return {
      id,
      token: null,
      expires_at: expiresAt ?? null,
      service_token_accesses: accesses.map(({ access, database }) => ({
        id: `a${access}`,
        access,
        description: access,
        resource_name: database ?? this.options.organizations[0] ?? "",
        resource_id: "r",
        resource_type: database === undefined ? "Organization" : "Database",
        resource: { id: "r", name: database ?? "", created_at: "", updated_at: "", deleted_at: null },
      })),
    };
  }

  /** 25 a page by default and 100 at most, as the reference says of every list. */
  #page(url: URL, schema: Schema, all: readonly Fields[]): Response {
    const number = (name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise);
    const size = Math.min(100, number("per_page", 25));
    const page = number("page", 1);
    const more = page * size < all.length;
    const items = all.slice((page - 1) * size, page * size);
    const body = instance(schema, { current_page: page, next_page: more ? page + 1 : null });
    const data = items.map((each) => instance(schema.properties?.data?.items ?? {}, each));
    return this.#answer(200, { ...body as Fields, data });
  }

  #answer(status: number, body: Json): Response {
    return new Response(JSON.stringify(body), {
      status,
      headers: { ...this.#headers(), "content-type": "application/json; charset=utf-8" },
    });
  }

  #headers(): Record<string, string> {
    return { date: this.options.now().toUTCString(), "x-request-id": crypto.randomUUID() };
  }
}

/** The operation of a path and method, with the names in the path. */
function match(pathname: string, method: string) {
  const parts = pathname.split("/");
  if (parts[1] !== "v1") return undefined;
  const given = parts.slice(2).map(decodeURIComponent);
  for (const [template, methods] of Object.entries(DOCUMENT)) {
    const wanted = template.split("/").slice(1);
    const operation = methods[method];
    if (operation === undefined || wanted.length !== given.length) continue;
    const names: Record<string, string> = {};
    const fits = wanted.every((part, index) => {
      const name = /^\{(.*)\}$/.exec(part)?.[1];
      if (name === undefined) return part === given[index];
      names[name] = given[index] ?? "";
      return true;
    });
    if (fits) return { operation, names, template };
  }
  return undefined;
}

/** A value of a schema with every field that the document says is always there; what is given stands in its place. */
function instance(schema: Schema, given?: Json): Json {
  if (schema.type === "object") {
    const fields = given === undefined || given === null || typeof given !== "object" ? {} : given as Fields;
    const known = Object.entries(schema.properties ?? {});
    const made = Object.fromEntries(
      known.filter(([name]) => schema.required?.includes(name) || name in fields)
        .map(([name, each]) => [name, instance(each, fields[name])]),
    );
    const wrong = mismatch(schema, made, false);
    if (wrong !== undefined) throw new Error(`An answer is not as the document has it: ${wrong}`);
    return made;
  }
  if (given !== undefined) return given;
  if (schema.nullable === true) return null;
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return 0;
  return schema.enum?.[0] ?? "";
}

/** Where a value is not of a schema, in words. `strict`: fields that the document does not name are wrong. */
function mismatch(schema: Schema, value: Json | undefined, strict: boolean, at = "it"): string | undefined {
  if (value === null || value === undefined) return schema.nullable === true ? undefined : `${at} is missing`;
  if (schema.type === "array") {
    if (!Array.isArray(value)) return `${at} is not an array`;
    return value.map((each, index) => mismatch(schema.items ?? {}, each, strict, `${at}[${index}]`)).find(
      Boolean,
    );
  }
  if (schema.type === "object") {
    if (typeof value !== "object" || Array.isArray(value)) return `${at} is not an object`;
    const fields = value as Fields;
    const stranger = strict
      ? Object.keys(fields).find((name) => schema.properties?.[name] === undefined)
      : undefined;
    if (stranger !== undefined) return `${at}.${stranger} is not known`;
    const missing = schema.required?.find((name) => !(name in fields));
    if (missing !== undefined) return `${at}.${missing} is missing`;
    return Object.entries(fields).map(([name, each]) =>
      mismatch(schema.properties?.[name] ?? {}, each, strict, `${at}.${name}`)
    ).find(Boolean);
  }
  const types: Readonly<Record<string, string>> = { integer: "number" };
  const type = schema.type === undefined ? undefined : types[schema.type] ?? schema.type;
  if (type !== undefined && typeof value !== type) return `${at} is not ${schema.type}`;
  if (schema.type === "integer" && !Number.isInteger(value)) return `${at} is not an integer`;
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) {
    return `${at} is not one of ${schema.enum}`;
  }
  return undefined;
}
