import assert from "node:assert/strict";
import { systemClock } from "../../src/base/clock.ts";
import { Secret } from "../../src/base/secret.ts";
import { examine, verdictOf } from "../support/doctor_input.ts";
import { type OpenApiOptions, OpenApiPlanetScale } from "../support/openapi_planetscale.ts";

const ID = "abcdefghijkl";
const TOKEN = "pscale_tkn_0123456789abcdefghijklmnopqrstuvwxyz";
const PRODUCTION = ["connect_production_branch", "delete_production_branch_password", "read_branch"];

interface Api extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly string[];
}

/** The parts of the API that doctor asks for, with these accesses, or answering every request with one status. */
function api(behaviour: { readonly accesses?: readonly string[] | "hidden"; readonly status?: number }): Api {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    const { status, accesses = [] } = behaviour;
    if (status !== undefined) return Response.json({ code: "unauthorized" }, { status });
    if (request.headers.get("authorization") !== `${ID}:${TOKEN}`) {
      return Response.json({ code: "unauthorized", message: "Unauthorized" }, { status: 401 });
    }
    if (pathname === "/v1/organizations") return Response.json({ data: [{ name: "acme" }] });
    if (pathname !== `/v1/organizations/acme/service-tokens/${ID}/grants` || accesses === "hidden") {
      return Response.json({ code: "not_found", message: "Not Found" }, { status: 404 });
    }
    const granted = accesses.map((access) => ({ access, description: access }));
    return Response.json({ data: [{ resource_type: "Database", resource_name: "shop", accesses: granted }] });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function verdict(
  url: string,
  token: Partial<Record<"id" | "secret" | "organization" | "database" | "branch", string | undefined>> = {},
) {
  const { id = ID, secret = TOKEN, organization, database, branch } = token;
  const serviceToken = { id, secret: new Secret(secret), organization, database, branch };
  return (await examine({ apiUrl: url, serviceToken }, ["service-token"]))["service-token"];
}

Deno.test("service-token: accepted with what rotate needs", async () => {
  await using server = api({ accesses: PRODUCTION });
  assert.equal(verdictOf(await verdict(server.url)), "pass");
  assert.equal(verdictOf(await verdict(server.url, { organization: "acme", database: "shop" })), "pass");
});

Deno.test("service-token: id and secret swapped are recognized without being sent", async () => {
  await using server = api({ accesses: PRODUCTION });
  assert.equal(verdictOf(await verdict(server.url, { id: TOKEN, secret: ID })), "fail service-token.swapped");
  assert.deepEqual(server.asked, []);
});

Deno.test("service-token: refused, of another organization, for another database", async () => {
  await using server = api({ accesses: PRODUCTION });
  assert.equal(verdictOf(await verdict(server.url, { secret: `${TOKEN}x` })), "fail service-token.refused");
  assert.equal(
    verdictOf(await verdict(server.url, { organization: "other" })),
    "fail service-token.organization",
  );
  assert.equal(
    verdictOf(await verdict(server.url, { database: "other" })),
    "fail service-token.database",
  );
});

Deno.test("service-token: each missing access is named; connect alone cannot delete", async () => {
  await using server = api({ accesses: ["connect_branch", "read_branch"] });
  const result = await verdict(server.url);
  assert.equal(verdictOf(result), "fail service-token.access_missing");
  assert.match(result.summary, /may not delete passwords/);
  assert.match(result.findings[0]?.fix ?? "", /delete_branch_password/);
});

Deno.test("service-token: accesses that may not be read are no failure", async () => {
  await using server = api({ accesses: "hidden" });
  const result = await verdict(server.url);
  assert.equal(verdictOf(result), "pass");
  assert.match(result.details.join(), /read_service_tokens/);
});

Deno.test("service-token: an API that is busy, broken or gone", async () => {
  await using busy = api({ status: 429 });
  assert.equal(verdictOf(await verdict(busy.url)), "fail service-token.failed");
  assert.equal(verdictOf(await verdict("http://127.0.0.1:1/")), "fail service-token.unreachable");
});

Deno.test("service-token: no secret stands in a result, whatever comes of it", async () => {
  await using server = api({ accesses: [] });
  for (const token of [{}, { id: TOKEN, secret: ID }, { secret: `${TOKEN}x` }]) {
    assert.ok(!JSON.stringify(await verdict(server.url, token)).includes("0123456789abcdef"));
  }
});

Deno.test("clock: a clock that is off by a year either way is told from the control plane's Date header", async () => {
  await using server = api({ accesses: PRODUCTION });
  const serviceToken = { id: ID, secret: new Secret(TOKEN), organization: undefined, database: undefined };
  const clock = async (offMs: number) => {
    const turned = { now: () => Date.now() + offMs, monotonic: systemClock.monotonic };
    return (await examine({ apiUrl: server.url, serviceToken, clock: turned }, ["clock"])).clock;
  };
  const year = 365 * 86_400_000;
  assert.equal(verdictOf(await clock(0)), "pass");
  assert.equal(verdictOf(await clock(year)), "fail clock.wrong");
  assert.match((await clock(year)).summary, /365 days ahead of the clock of 127\.0\.0\.1/);
  assert.match((await clock(-year)).summary, /365 days behind/);
  assert.equal(verdictOf(await clock(10 * 60_000)), "warn clock.off");
});

const DAY_MS = 86_400_000;

/** An API made of PlanetScale's OpenAPI document, with these accesses on the database shop. */
function documented(
  accesses: readonly string[],
  change: Partial<OpenApiOptions> & { readonly expiresInMs?: number } = {},
) {
  const { expiresInMs, ...options } = change;
  const model = new OpenApiPlanetScale({
    organizations: ["acme"],
    branches: [
      { database: "shop", branch: "main", production: true },
      { database: "shop", branch: "dev", production: false },
    ],
    token: {
      id: ID,
      secret: TOKEN,
      accesses: [...accesses.map((access) => ({ access, database: "shop" })), {
        access: "read_service_tokens",
      }],
      ...(expiresInMs === undefined ? {} : { expiresAt: new Date(Date.now() + expiresInMs).toISOString() }),
    },
    now: () => new Date(),
    ...options,
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) =>
      model.handle({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: await request.text(),
      }),
  );
  return {
    model,
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("service-token: the accesses are those of the branch's kind, and one that fits no production branch is told", async () => {
  const dev = ["connect_branch", "delete_branch_password", "read_branch"];
  const cases: readonly (readonly [readonly string[], string | undefined, string])[] = [
    [PRODUCTION, "main", "pass"],
    [PRODUCTION, undefined, "pass"],
    [PRODUCTION, "dev", "fail service-token.access_missing service-token.access_missing"],
    [dev, "dev", "pass"],
    [dev, "main", "fail service-token.access_missing service-token.access_missing"],
    [dev, undefined, "warn service-token.not_production"],
    [
      ["connect_branch", "delete_production_branch_password", "read_branch"],
      undefined,
      "fail service-token.access_missing",
    ],
  ];
  for (const [accesses, branch, expected] of cases) {
    await using server = documented(accesses);
    const result = await verdict(server.url, { database: "shop", branch });
    assert.equal(verdictOf(result), expected, `${accesses} on ${branch}: ${result.summary}`);
    assert.deepEqual(server.model.faults, []);
  }
});

Deno.test("service-token: an end that is near is told, and lists are read past their first page", async () => {
  await using soon = documented(PRODUCTION, { expiresInMs: 3 * DAY_MS });
  const result = await verdict(soon.url, { database: "shop" });
  assert.equal(verdictOf(result), "warn service-token.expires_soon");
  assert.match(result.summary, /expires in 2 days/);
  const organizations = [...Array.from({ length: 130 }, (_, index) => `org-${index}`), "acme"];
  await using many = documented(PRODUCTION, { organizations });
  assert.equal(verdictOf(await verdict(many.url, { database: "shop" })), "pass");
});

Deno.test("service-token: what answers in the API's place is not taken for it, and gets no token in plain text", async () => {
  const seen: (string | null)[] = [];
  const portal = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    seen.push(request.headers.get("authorization"));
    return new Response("<html>log in</html>", { headers: { "content-type": "text/html" } });
  });
  try {
    assert.equal(
      verdictOf(await verdict(`http://127.0.0.1:${portal.addr.port}/`)),
      "fail service-token.not_api",
    );
    const before = seen.length;
    for (
      const url of [
        "http://api.planetscale.com/",
        "ftp://127.0.0.1/",
        `http://localhost.example:${portal.addr.port}/`,
      ]
    ) {
      const result = await verdict(url);
      assert.equal(verdictOf(result), "fail service-token.api_url", url);
      assert.match(result.findings[0]?.fix ?? "", /never sent over plain http/);
    }
    assert.equal(seen.length, before);
  } finally {
    await portal.shutdown();
  }
});
