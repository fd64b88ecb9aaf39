/** querycop knows where each response ends: with every shape a real server has, and every layout a client can ask for. */
import assert from "node:assert/strict";
import { BASIC_CAPABILITIES, CAPABILITY } from "../support/packets.ts";
import { bytes, uint } from "../support/bytes.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer } from "../support/servers.ts";
import { WireClient } from "../support/wire_client.ts";

const KEY = "an-admin-key-of-some-length-0123";
const MULTI_STATEMENTS = 1 << 16;
const MULTI_RESULTS = 1 << 17;
const PS_MULTI_RESULTS = 1 << 18;
const SESSION_TRACK = 1 << 23;
const DEPRECATE_EOF = CAPABILITY.deprecateEof;
const OPTIONAL_METADATA = 1 << 25;
const MANY = MULTI_STATEMENTS | MULTI_RESULTS | PS_MULTI_RESULTS;
const LAYOUTS: readonly (readonly [name: string, capabilities: number])[] = [
  ["EOF packets", BASIC_CAPABILITIES & ~DEPRECATE_EOF | MANY],
  ["no EOF packets", BASIC_CAPABILITIES | DEPRECATE_EOF | MANY],
  ["no EOF packets, session tracking", BASIC_CAPABILITIES | DEPRECATE_EOF | SESSION_TRACK | MANY],
  ["EOF packets, optional definitions", BASIC_CAPABILITIES & ~DEPRECATE_EOF | OPTIONAL_METADATA | MANY],
  ["no EOF packets, optional definitions", BASIC_CAPABILITIES | DEPRECATE_EOF | OPTIONAL_METADATA | MANY],
];

const query = (sql: string) => bytes(3, sql);
const execute = (id: number, flags: number) => bytes(0x17, uint(id, 4), flags, uint(1, 4));

/** Commands by what they have; ids of prepared statements count from 1. */
const COMMANDS: readonly (readonly [name: string, payload: Uint8Array])[] = [
  ["rows of several columns", query("SELECT id, name, 1, 2 FROM t")],
  ["no rows", query("SELECT id, name FROM t WHERE id < 0")],
  ["an error", query("SELECT nothing FROM nowhere")],
  [
    "an error among the rows",
    query("SELECT name, (SELECT id FROM t WHERE id >= o.id) FROM t o ORDER BY id DESC"),
  ],
  [
    "several results",
    query("SELECT 1, 2; DO 1; SELECT 3; UPDATE t SET name = 'x' WHERE id = 1; SELECT 4, 5, 6"),
  ],
  ["an error behind a result", query("SELECT 1; SELECT nothing; SELECT 2")],
  ["a procedure's results", query("CALL results()")],
  ["a session variable", query("SET @@sql_mode = @@sql_mode, @@session.character_set_client = 'utf8mb4'")],
  ["an empty text", query("")],
  ["a comment", query("-- nothing")],
  ["EXPLAIN", query("EXPLAIN SELECT * FROM t")],
  ["SHOW", query("SHOW WARNINGS")],
  ["a prepare with parameters and columns", bytes(0x16, "SELECT ?, id, name FROM t")],
  ["a prepare without either", bytes(0x16, "DO 1")],
  ["a prepare with columns", bytes(0x16, "SELECT id, name FROM t")],
  ["a prepare that fails", bytes(0x16, "SELECT nothing FROM nowhere")],
  ["an execute", execute(3, 0)],
  ["an execute with a cursor", execute(3, 1)],
  ["a fetch", bytes(0x1c, uint(3, 4), uint(1, 4))],
  ["the rest of the fetch", bytes(0x1c, uint(3, 4), uint(100, 4))],
  ["a reset", bytes(0x1a, uint(3, 4))],
  ["an execute of nothing", execute(99, 0)],
  ["a ping", bytes(0x0e)],
  ["statistics", bytes(0x09)],
  ["a list of fields", bytes(0x04, "t", 0, "%")],
  ["a schema", bytes(0x02, "shop")],
  ["a schema that is not there", bytes(0x02, "nowhere")],
  ["multi-statements off", bytes(0x1b, uint(1, 2))],
  ["a reset of the connection", bytes(0x1f)],
];

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`on ${flavour} every response ends where querycop says it ends`, async (context) => {
    await using server = await startServer({ flavour });
    await server.createUser({ name: "app", password: "secret" });
    await server.sql(
      "CREATE DATABASE shop; USE shop; CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50));" +
        "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');\n" +
        "DELIMITER //\nCREATE PROCEDURE results() BEGIN SELECT 1, 2; SELECT name FROM t; END //\n",
    );
    await using querycop = await startQuerycop({
      backend: { port: server.port },
      env: { GATEKEEPER_BACKEND_TLS_MODE: "disable", ADMIN_API_KEY: KEY },
    });
    for (const [layout, capabilities] of LAYOUTS) {
      const optional = (capabilities & OPTIONAL_METADATA) !== 0;
      if (optional && flavour === "mariadb") continue; // It has no such capability.
      for (const metadata of optional ? ["FULL", "NONE"] : [""]) {
        await context.step(
          `${layout}${metadata === "" ? "" : `, resultset_metadata = ${metadata}`}`,
          async () => {
            using client = await WireClient.login({
              port: querycop.port,
              user: "app",
              password: "secret",
              schema: "shop",
              capabilities,
            });
            if (metadata !== "") await say(client, querycop, query(`SET resultset_metadata = ${metadata}`));
            for (const [name, payload] of COMMANDS) {
              const state = await say(client, querycop, payload);
              assert.equal(state, "command", `behind ${name}`);
            }
          },
        );
      }
    }
    assert.ok(
      !(await querycop.log()).includes("unasked"),
      "a response went on behind the end that querycop saw",
    );
  });
}

/** Sends a command, takes what comes back, and resolves to where querycop then has the session. */
async function say(client: WireClient, querycop: Querycop, payload: Uint8Array): Promise<string> {
  client.socket.resetSequence();
  await client.socket.send(payload);
  await client.socket.readUntilQuiet(30);
  for (let attempt = 0; attempt < 40; attempt++) {
    const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`);
    if (/querycop_sessions\{state="command"[^}]*\} 1/.test(await response.text())) return "command";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "response";
}
