/** Sessions with vtgate through querycop: logins, bytes, results, and what the policy makes of them. */
import assert from "node:assert/strict";
import { bytes, uint } from "../support/bytes.ts";
import { CAPABILITY } from "../support/packets.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import {
  PIPED_USER,
  startVitess,
  type TestVitess,
  VITESS_PASSWORD,
  VITESS_USERS,
} from "../support/vitess.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const KEY = "an-admin-key-of-some-length-0123";
const TLS = {};
/** What Vitess answers to a login without TLS where it requires it. */
const NO_TLS = /server does not allow insecure connections, client must use SSL\/TLS/;

/** What is tried, one after the other on the same Vitess. */
const steps: [name: string, run: (context: Deno.TestContext) => Promise<void>][] = [];
const started: Querycop[] = [];
let vitess: TestVitess;
/** Before {@link vitess}, with the policy that is built in. */
let querycop: Querycop;

Deno.test("sessions with vtgate through querycop", async (context) => {
  await using running = await startVitess({ args: ["--queryserver-config-transaction-timeout=4s"] });
  vitess = running;
  querycop = await querycopOf(undefined);
  try {
    for (const [name, run] of steps) await context.step(name, run);
  } finally {
    for (const one of started) await one.stop();
  }
});

async function querycopOf(
  policy: string | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<Querycop> {
  const file = policy === undefined ? undefined : await Deno.makeTempFile({ suffix: ".yaml" });
  if (file !== undefined) await Deno.writeTextFile(file, policy ?? "");
  const querycop = await startQuerycop({
    backend: { host: "localhost", port: vitess.port },
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: vitess.caFile,
      ADMIN_API_KEY: KEY,
      ...(file === undefined ? {} : { GATEKEEPER_POLICY_FILE: file }),
      ...env,
    },
  });
  started.push(querycop);
  return querycop;
}

function login(port: number, user: string, more: Partial<Parameters<typeof WireClient.login>[0]> = {}) {
  return WireClient.login({ port, user, password: VITESS_PASSWORD, ...more });
}

steps.push([
  "each of vtgate's methods logs in through querycop as it does without, over TLS and over plaintext",
  async (context) => {
    for (const [user, method] of Object.entries(VITESS_USERS)) {
      await context.step(`${user}, by ${method}`, async () => {
        using direct = await login(vitess.port, user, { tls: TLS });
        assert.deepEqual(await direct.query("SELECT 1"), [["1"]]);
        using through = await login(querycop.port, user);
        assert.deepEqual(await through.query("SELECT 1"), [["1"]]);
        await assert.rejects(login(querycop.port, user, { password: "wrong" }), { errno: 1045 });
      });
    }
  },
]);

steps.push(["vtgate's refusal of a login without TLS reaches the client", async () => {
  await using plain = await querycopOf(undefined, { GATEKEEPER_BACKEND_TLS_MODE: "disable" });
  await assert.rejects(login(plain.port, "native"), NO_TLS);
}]);

steps.push([
  "vtgate 24 takes a name with a target for another name, and its role is that of the name before the target",
  async () => {
    await using strict = await querycopOf(
      'version: 1\nroles:\n  - { name: app, match: { users: [sha2] }, deny: ["dml/*"] }\n',
    );
    await assert.rejects(login(strict.port, "sha2|shop@rdonly"), { errno: 1045 }, "no such account");
    for (const user of ["sha2", PIPED_USER]) {
      using client = await login(strict.port, user);
      await assert.rejects(
        client.query("DELETE FROM app.notes WHERE id = 1"),
        /dml\/\* is denied for role app/,
        user,
      );
    }
  },
]);

steps.push([
  "a target that a session chooses keeps its role's schema, and is a fact that roles match",
  async () => {
    await using strict = await querycopOf(`version: 1
roles:
  - { name: replicas, match: { targets: ["*@replica", "*@rdonly"] }, deny: ["dml/*"] }
  - { name: analysts, match: { workloads: [olap] }, deny: ["*"] }
  - { name: shop, match: { schemas: [shop] }, tables: { deny: [shop.items] } }
`);
    using client = await login(strict.port, "sha2", { schema: "shop" });
    await assert.rejects(
      client.query("SELECT sku FROM items WHERE id = 1"),
      /shop\.items is denied for role shop/,
    );
    for (const target of ["shop@primary", "shop:-80", "shop:-80@primary"]) {
      await client.query(`USE \`${target}\``);
      await assert.rejects(
        client.query("SELECT sku FROM items WHERE id = 1"),
        /items is denied for role shop/,
        target,
      );
    }
    await client.query("USE `shop@rdonly`");
    assert.deepEqual(await client.query("SELECT COUNT(*) FROM orders"), [["0"]]);
    await assert.rejects(
      client.query("UPDATE orders SET total = 1 WHERE customer_id = 1"),
      /denied for role replicas/,
    );
    await client.query("USE shop");
    await assert.rejects(client.query("SET workload = 'olap'"), /denied for role analysts/);
    assert.deepEqual(
      await client.query("SELECT COUNT(*) FROM orders"),
      [["0"]],
      "the workload is what it was",
    );
  },
]);

steps.push(["LOAD DATA LOCAL ends in the server's error, and no file is asked for", async () => {
  using client = await login(querycop.port, "sha2", { schema: "app", capabilities: CAPABILITY.localFiles });
  await assert.rejects(client.query("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE notes"), {
    errno: 3948,
  });
  await client.query("USE shop");
  await assert.rejects(
    client.query("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE orders"),
    /not supported on sharded/,
  );
  assert.deepEqual(await client.query("SELECT 'still here'"), [["still here"]]);
}]);

steps.push(["rows past vttablet's cap end in its error, and a workload of OLAP lifts the cap", async () => {
  const values = Array.from({ length: 12_000 }, (_, id) => `(${id + 1}, ${id % 7}, 'note ${id}')`);
  await vitess.mysql.sql(`INSERT INTO notes (id, owner, body) VALUES ${values.join(", ")}`, "vt_app_0");
  using client = await login(querycop.port, "sha2", { schema: "app" });
  await assert.rejects(
    client.query("SELECT id, body FROM notes WHERE owner >= 0"),
    /[Rr]ow count exceeded 10000/,
  );
  await client.query("SET workload = 'olap'");
  const rows = await client.query("SELECT id, body FROM notes WHERE owner >= 0");
  assert.equal(rows.length, 12_000);
  assert.equal(rows.reduce((sum, [id]) => sum + Number(id), 0), 12_000 * 12_001 / 2);
}]);

steps.push(["vtgate ignores a cursor and refuses to fetch; querycop keeps in step", async () => {
  for (const port of [vitess.port, querycop.port]) {
    using client = await login(port, "sha2", {
      schema: "app",
      ...(port === vitess.port ? { tls: TLS } : {}),
    });
    const send = async (payload: Uint8Array) => {
      client.socket.resetSequence();
      await client.socket.send(payload);
    };
    await send(bytes(0x16, "SELECT id FROM notes WHERE id <= 3 ORDER BY id"));
    const { payload } = await client.socket.readPacket();
    assert.equal(payload[0], 0);
    // One definition of a column and the EOF behind it.
    for (let packets = 0; packets < 2; packets++) await client.socket.readPacket();
    await send(bytes(0x17, payload.subarray(1, 5), 1, uint(1, 4)));
    const kinds: (number | undefined)[] = [];
    while (kinds.filter((kind) => kind === 0xfe).length < 2) {
      kinds.push((await client.socket.readPacket()).payload[0]);
    }
    assert.deepEqual(kinds, [1, 3, 0xfe, 0, 0, 0, 0xfe], "rows at once");
    await send(bytes(0x1c, payload.subarray(1, 5), uint(2, 4)));
    assert.equal(new WireError((await client.socket.readPacket()).payload).errno, 1047);
    assert.deepEqual(await client.query("SELECT 'still here'"), [["still here"]]);
  }
}]);

steps.push(["KILL is vtgate's to refuse, as a statement", async () => {
  using client = await login(querycop.port, "sha2");
  await assert.rejects(client.query("KILL 5"), { errno: 1095 });
  assert.deepEqual(await client.query("SELECT 1"), [["1"]]);
}]);

steps.push([
  "a hold inside a transaction ends in time and leaves the transaction as vtgate has it",
  async () => {
    await using holding = await querycopOf('version: 1\nhold: ["dml/delete"]\nhold_in_transaction: 1s\n');
    await vitess.mysql.sql("DELETE FROM tags", "vt_app_0");
    using client = await login(holding.port, "sha2", { schema: "app" });
    await client.query("BEGIN");
    await client.query("INSERT INTO tags (id, note_id, label) VALUES (1, 1, 'kept')");
    await assert.rejects(client.query("DELETE FROM tags WHERE id = 1"), {
      errno: 3024,
      message: /nobody decided within 1s \(hold_in_transaction\); the transaction is still open/,
    });
    assert.deepEqual(await client.query("SELECT label FROM tags"), [["kept"]], "inside");
    assert.deepEqual(
      await vitess.mysql.sql("SELECT COUNT(*) FROM tags", "vt_app_0"),
      [["0"]],
      "not committed",
    );
    await client.query("ROLLBACK");
    assert.deepEqual(await client.query("SELECT COUNT(*) FROM tags"), [["0"]]);
  },
]);

steps.push([
  "a transaction that vttablet has ended says so, and its session goes on after a ROLLBACK",
  async () => {
    await using holding = await querycopOf('version: 1\nhold: ["dml/delete"]\nhold_in_transaction: 7s\n');
    using client = await login(holding.port, "sha2", { schema: "app" });
    await client.query("BEGIN");
    await client.query("INSERT INTO tags (id, note_id, label) VALUES (2, 1, 'lost')");
    await assert.rejects(client.query("DELETE FROM tags WHERE id = 2"), { errno: 3024 });
    await assert.rejects(
      client.query("SELECT label FROM tags"),
      /transaction \d+: ended at .*exceeded timeout: 4s/,
    );
    await client.query("ROLLBACK");
    assert.deepEqual(await client.query("SELECT COUNT(*) FROM tags"), [["0"]]);
  },
]);

steps.push(["a transaction pool that is used up answers ResourceExhausted", async () => {
  await using small = await startVitess({
    args: ["--queryserver-config-transaction-cap=1", "--queryserver-config-txpool-timeout=200ms"],
  });
  await using before = await startQuerycop({
    backend: { host: "localhost", port: small.port },
    env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: small.caFile },
  });
  using first = await login(before.port, "sha2", { schema: "app" });
  using second = await login(before.port, "sha2", { schema: "app" });
  await first.query("BEGIN");
  await first.query("INSERT INTO tags (id) VALUES (1)");
  await second.query("BEGIN");
  await assert.rejects(second.query("INSERT INTO tags (id) VALUES (2)"), {
    errno: 1203,
    message: /ResourceExhausted.*transaction pool connection limit exceeded/,
  });
}]);
