/** The client before an API that is made of PlanetScale's OpenAPI document. */
import assert from "node:assert/strict";
import { QuerycopError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { VERSION } from "../../src/base/version.ts";
import { accessesOn } from "../../src/config/mod.ts";
import { createPlanetScaleApi, PlanetScaleApiError } from "../../src/rotate/planetscale_api.ts";
import { assertMayRotate, gatherPreflight, judgePreflight } from "../../src/rotate/preflight.ts";
import { type OpenApiOptions, OpenApiPlanetScale } from "../support/openapi_planetscale.ts";

const MAIN = { database: "shop", branch: "main", production: true };
const DEV = { database: "shop", branch: "dev", production: false };
const REF = { organization: "acme", database: "shop", branch: "main" };
const PRODUCTION = ["connect_production_branch", "delete_production_branch_password", "read_branch"];
const NOW = new Date("2026-11-22T12:00:00Z");
const NOBODY = { id: undefined, username: undefined };

function on(database: string, ...accesses: readonly string[]) {
  return accesses.map((access) => ({ access, database }));
}

function stage(
  change: Partial<OpenApiOptions> & { readonly accesses?: OpenApiOptions["token"]["accesses"] } = {},
) {
  const { accesses = [...on("shop", ...PRODUCTION), { access: "read_service_tokens" }], ...options } = change;
  const server = new OpenApiPlanetScale({
    organizations: ["acme"],
    branches: [MAIN, DEV],
    token: { id: "abcdefghijkl", secret: "pscale_tkn_x", accesses },
    now: () => NOW,
    ...options,
  });
  const api = createPlanetScaleApi({
    baseUrl: "https://api.planetscale.test",
    tokenId: "abcdefghijkl",
    token: new Secret("pscale_tkn_x"),
    log: createLogger({ level: "error", format: "json", write: () => {} }),
    signal: new AbortController().signal,
    transport: async ({ url, method, headers, body = "" }) => {
      const answer = server.handle({ url: new URL(url), method, headers: new Headers({ ...headers }), body });
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    },
  });
  return { server, api };
}

async function failure(run: Promise<unknown>): Promise<PlanetScaleApiError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof PlanetScaleApiError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

Deno.test("every request of the client is in PlanetScale's document, and every answer of it is understood", async () => {
  const { server, api } = stage();
  const old = server.add(MAIN, { role: "writer", cidrs: ["10.0.0.0/8"], ttl_seconds: 86_400 });
  const facts = await gatherPreflight(api, REF, NOBODY);
  const verdict = judgePreflight(facts, NOW, 900_000);
  assertMayRotate(verdict);
  assert.deepEqual(verdict.findings.map(({ code }) => code), ["preflight.ttl"]);
  assert.equal(verdict.old.id, old.id);
  assert.equal(verdict.old.production, true);
  const made = await api.createPassword(REF, { name: "new", ...verdict.create });
  assert.deepEqual(
    [made.role, made.cidrs, made.ttlSeconds, made.replica, made.accessHost],
    ["writer", ["10.0.0.0/8"], 86_400, false, "aws.connect.psdb.cloud"],
  );
  assert.ok(made.plainText.reveal().startsWith("pscale_pw_"));
  assert.equal((await api.getPassword(REF, made.id)).username, made.username);
  assert.equal(await api.deletePassword(REF, old.id), "deleted");
  assert.deepEqual((await api.listPasswords(REF)).map(({ id }) => id), [made.id]);
  assert.deepEqual(server.faults, []);
  for (const { headers } of server.requests) assert.equal(headers.get("user-agent"), `querycop/${VERSION}`);
});

Deno.test("lists are read past their first page: passwords, organizations, and accesses however many", async () => {
  const many = Array.from({ length: 130 }, (_, index) => `org-${index}`);
  const others = Array.from({ length: 250 }, (_, index) => on(`other-${index}`, "read_branch")).flat();
  const { server, api } = stage({
    organizations: [...many, "acme"],
    accesses: [...others, ...on("shop", ...PRODUCTION), { access: "read_service_tokens" }],
  });
  for (let count = 0; count < 230; count++) server.add(MAIN);
  assert.equal((await api.listPasswords(REF)).length, 230);
  assert.ok((await api.organizations()).includes("acme"));
  const token = await api.token("acme");
  assert.ok(token !== undefined);
  assert.deepEqual(accessesOn(token, "shop").slice(0, 3), PRODUCTION);
});

Deno.test("which access is needed is decided by the password's branch where the branch itself may not be read", async () => {
  const connect = ["connect_production_read_only_branch", "connect_production_branch"];
  for (
    const [branch, accesses, wanted] of [
      [MAIN, ["read_branch", "connect_branch", "delete_branch_password"], "connect_production_branch"],
      [DEV, [...connect, "read_branch", "delete_production_branch_password"], "connect_branch"],
    ] as const
  ) {
    const { server, api } = stage({
      accesses: [...on("shop", ...accesses), { access: "read_service_tokens" }],
    });
    server.add(branch);
    const facts = await gatherPreflight(api, { ...REF, branch: branch.branch }, NOBODY);
    const { findings } = judgePreflight({ ...facts, branch: undefined }, NOW, 900_000);
    const missing = findings.filter(({ code }) => code === "api.missing_access");
    assert.equal(missing.length, 2);
    assert.ok(missing[0]?.hint.includes(wanted), missing[0]?.hint);
  }
});

Deno.test("a wrong organization, database, branch and a missing access are told apart, though all are 404", async () => {
  const { api } = stage();
  const says = async (ref: Partial<typeof REF>) =>
    (await failure(api.listPasswords({ ...REF, ...ref }))).message;
  assert.match(await says({ organization: "acne" }), /not for the organization acne; it is for acme/);
  assert.match(await says({ database: "shob" }), /no access to a database shob of acme; it has to shop/);
  assert.match(await says({ branch: "mian" }), /acme\/shop has no branch mian/);
  const blind = stage({
    accesses: [...on("shop", "delete_production_branch_password"), { access: "read_service_tokens" }],
  });
  assert.equal((await failure(blind.api.listPasswords(REF))).kind, "missing_access");
  const creator = stage({ accesses: on("shop", "connect_production_branch") });
  const made = await creator.api.createPassword(REF, {
    name: "n",
    role: "admin",
    cidrs: [],
    replica: false,
    ttlSeconds: 0,
  });
  assert.match(
    (await failure(creator.api.deletePassword(REF, made.id))).hint ?? "",
    /delete_production_branch_password/,
  );
});

Deno.test("a token that ends soon is warned of, and a time to live shorter than the quiet period stops", async () => {
  const { server, api } = stage({
    token: {
      id: "abcdefghijkl",
      secret: "pscale_tkn_x",
      expiresAt: "2026-11-22T18:00:00Z",
      accesses: [...on("shop", ...PRODUCTION), { access: "read_service_tokens" }],
    },
  });
  server.add(MAIN, { ttl_seconds: 600 });
  const facts = await gatherPreflight(api, REF, NOBODY);
  const codes = (quietMs: number) => judgePreflight(facts, NOW, quietMs).findings.map(({ code }) => code);
  assert.deepEqual(codes(900_000), ["usage.ttl_too_short", "preflight.token_expires"]);
  assert.deepEqual(codes(300_000), ["preflight.ttl", "preflight.token_expires"]);
  assert.throws(() => assertMayRotate(judgePreflight(facts, NOW, 900_000)), QuerycopError);
});
