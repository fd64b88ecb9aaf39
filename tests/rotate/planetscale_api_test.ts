import assert from "node:assert/strict";
import fc from "fast-check";
import { accessesOn } from "../../src/config/mod.ts";
import { ConfigError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import {
  createPlanetScaleApi,
  type NewPassword,
  type PlanetScaleApi,
  PlanetScaleApiError,
  type PlanetScaleApiOptions,
} from "../../src/rotate/planetscale_api.ts";
import {
  type FaultAnswer,
  MAIN_BRANCH,
  type PlanetScaleApiOptions as TestApiOptions,
  ROTATING_TOKEN,
  TestPlanetScaleApi,
} from "../support/planetscale_api.ts";

const NEW: NewPassword = { name: "new", role: "readwriter", cidrs: [], replica: false, ttlSeconds: 0 };
const PASSWORDS = "/v1/organizations/acme/databases/shop/branches/main/passwords";

interface Bench extends AsyncDisposable {
  readonly server: TestPlanetScaleApi;
  readonly api: PlanetScaleApi;
  /** Waits that the client asked for, in milliseconds. */
  readonly waits: number[];
  readonly lines: string[];
}

/** A client before an API without sockets, with time that passes only when the client waits. */
function bench(server: TestApiOptions = {}, client: Partial<PlanetScaleApiOptions> = {}): Bench {
  const testApi = new TestPlanetScaleApi(server);
  const waits: number[] = [];
  const lines: string[] = [];
  let time = 0;
  const api = createPlanetScaleApi({
    baseUrl: "https://api.planetscale.test",
    tokenId: ROTATING_TOKEN.id,
    token: new Secret(ROTATING_TOKEN.secret),
    log: createLogger({ level: "debug", format: "json", write: (line) => lines.push(line) }),
    signal: new AbortController().signal,
    transport: testApi.transport,
    timing: {
      now: () => Date.UTC(2026, 0, 1) + time,
      monotonic: () => time,
      random: () => 0.5,
      delay: (ms) => {
        waits.push(ms);
        time += ms;
        return Promise.resolve();
      },
    },
    ...client,
  });
  return { server: testApi, api, waits, lines, [Symbol.asyncDispose]: () => testApi[Symbol.asyncDispose]() };
}

async function failure(promise: Promise<unknown>): Promise<PlanetScaleApiError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof PlanetScaleApiError, String(error));
    assert.match(error.message, /^Cannot /);
    assert.doesNotMatch(error.message, /\.$/);
    assert.ok(error.hint !== undefined && error.hint !== "");
    return error;
  }
  throw new Error("It did not fail");
}

Deno.test("a password is made with everything it was asked to have, and its secret is known once", async () => {
  await using it = bench();
  const asked = {
    ...NEW,
    cidrs: ["10.0.0.0/8"],
    replica: true,
    role: "reader",
    ttlSeconds: 3600,
    directVtgate: true,
  };
  const made = await it.api.createPassword(MAIN_BRANCH, asked);
  const { plainText, ...facts } = made;
  assert.equal(plainText.reveal(), it.server.model.passwords[0]?.plainText);
  assert.deepEqual(await it.api.getPassword(MAIN_BRANCH, made.id), facts);
  assert.deepEqual(await it.api.listPasswords(MAIN_BRANCH, { q: "new" }), [facts]);
  const { name, role, cidrs, replica, ttlSeconds, directVtgate } = facts;
  assert.deepEqual({ name, role, cidrs, replica, ttlSeconds, directVtgate }, asked);
  assert.equal(await it.api.deletePassword(MAIN_BRANCH, made.id), "deleted");
  assert.deepEqual(await it.api.listPasswords(MAIN_BRANCH), []);
});

Deno.test("what a request leaves to the API is not sent", async () => {
  await using it = bench();
  await it.api.createPassword(MAIN_BRANCH, { ...NEW, role: undefined });
  assert.deepEqual(JSON.parse(it.server.requests[0]?.body ?? ""), { name: "new" });
});

Deno.test("all pages of a list are read, each password once", async () => {
  await using it = bench();
  for (let count = 0; count < 230; count++) await it.server.model.add({ name: `p${count}` });
  const found = await it.api.listPasswords(MAIN_BRANCH);
  assert.deepEqual(found.map(({ id }) => id), it.server.model.passwords.map(({ id }) => id));
  assert.equal(it.server.requests.length, 3);
});

Deno.test("pages without end are an error", async () => {
  await using it = bench();
  it.server.fail({ when: "before", times: 1000, answer: { status: 200, body: { data: [], next_page: 1 } } });
  assert.equal((await failure(it.api.listPasswords(MAIN_BRANCH))).kind, "malformed");
});

Deno.test("answers shorter than documented are understood, as the API's own clients see them", async () => {
  await using it = bench();
  const short = { id: "4rwwvrxk2o99", name: "n", created_at: "2021-01-14T10:19:23.000Z" };
  it.server.fail({ when: "before", answer: { status: 200, body: { data: [short] } } });
  const [found] = await it.api.listPasswords(MAIN_BRANCH);
  assert.equal(found?.id, "4rwwvrxk2o99");
  assert.equal(found?.createdAt?.toISOString(), short.created_at);
  assert.deepEqual([found?.role, found?.username, found?.lastUsedAt], [undefined, undefined, undefined]);
});

Deno.test("branch, database, organizations and accesses are read", async () => {
  const token = { ...ROTATING_TOKEN, accesses: [...ROTATING_TOKEN.accesses, "read_service_tokens"] };
  await using it = bench({ tokens: [token], host: "eu-west.connect.psdb.cloud" });
  assert.deepEqual(await it.api.organizations(), ["acme"]);
  assert.deepEqual(await it.api.database("acme", "shop"), { name: "shop", kind: "mysql" });
  assert.deepEqual(await it.api.branch(MAIN_BRANCH), {
    name: "main",
    production: true,
    ready: true,
    safeMigrations: false,
    mysqlAddress: "eu-west.connect.psdb.cloud",
    mysqlEdgeAddress: "eu-west.connect.psdb.cloud",
  });
  const facts = await it.api.token("acme");
  assert.ok(facts !== undefined);
  assert.deepEqual(accessesOn(facts, "shop"), token.accesses);
  await using hidden = bench();
  assert.equal(await hidden.api.token("acme"), undefined);
});

Deno.test("names reach the path encoded, and none can lead elsewhere", async () => {
  await using it = bench();
  await failure(it.api.branch({ ...MAIN_BRANCH, branch: "a/b?c#d" }));
  assert.match(it.server.calls[0] ?? "", /\/branches\/a%2Fb%3Fc%23d$/);
  for (const name of ["", ".", ".."]) {
    await assert.rejects(it.api.getPassword(MAIN_BRANCH, name), { name: "UsageError" });
  }
});

// Each failure, told apart.

Deno.test("401: the token is not accepted", async () => {
  await using it = bench({}, { tokenId: "zzzzzzzzzzzz" });
  const error = await failure(it.api.branch(MAIN_BRANCH));
  assert.deepEqual([error.kind, error.status, error.code], ["token_rejected", 401, "api.token_rejected"]);
  assert.match(error.hint ?? "", /PLANETSCALE_SERVICE_TOKEN_ID/);
});

Deno.test("403: which accesses to add", async () => {
  await using it = bench();
  it.server.fail({ when: "before", answer: { status: 403, body: { code: "forbidden" } } });
  const error = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  assert.equal(error.kind, "forbidden");
  assert.match(error.hint ?? "", /connect_production_branch.* or connect_branch on the database shop/);
});

Deno.test("404 for a create or delete that the token may not: the access is named", async () => {
  const token = { ...ROTATING_TOKEN, accesses: ["read_branch"] };
  await using it = bench({ tokens: [token] });
  const old = await it.server.model.add();
  const create = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  const remove = await failure(it.api.deletePassword(MAIN_BRANCH, old.id));
  assert.deepEqual([create.kind, remove.kind], ["missing_access", "missing_access"]);
  assert.match(create.hint ?? "", /connect_production_branch/);
  assert.match(remove.hint ?? "", /delete_production_branch_password/);
  assert.equal(it.server.model.passwords.length, 1);
});

Deno.test("404 tells a missing organization, database, branch and password apart", async () => {
  const token = { ...ROTATING_TOKEN, accesses: [...ROTATING_TOKEN.accesses, "read_service_tokens"] };
  for (const tokens of [[token], [ROTATING_TOKEN]]) {
    await using it = bench({ tokens });
    const message = async (promise: Promise<unknown>) => {
      const error = await failure(promise);
      assert.equal(error.kind, "not_found");
      return `${error.message}; ${error.hint}`;
    };
    assert.match(
      await message(it.api.branch({ ...MAIN_BRANCH, organization: "o" })),
      /it is for acme; Correct --org/,
    );
    assert.match(
      await message(it.api.branch({ ...MAIN_BRANCH, database: "d" })),
      /has no database d.*--database/,
    );
    assert.match(
      await message(it.api.listPasswords({ ...MAIN_BRANCH, branch: "b" })),
      /has no branch b.*--branch/,
    );
    assert.match(
      await message(it.api.getPassword(MAIN_BRANCH, "gone")),
      /no password of shop\/main has the id gone/,
    );
    assert.match(await message(it.api.deletePassword(MAIN_BRANCH, "gone")), /has the id gone/);
  }
});

Deno.test("404 where even the organizations are refused: it is the token", async () => {
  await using it = bench();
  it.server.fail({ when: "before", answer: { status: 404, body: { code: "not_found" } } });
  it.server.fail({ path: /organizations\?/, when: "before", answer: { status: 401, body: {} } });
  assert.equal((await failure(it.api.branch(MAIN_BRANCH))).kind, "token_rejected");
});

Deno.test("422: the API's words of either shape are in the message", async () => {
  await using it = bench();
  const role = await failure(it.api.createPassword(MAIN_BRANCH, { ...NEW, role: "owner" }));
  assert.equal(role.kind, "invalid");
  assert.match(role.message, /Role is not included in the list/);
  const cidr = await failure(it.api.createPassword(MAIN_BRANCH, { ...NEW, cidrs: ["10.0.0.0"] }));
  assert.match(cidr.message, /cidrs: 10\.0\.0\.0 is not a valid CIDR/);
  assert.match(cidr.hint ?? "", /IP restrictions/);
  assert.deepEqual([role.ambiguous, cidr.ambiguous, it.server.model.passwords.length], [false, false, 0]);
});

Deno.test("429: waits as long as Retry-After says, and asks again, creates too", async () => {
  await using it = bench();
  const busy = (headers: Record<string, string>): FaultAnswer => ({ status: 429, body: {}, headers });
  it.server.fail({ when: "before", answer: busy({ "retry-after": "7" }) });
  it.server.fail({ when: "before", answer: busy({ "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" }) });
  it.server.fail({ when: "before", answer: busy({}) });
  await it.api.createPassword(MAIN_BRANCH, NEW);
  assert.equal(it.server.model.passwords.length, 1);
  assert.deepEqual(it.waits.map((ms) => Math.round(ms / 1000)), [8, 53, 17]);
});

Deno.test("429 that does not end is an error, with nothing changed", async () => {
  await using it = bench();
  it.server.fail({ when: "before", times: 100, answer: { status: 429 } });
  const error = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  assert.deepEqual([error.kind, error.ambiguous, error.code], ["rate_limited", false, "api.rate_limited"]);
  assert.equal(it.server.requests.length, 5);
});

const LOST: readonly FaultAnswer[] = ["drop", { status: 500 }, { status: 502, body: "<html>" }, {
  status: 503,
}];

Deno.test("reads are repeated over whatever fails, with waits that grow", async () => {
  await using it = bench();
  for (const answer of LOST) it.server.fail({ when: "before", answer });
  assert.deepEqual(await it.api.listPasswords(MAIN_BRANCH), []);
  assert.deepEqual(it.waits, [500, 1000, 2000, 4000]);
});

Deno.test("a create is never sent twice when its answer is lost, and says that it may have happened", async () => {
  for (const answer of [...LOST, { status: 201, body: "not JSON" }, { status: 201, body: { id: "x" } }]) {
    for (const when of ["before", "after"] as const) {
      await using it = bench();
      it.server.fail({ method: "POST", when, answer });
      const error = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
      assert.equal(error.ambiguous, true);
      assert.equal(it.server.requests.filter(({ method }) => method === "POST").length, 1);
      assert.equal(it.server.model.passwords.length, when === "after" ? 1 : 0);
    }
  }
});

Deno.test("a username that the answer to a create leaves out is asked for", async () => {
  await using it = bench();
  const nameless = { id: "4rwwvrxk2o99", role: "admin", plain_text: "plain-text-password", replica: false };
  const named = { ...nameless, username: "u5er", plain_text: null };
  it.server.fail({ method: "POST", when: "before", times: 2, answer: { status: 201, body: nameless } });
  it.server.fail({ method: "GET", when: "before", answer: { status: 200, body: named } });
  const made = await it.api.createPassword(MAIN_BRANCH, NEW);
  assert.deepEqual([made.username, made.plainText.reveal()], ["u5er", "plain-text-password"]);
  const error = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  assert.deepEqual([error.kind, error.ambiguous], ["malformed", true]);
});

Deno.test("a create that never left is sent again", async () => {
  const reachable = new TestPlanetScaleApi();
  let refused = 2;
  await using it = bench({}, {
    transport: (request) => {
      if (refused-- > 0) throw new TypeError("client error (Connect): tcp connect error: Connection refused");
      return reachable.transport(request);
    },
  });
  await it.api.createPassword(MAIN_BRANCH, NEW);
  assert.equal(reachable.model.passwords.length, 1);
});

Deno.test("a delete whose answer was lost is repeated, and 404 then means that it is done", async () => {
  for (const answer of LOST) {
    await using it = bench();
    const { id } = await it.server.model.add();
    it.server.fail({ method: "DELETE", when: "after", answer });
    assert.equal(await it.api.deletePassword(MAIN_BRANCH, id), "gone");
    const other = await it.server.model.add();
    it.server.fail({ method: "DELETE", when: "before", answer });
    assert.equal(await it.api.deletePassword(MAIN_BRANCH, other.id), "deleted");
    assert.equal(it.server.model.passwords.length, 0);
  }
});

Deno.test("whatever else says yes to a delete, it is not done", async () => {
  await using it = bench();
  const { id } = await it.server.model.add();
  it.server.fail({ method: "DELETE", when: "before", answer: { status: 200, body: "<html>" } });
  const error = await failure(it.api.deletePassword(MAIN_BRANCH, id));
  assert.deepEqual([error.kind, error.ambiguous], ["malformed", true]);
});

Deno.test("a delete that the token may not is no success after a lost answer", async () => {
  const token = { ...ROTATING_TOKEN, accesses: ["read_branch"] };
  await using it = bench({ tokens: [token] });
  const { id } = await it.server.model.add();
  it.server.fail({ method: "DELETE", when: "before", answer: { status: 503 } });
  assert.equal((await failure(it.api.deletePassword(MAIN_BRANCH, id))).kind, "missing_access");
});

Deno.test("an API that is gone or broken exits as unreachable", async () => {
  for (const [answer, kind] of [["drop", "unreachable"], [{ status: 503 }, "server"]] as const) {
    await using it = bench();
    it.server.fail({ when: "before", times: 100, answer });
    const error = await failure(it.api.branch(MAIN_BRANCH));
    assert.equal(error.kind, kind);
    assert.match(error.code, /^connect\.api\./);
    assert.equal(error.ambiguous, false);
  }
});

Deno.test("no answer in time is a failure like another; a create may then have happened", async () => {
  await using it = bench({}, { timeoutMs: 5, attempts: 2 });
  it.server.fail({ when: "after", times: 3, answer: "hang" });
  const read = await failure(it.api.branch(MAIN_BRANCH));
  assert.deepEqual([read.kind, read.ambiguous], ["unreachable", false]);
  assert.match(read.message, /no answer in time/);
  const create = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  assert.deepEqual([create.kind, create.ambiguous], ["unreachable", true]);
});

Deno.test("an abort ends a request and a wait with its own reason", async () => {
  const controller = new AbortController();
  await using it = bench({}, { signal: controller.signal });
  it.server.fail({ when: "before", answer: "hang" });
  const reason = new Error("enough");
  const asked = it.api.branch(MAIN_BRANCH);
  queueMicrotask(() => controller.abort(reason));
  await assert.rejects(asked, reason);
  await assert.rejects(it.api.branch(MAIN_BRANCH), reason);
});

Deno.test("redirects stay on the host; the token is sent nowhere else", async () => {
  const targets = [
    "https://evil.test/",
    "http://api.planetscale.test/v1/",
    "//evil.test/v1/",
    "data:,x",
    "",
    "https://",
  ];
  for (const location of targets) {
    for (const status of [301, 302, 303, 307, 308]) {
      const sent: string[] = [];
      await using it = bench();
      const api = createPlanetScaleApi({
        baseUrl: "https://api.planetscale.test",
        tokenId: ROTATING_TOKEN.id,
        token: new Secret(ROTATING_TOKEN.secret),
        log: createLogger({ level: "error", format: "json", write: () => {} }),
        signal: new AbortController().signal,
        transport: (request) => {
          sent.push(new URL(request.url).origin);
          return it.server.transport(request);
        },
      });
      it.server.fail({
        when: "before",
        times: 9,
        answer: { status, headers: location === "" ? {} : { location } },
      });
      const error = await failure(api.branch(MAIN_BRANCH));
      assert.equal(error.kind, "redirect");
      assert.match(error.hint ?? "", /not sent on/);
      assert.deepEqual(sent, ["https://api.planetscale.test"]);
    }
  }
});

Deno.test("a redirect on the same host is followed by reads, and by changes that keep their method", async () => {
  await using it = bench();
  const to = (status: number, location: string): FaultAnswer => ({ status, headers: { location } });
  it.server.fail({ when: "before", answer: to(302, "/v1/organizations/acme/databases/shop/branches/main") });
  assert.equal((await it.api.branch({ ...MAIN_BRANCH, branch: "moved" })).name, "main");
  it.server.fail({ method: "POST", when: "before", answer: to(308, PASSWORDS) });
  await it.api.createPassword(MAIN_BRANCH, NEW);
  it.server.fail({ method: "POST", when: "before", answer: to(303, PASSWORDS) });
  assert.equal((await failure(it.api.createPassword(MAIN_BRANCH, NEW))).kind, "redirect");
  it.server.fail({ when: "before", times: 20, answer: to(302, PASSWORDS) });
  assert.match((await failure(it.api.branch(MAIN_BRANCH))).message, /in a circle/);
  assert.equal(it.server.model.passwords.length, 1);
});

Deno.test("whatever a body holds, a read fails as malformed or is understood, and repeats none of it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (body) => {
      await using it = bench();
      it.server.fail({ when: "before", answer: { status: 200, body: `{"x":"s3cret","data":${body}` } });
      assert.equal((await failure(it.api.listPasswords(MAIN_BRANCH))).message.includes("s3cret"), false);
      it.server.fail({ when: "before", answer: { status: 200, body } });
      await it.api.listPasswords(MAIN_BRANCH).catch((error) => {
        assert.ok(error instanceof PlanetScaleApiError);
        assert.equal(error.kind, "malformed");
      });
    }),
    { numRuns: 100 },
  );
});

Deno.test("requests are paced at 300 a minute after the first fifty", async () => {
  await using it = bench();
  for (let count = 0; count < 150; count++) await it.api.branch(MAIN_BRANCH);
  const waited = it.waits.reduce((sum, ms) => sum + ms, 0);
  assert.ok(Math.abs(waited - 100 * 200) < 1, `${waited}`);
});

// What is refused before anything is sent.

Deno.test("swapped id and secret, and texts that are no token, are refused before any request", () => {
  const open = (tokenId: string, token: string, baseUrl = "https://api.planetscale.test") => () =>
    createPlanetScaleApi({
      baseUrl,
      tokenId,
      token: new Secret(token),
      log: createLogger({ level: "error", format: "json", write: () => {} }),
      signal: new AbortController().signal,
    });
  const { id, secret } = ROTATING_TOKEN;
  assert.throws(
    open(secret, id),
    (error) => error instanceof ConfigError && /Swap the two/.test(error.hint ?? ""),
  );
  for (const bad of ["", " ", "a b", "x\ny", "“quoted”"]) {
    assert.throws(open(bad, secret), ConfigError);
    assert.throws(open(id, bad), ConfigError);
  }
  for (
    const url of [
      "http://api.planetscale.com",
      "ftp://x",
      "api.planetscale.com",
      "https://u:p@x/",
      "https://x/?a=1",
    ]
  ) {
    assert.throws(
      open(id, secret, url),
      (error) => error instanceof ConfigError && !error.message.includes("u:p"),
    );
  }
  for (const url of ["http://127.0.0.1:1", "http://[::1]:1/", "http://localhost:1", "https://x/base"]) {
    open(id, secret, url)();
  }
});

Deno.test("no secret stands in log lines, errors or what a password prints as", async () => {
  await using it = bench();
  const made = await it.api.createPassword(MAIN_BRANCH, NEW);
  const texts = [JSON.stringify(made), Deno.inspect(made), ...it.lines];
  it.server.fail({
    method: "POST",
    when: "after",
    answer: { status: 201, body: { plain_text: made.plainText.reveal() } },
  });
  const error = await failure(it.api.createPassword(MAIN_BRANCH, NEW));
  texts.push(Deno.inspect(error), `${error.stack}`, ...it.lines);
  for (const secret of it.server.model.secrets) {
    for (const text of texts) assert.ok(!text.includes(secret), text);
  }
  assert.ok(it.lines.length > 0);
});
