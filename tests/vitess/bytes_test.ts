/** In the command phase a client gets through querycop the bytes that vtgate sends, wherever its own are cut. */
import assert from "node:assert/strict";
import { bytes, lenencString, packet, uint } from "../support/bytes.ts";
import { CAPABILITY } from "../support/packets.ts";
import { startQuerycop } from "../support/querycop.ts";
import { startVitess, VITESS_PASSWORD } from "../support/vitess.ts";
import { WireClient } from "../support/wire_client.ts";

/** Silence after which an answer is over. */
const SILENCE_MS = 150;
const PATIENCE_MS = 10_000;

const query = (sql: string) => packet(0, bytes(3, sql));
const execute = (id: number, flags: number, parameter: string) =>
  packet(0, bytes(0x17, uint(id, 4), flags, uint(1, 4), 0, 1, uint(0xfd, 2), lenencString(parameter)));

/** Commands of every kind, whose answers are the same each time; vtgate numbers a session's statements from 1. */
const SCRIPT: readonly (readonly [name: string, request: Uint8Array])[] = [
  ["ping", packet(0, Uint8Array.of(0x0e))],
  ["init_db", packet(0, bytes(2, "app"))],
  ["a target", packet(0, bytes(2, "shop@rdonly"))],
  ["back", query("USE app")],
  ["rows", query("SELECT id, label FROM tags ORDER BY id")],
  ["no rows", query("SELECT id, label FROM tags WHERE id < 0")],
  ["rows of both shards", query("SELECT id, name FROM shop.customers ORDER BY id")],
  ["vtgate's own", query("SHOW VITESS_SHARDS")],
  ["a plan", query("VEXPLAIN PLAN SELECT id FROM shop.orders WHERE customer_id = 7")],
  ["warnings", query("SHOW WARNINGS")],
  ["a syntax error", query("SELEC 1")],
  ["an error of the planner", query("REPLACE INTO shop.orders (id, customer_id) VALUES (1, 1)")],
  ["an error of MySQL", query("SELECT nothing FROM tags")],
  ["an unknown keyspace", query("SELECT 1 FROM nowhere.t")],
  ["prepare", packet(0, bytes(0x16, "SELECT id, label FROM tags WHERE id >= ? ORDER BY id"))],
  ["execute", execute(1, 0, "2")],
  ["execute with a cursor", execute(1, 1, "1")],
  ["fetch", packet(0, bytes(0x1c, uint(1, 4), uint(2, 4)))],
  ["reset statement", packet(0, bytes(0x1a, uint(1, 4)))],
  ["prepare of nonsense", packet(0, bytes(0x16, "SELEC ?"))],
  ["execute of nothing", execute(99, 0, "1")],
  [
    "transaction",
    bytes(query("BEGIN"), query("UPDATE tags SET note_id = 5 WHERE id = 1"), query("ROLLBACK")),
  ],
  ["read only", bytes(query("START TRANSACTION READ ONLY"), query("COMMIT"))],
  ["settings", bytes(query("SET NAMES utf8mb4"), query("SET workload = 'olap'"), query("SELECT @@workload"))],
  ["streamed rows", query("SELECT id, label FROM tags ORDER BY id")],
  ["several statements", query("SELECT 1; SELECT id FROM tags WHERE id = 2; SELECT 3")],
  ["several with an error", query("SELECT 1; SELEC; SELECT 3")],
  ["empty", query("")],
  ["a comment", query("/* nothing */")],
  ["field list", packet(0, bytes(4, "tags", 0, "%"))],
  ["statistics", packet(0, Uint8Array.of(9))],
  ["reset connection", packet(0, Uint8Array.of(0x1f))],
  ["a wide row", query("SELECT REPEAT('w', 300), REPEAT('x', 70000)")],
];

Deno.test("a session's bytes are vtgate's, exchange by exchange, in one write, and byte by byte", async (context) => {
  await using vitess = await startVitess();
  await vitess.mysql.sql("INSERT INTO tags VALUES (1, 1, 'é'), (2, 1, NULL), (3, 2, '')", "vt_app_0");
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: vitess.port },
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: vitess.caFile,
      GATEKEEPER_MODE: "monitor",
    },
  });
  for (
    const [name, capabilities] of [
      ["EOF packets", CAPABILITY.multiStatements],
      ["no EOF packets", CAPABILITY.multiStatements | CAPABILITY.deprecateEof],
    ] as const
  ) {
    await context.step(name, async () => {
      const login = (port: number, tls: boolean) =>
        WireClient.login({
          port,
          user: "sha2",
          password: VITESS_PASSWORD,
          schema: "app",
          capabilities,
          ...(tls ? { tls: {} } : {}),
        });
      const expected: Uint8Array[] = [];
      {
        using direct = await login(vitess.port, true);
        for (const [, request] of SCRIPT) {
          await direct.socket.write(request);
          expected.push(await untilSilent(direct));
        }
      }
      assert.ok(expected.every(({ length }) => length > 0));
      {
        using through = await login(querycop.port, false);
        for (const [index, [exchange, request]] of SCRIPT.entries()) {
          await through.socket.write(request);
          const answer = await within(through.socket.read(expected[index]?.length ?? 0), exchange);
          assert.deepEqual(answer, expected[index], exchange);
        }
      }
      const stream = bytes(...SCRIPT.map(([, request]) => request));
      const whole = bytes(...expected);
      for (const pieces of [[stream], Array.from(stream, (byte) => Uint8Array.of(byte))]) {
        using through = await login(querycop.port, false);
        for (const piece of pieces) await through.socket.write(piece);
        const answer = await within(through.socket.read(whole.length), `${pieces.length} pieces`);
        assert.deepEqual(answer, whole);
      }
    });
  }
});

async function untilSilent(client: WireClient): Promise<Uint8Array> {
  let seen = 0;
  for (let quiet = 0; seen === 0 || quiet < 3; quiet++) {
    if (client.socket.available !== seen) quiet = 0;
    seen = client.socket.available;
    await new Promise((resolve) => setTimeout(resolve, SILENCE_MS / 3));
  }
  return await client.socket.read(seen);
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Timed out waiting for ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
