import type { Digest, DigestRow } from "../../src/contract/digest.ts";
import type { Block } from "../../src/contract/override.ts";
import { LATENCY_BOUNDS_MS } from "../../src/contract/words.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../src/cli/mod.ts";
import { StoreDatabase } from "../../src/store/store_database.ts";
import { fakeHost } from "../support/fake_host.ts";

const DAY_MS = 86_400_000;
const A = "a".repeat(64) as Digest;
const B = "b".repeat(64) as Digest;
const C = "c".repeat(64) as Digest;
const D = "d".repeat(64) as Digest;

function row(digest: Digest, changes: Partial<DigestRow> = {}): DigestRow {
  return {
    digest,
    role: "app",
    sql: `SELECT ${digest[0]}`,
    kind: "select",
    score: 0,
    rules: [],
    first_seen: Date.now(),
    last_seen: Date.now(),
    count: 10,
    refused: 0,
    errors: 0,
    rows: 0,
    affected_rows: 0,
    bytes: 0,
    total_ms: 0,
    max_ms: 0,
    latency: LATENCY_BOUNDS_MS.map(() => 0).concat(10),
    ...changes,
  };
}

const EMPTY = { keepMs: 0, maxAuditBytes: Infinity, maxDigests: 1000, imports: false };

/** The parts of JSON results that are looked at. */
interface Answer {
  readonly block: Block;
  readonly reason: string;
  readonly statements: readonly { readonly digest: string }[];
  readonly roles: readonly {
    readonly role: string;
    readonly added: readonly DigestRow[];
    readonly known: number;
  }[];
}

/** A data directory with what a server has counted, and querycop run upon it. */
async function withData(
  rows: readonly DigestRow[],
  body: (
    querycop: (...args: string[]) => Promise<{ code: number; out: string; err: string; json: () => Answer }>,
    read: <T>(ask: (database: StoreDatabase) => T) => T,
    directory: string,
  ) => Promise<void>,
) {
  const directory = await Deno.makeTempDir();
  const open = <T>(imports: boolean, action: (database: StoreDatabase) => T) => {
    const database = new StoreDatabase({
      dataDir: directory,
      keepMs: 0,
      maxAuditBytes: Infinity,
      maxDigests: 1000,
      imports,
    });
    try {
      return action(database);
    } finally {
      database.close();
    }
  };
  try {
    open(false, (database) => database.addDigests(rows));
    await body(
      async (...args) => {
        const host = fakeHost({ env: { GATEKEEPER_DATA_DIR: directory, USER: "ann" } });
        const code = await run(["policy", ...args], host);
        return { code, out: host.out(), err: host.err(), json: () => JSON.parse(host.out()) };
      },
      (ask) => open(true, (database) => (database.flush(), ask(database))),
      directory,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a digest is blocked with who, why and until when, listed, and lifted again; all on record", () =>
  withData([row(A)], async (querycop, read) => {
    const { json } = await querycop(
      "block",
      A.toUpperCase(),
      "--reason",
      "INC-1",
      "--for",
      "2h",
      "--by",
      "bob",
      "--format",
      "json",
    );
    const { block } = json();
    assert.deepEqual([block.digest, block.reason, block.by, block.sql], [A, "INC-1", "bob", "SELECT a"]);
    assert.equal(block.until, block.created_at + 7_200_000);
    assert.deepEqual(read((database) => database.overrides().blocks), [block]);
    const listed = await querycop("blocks");
    assert.match(
      listed.out,
      new RegExp(`^${block.id}  until .*\\n  SELECT a\\n  ${A}\\n  by bob: INC-1\\n$`),
    );

    assert.equal((await querycop("unblock", block.id)).code, 0);
    assert.deepEqual(read((database) => database.overrides().blocks), []);
    const records = read((database) => database.audit({ types: ["block"], limit: 10 }));
    assert.deepEqual(records.map(({ action, digest, by }) => [action, digest, by?.replace(/@.*/, "@")]), [
      ["removed", A, "ann@"],
      ["added", A, "bob"],
    ]);
    assert.equal(records[0]?.about, block.id);
  }));

Deno.test("what is no digest, no id and no data directory is refused", () =>
  withData([], async (querycop, _, directory) => {
    assert.equal((await querycop("block", "abc", "--reason", "r")).code, 2);
    assert.equal((await querycop("unblock", "01X")).code, 2);
    const other = await querycop("blocks", "--data-dir", join(directory, "none"));
    assert.equal(other.code, 3);
    assert.match(other.err, /there is none, querycop has not served/);
    assert.ok(!(await Deno.stat(join(directory, "none")).then(() => true, () => false)), "nothing is made");
  }));

Deno.test("learning takes in what ran and is not risky, and says what it left out", () =>
  withData([
    row(A),
    row(B, { score: 95, sql: "DELETE FROM t", rules: ["D001"] }),
    row(C, { errors: 7, refused: 3 }),
    row(D, { count: 2 }),
    row("e".repeat(64) as Digest, { last_seen: Date.now() - 9 * DAY_MS }),
    row("" as Digest),
    row("f".repeat(64) as Digest, { role: "other" }),
  ], async (querycop, read) => {
    const options = ["learn", "--role", "app", "--since", "7d", "--min-count", "5"];
    const dry = await querycop(...options, "--dry-run");
    assert.match(dry.out, /role app: 1 statement would be learned, 0 known already/);
    assert.deepEqual(read((database) => database.overrides().learned), {});

    const { out, err } = await querycop(...options);
    assert.equal(
      out,
      "+ role app: 1 statement learned, 0 known already\n" +
        "  left out: 1 scored 70 or more (--include-risky takes them in), 1 never ran\n" +
        "  without an error, 1 seen fewer than 5 times, 1 not seen lately\n" +
        `     95  DELETE FROM t\n         ${B}  D001\n`,
    );
    assert.match(err, /Role app does not refuse the rest yet/);
    assert.deepEqual(read((database) => database.overrides().learned), { app: [A] });

    const again = (await querycop("learn", "--include-risky", "--format", "json")).json();
    assert.deepEqual(
      again.roles.map(({ role, added, known }) => [
        role,
        added.map(({ digest }) => digest[0]).sort(),
        known,
      ]),
      [["app", ["b", "d", "e"], 1], ["other", ["f"], 0]],
    );
    const [record] = read((database) => database.audit({ types: ["allowlist"], limit: 10 }))
      .filter(({ role }) => role === "app");
    assert.deepEqual([record?.action, record?.detail], ["added", { digests: 3, risky: 1 }]);
  }));

Deno.test("the role's own warn decides what is risky", () =>
  withData([row(A, { score: 60 })], async (querycop, _, directory) => {
    const policy = join(directory, "p.yaml");
    await Deno.writeTextFile(
      policy,
      "version: 1\nroles: [{ name: app, match: { users: [x] }, thresholds: { warn: 50 }, only: learned }]\n",
    );
    const { out, err } = await querycop("learn", "--policy-file", policy);
    assert.match(out, /0 statements learned/);
    assert.match(out, /1 scored 50 or more/);
    assert.equal(err, "");
    assert.match((await querycop("learn")).out, /1 statement learned/);
  }));

Deno.test("trying SQL looks at what its role has learned", () =>
  withData([], async (querycop, _, directory) => {
    const policy = join(directory, "p.yaml");
    await Deno.writeTextFile(policy, "version: 1\nroles: [{ name: default, only: learned }]\n");
    const attempt = () =>
      querycop("test", policy, "SELECT a FROM t WHERE id = 1", "--user", "x", "--format", "json");
    const refused = await attempt();
    assert.deepEqual([refused.code, refused.json().reason], [
      1,
      "not in the learned statements of role default",
    ]);
    const digest = refused.json().statements[0]?.digest as Digest;
    const database = new StoreDatabase({ ...EMPTY, dataDir: directory });
    database.learn("default", [digest]);
    database.close();
    assert.equal((await attempt()).code, 0);
    const elsewhere = await querycop(
      "test",
      policy,
      "SELECT 1",
      "--user",
      "x",
      "--data-dir",
      join(directory, "none"),
    );
    assert.match(elsewhere.err, /^warning: Nothing has been learned in .*none$/m);
  }));

Deno.test("what was learned is forgotten, one by one or all of it", () =>
  withData([row(A), row(B), row(C)], async (querycop, read) => {
    await querycop("learn");
    assert.equal((await querycop("forget", "--role", "app")).code, 2);
    assert.equal((await querycop("forget", "--role", "app", A, "--all")).code, 2);
    assert.match(
      (await querycop("forget", "--role", "app", A.toUpperCase(), D)).out,
      /1 statement forgotten/,
    );
    assert.deepEqual(read((database) => [...database.overrides().learned["app"] ?? []].sort()), [B, C]);
    assert.match((await querycop("forget", "--role", "app", "--all")).out, /2 statements forgotten/);
    assert.match((await querycop("forget", "--role", "app", "--all")).out, /0 statements forgotten/);
  }));

Deno.test("learning where nothing was seen says so", () =>
  withData([], async (querycop) => {
    const { code, err } = await querycop("learn", "--role", "app");
    assert.equal(code, 0);
    assert.match(err, /No statements of role app are recorded/);
  }));
