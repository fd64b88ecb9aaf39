import assert from "node:assert/strict";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { QuerycopError } from "../../src/base/errors.ts";
import { automaticPlan, renderPlan } from "../../src/rotate/plan.ts";
import { createPlanetScaleApi } from "../../src/rotate/planetscale_api.ts";
import {
  assertMayRotate,
  gatherPreflight,
  judgePreflight,
  type OldPasswordQuery,
} from "../../src/rotate/preflight.ts";
import {
  MAIN_BRANCH,
  type PlanetScaleApiOptions,
  ROTATING_TOKEN,
  TestPlanetScaleApi,
} from "../support/planetscale_api.ts";
import type { PasswordRequest } from "../support/planetscale_answers.ts";

const NOW = new Date("2026-05-18T12:00:00Z");
const QUIET_MS = 900_000;
const ANY: OldPasswordQuery = { id: undefined, username: undefined };

interface Situation {
  readonly options?: PlanetScaleApiOptions;
  readonly passwords?: readonly PasswordRequest[];
  readonly query?: (usernames: readonly string[], ids: readonly string[]) => OldPasswordQuery;
  readonly expire?: boolean;
  /** Every password ran a statement just now. */
  readonly used?: boolean;
}

async function preflight(
  { options = {}, passwords = [{ role: "admin" }], query, expire = false, used = false }: Situation,
) {
  await using server = new TestPlanetScaleApi({ now: () => NOW, ...options });
  for (const each of passwords) await server.model.add(each);
  for (const { id } of used ? server.model.passwords : []) server.model.touch(id);
  if (expire) await server.model.expire(server.model.passwords[0]?.id ?? "");
  const api = createPlanetScaleApi({
    baseUrl: server.url.replace("http:", "https:"),
    tokenId: ROTATING_TOKEN.id,
    token: new Secret(ROTATING_TOKEN.secret),
    log: createLogger({ level: "error", format: "json", write: () => {} }),
    signal: new AbortController().signal,
    transport: server.transport,
  });
  const made = server.model.passwords;
  const asked = query?.(made.map(({ username }) => username), made.map(({ id }) => id)) ?? ANY;
  const facts = await gatherPreflight(api, MAIN_BRANCH, asked);
  assert.deepEqual([...new Set(server.requests.map(({ method }) => method))], ["GET"]);
  const verdict = judgePreflight(facts, NOW, QUIET_MS);
  return { facts, verdict, made, codes: verdict.findings.map(({ level, code }) => `${level} ${code}`) };
}

/** Accesses of a token that may read them. */
function withAccesses(...accesses: readonly string[]): PlanetScaleApiOptions {
  return { tokens: [{ ...ROTATING_TOKEN, accesses: [...accesses, "read_service_tokens"] }] };
}

Deno.test("the only password is the old one, and the new one is to be like it", async () => {
  const like = {
    role: "writer",
    cidrs: ["10.0.0.0/8"],
    replica: true,
    ttl: 86_400 * 90,
    direct_vtgate: true,
  };
  const { verdict, made, codes } = await preflight({ passwords: [like] });
  assertMayRotate(verdict);
  assert.equal(verdict.old.id, made[0]?.id);
  assert.deepEqual(verdict.create, {
    role: "writer",
    cidrs: ["10.0.0.0/8"],
    replica: true,
    directVtgate: true,
    ttlSeconds: 86_400 * 90,
  });
  assert.deepEqual(codes, ["note preflight.ttl", "note preflight.accesses_unknown"]);
});

Deno.test("among several the old one is found by id, by username or by both; otherwise all are named", async () => {
  const passwords = [{ name: "a" }, { name: "b" }, { name: "c" }];
  for (
    const query of [
      (usernames: readonly string[]) => ({ id: undefined, username: usernames[1] }),
      (_: unknown, ids: readonly string[]) => ({ id: ids[1], username: undefined }),
      (usernames: readonly string[], ids: readonly string[]) => ({ id: ids[1], username: usernames[1] }),
    ]
  ) assert.equal((await preflight({ passwords, query })).verdict.old?.name, "b");
  const unsaid = await preflight({ passwords });
  assert.deepEqual(unsaid.codes.slice(0, 1), ["stop usage.which_password"]);
  for (const { id, username } of unsaid.made) {
    assert.ok(unsaid.verdict.findings[0]?.hint.includes(`${id}, `));
    assert.ok(unsaid.verdict.findings[0]?.hint.includes(username));
  }
  const mixed = await preflight({
    passwords,
    query: (usernames, ids) => ({ id: ids[1], username: usernames[2] }),
  });
  assert.equal(mixed.codes[0], "stop usage.password_not_found");
  assert.equal((await preflight({ passwords: [] })).codes[0], "stop usage.no_password");
});

Deno.test("the accesses that are needed are those of the branch's and the password's kind", async () => {
  const missing = async (production: boolean, password: PasswordRequest, ...accesses: readonly string[]) => {
    const options = {
      ...withAccesses("read_branch", ...accesses),
      branches: [{ ...MAIN_BRANCH, production }],
    };
    const { verdict } = await preflight({ options, passwords: [password] });
    return verdict.findings.filter(({ code }) => code === "api.missing_access").map(({ hint }) =>
      /^Give it (.*) on the database shop/.exec(hint)?.[1]
    );
  };
  const admin = { role: "admin" };
  const reader = { role: "reader" };
  const replica = { role: "writer", replica: true };
  const full = ["connect_production_branch", "delete_production_branch_password"];
  const reading = ["connect_production_read_only_branch", "delete_production_read_only_branch_password"];
  const development = ["connect_branch", "delete_branch_password"];
  assert.deepEqual(await missing(true, admin, ...full), []);
  assert.deepEqual(await missing(true, admin, ...reading, ...development), full);
  assert.deepEqual(await missing(true, reader, ...reading), []);
  assert.deepEqual(await missing(true, replica, ...reading), []);
  assert.deepEqual(await missing(true, reader, ...full), []);
  assert.deepEqual(await missing(false, admin, ...development), []);
  assert.deepEqual(await missing(false, admin, ...full), development);
  assert.deepEqual(await missing(true, admin, "connect_production_branch"), [
    "delete_production_branch_password",
  ]);
});

Deno.test("what stops a rotation is thrown with the exit code it stands for, everything else in the hint", async () => {
  const options = {
    ...withAccesses("read_branch", "connect_production_branch"),
    branches: [{ ...MAIN_BRANCH, ready: false }],
  };
  const { verdict } = await preflight({ options });
  assert.throws(() => assertMayRotate(verdict), (error) => {
    assert.ok(error instanceof QuerycopError);
    assert.equal(error.code, "api.branch_not_ready");
    assert.match(error.hint ?? "", /may not delete passwords/);
    return true;
  });
  assert.deepEqual([verdict.old, verdict.create], [undefined, undefined]);
});

Deno.test("a PostgreSQL database has no branch passwords", async () => {
  const { codes } = await preflight({ options: { branches: [{ ...MAIN_BRANCH, kind: "postgresql" }] } });
  assert.equal(codes[0], "stop usage.postgresql");
});

Deno.test("an expired or expiring password may be rotated, with a warning", async () => {
  const expired = await preflight({ expire: true });
  assert.equal(expired.codes[0], "warning preflight.expired");
  assert.ok(expired.verdict.old);
  const soon = await preflight({ passwords: [{ ttl: 3600 }] });
  assert.equal(soon.codes[0], "warning preflight.expires_soon");
  assert.match(soon.verdict.findings[0]?.message ?? "", /expires in 1h$/);
});

Deno.test("passwords that earlier rotations left are named, unless one is the old one or in use", async () => {
  const passwords = [{ name: "app" }, { name: "querycop-2026-01-01-abcdefgh" }];
  const left = await preflight({ passwords, query: (_, ids) => ({ id: ids[0], username: undefined }) });
  assert.ok(left.codes.includes("warning preflight.left_over"));
  const old = await preflight({ passwords, query: (_, ids) => ({ id: ids[1], username: undefined }) });
  assert.ok(!old.codes.includes("warning preflight.left_over"));
  const used = await preflight({
    passwords,
    query: (_, ids) => ({ id: ids[0], username: undefined }),
    used: true,
  });
  assert.ok(!used.codes.includes("warning preflight.left_over"));
});

Deno.test("the plan with a token names what would be replaced, made, told and waited for", async () => {
  const { facts, verdict, made } = await preflight({
    passwords: [{ role: "reader", cidrs: ["10.0.0.0/8"] }],
  });
  const plan = automaticPlan(
    {
      organization: "acme",
      database: "shop",
      branch: "main",
      passwordId: undefined,
      username: undefined,
      backend: { host: "aws.connect.psdb.cloud", port: 3306 },
      caFile: undefined,
      sinks: ["env-file:/etc/shop.env"],
      querycops: ["http://127.0.0.1:8080"],
      through: ["127.0.0.1:15336"],
      onRecycle: ["exec:systemctl reload shop"],
      quietMs: 900_000,
    },
    facts,
    verdict,
    "querycop-20260518-bcdfghjk",
  );
  const text = renderPlan(plan, "text");
  const old = made[0];
  for (
    const part of [
      `${old?.id}, ${old?.name}, ${old?.username}, reader`,
      "querycop-20260518-bcdfghjk: role reader, from 10.0.0.0/8, without expiry",
      "env-file:/etc/shop.env",
      "aws.connect.psdb.cloud:3306",
      "127.0.0.1:15336",
      "exec:systemctl reload shop",
      "http://127.0.0.1:8080",
      "15m",
      `delete ${old?.id}`,
      "It needs connect_production_read_only_branch and delete_production_read_only_branch_password",
    ]
  ) assert.ok(text.includes(part), `${part} in ${text}`);
});
