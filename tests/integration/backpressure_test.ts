/** A reader that does not read holds the other side back: what waits stays there, and not in querycop's memory. */
import assert from "node:assert/strict";
import { bytes, packet } from "../support/bytes.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { within } from "../support/fault_bench.ts";
import { BASIC_CAPABILITIES, CAPABILITY, ok } from "../support/packets.ts";
import { scriptServer, serveCommands, serveLogin } from "../support/scripted_peer.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer } from "../support/servers.ts";
import { Valve } from "../support/valve.ts";
import { WireClient } from "../support/wire_client.ts";

const MEBIBYTE = 1024 * 1024;
const ROWS = 100;
/** Far above what buffers take, far below what is held back. */
const MOST_GROWTH_BYTES = 24 * MEBIBYTE;
const ca = authority();
const files = write(issue(ca, { dns: ["localhost"], ip: ["127.0.0.1"] }));
const BIG = `SELECT REPEAT('x', ${MEBIBYTE}) FROM seq_1_to_${ROWS}`;

for (const mode of ["disable", "require", "verify-full"]) {
  for (const clientTls of [false, true]) {
    Deno.test(`a slow reader of ${ROWS} MB costs little memory: backend ${mode}, client leg ${clientTls ? "TLS" : "plaintext"}`, async () => {
      await using server = await startServer({
        flavour: "mariadb",
        tls: { certFile: files.cert, keyFile: files.key },
      });
      await server.createUser({ name: "app", password: "secret" });
      await using querycop = await startQuerycop({
        backend: { host: "localhost", port: server.port },
        env: {
          GATEKEEPER_BACKEND_TLS_MODE: mode,
          ...(mode === "verify-full" ? { GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca } : {}),
          ...(clientTls
            ? { GATEKEEPER_PROXY_TLS_CERT: files.cert, GATEKEEPER_PROXY_TLS_KEY: files.key }
            : {}),
          GATEKEEPER_MODE: "monitor",
          GATEKEEPER_MAX_RESPONSE_MB: "1000",
          GATEKEEPER_MAX_WINDOW_MB: "10000",
        },
      });
      await using valve = await Valve.open(querycop.port);
      const login = {
        port: valve.port,
        schema: "mysql",
        user: "app",
        password: "secret",
        ...(clientTls ? { tls: { ca: ca.pem } } : {}),
      };
      // What a first large result costs in code and buffers is not what this is about.
      using warm = await WireClient.login(login);
      assert.equal((await within(warm.query(BIG), "the first result")).length, ROWS);
      using slow = await WireClient.login(login);
      const before = await querycop.rssBytes();
      const passedBefore = valve.passed;
      valve.shut();
      await slow.socket.write(packet(0, bytes(3, BIG)));
      const most = await largestRss(querycop);
      assert.ok(
        most - before < MOST_GROWTH_BYTES,
        `grew by ${((most - before) / MEBIBYTE).toFixed(1)} MB while the client did not read`,
      );
      assert.ok(valve.passed - passedBefore < ROWS * MEBIBYTE / 10, "the client did read");
      valve.reopen();
      const rows = await within(slow.readResult(), "the rest of the result");
      assert.equal(rows.length, ROWS);
      assert.ok(rows.every(([value]) => value?.length === MEBIBYTE));
    });
  }
}

Deno.test("a backend that does not read a file of 100 MB costs little memory", async () => {
  const asked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const size = Promise.withResolvers<number>();
  await using server = await scriptServer(async (socket) => {
    await serveLogin(socket, { capabilities: BASIC_CAPABILITIES | CAPABILITY.localFiles });
    socket.resetSequence();
    await socket.readPacket();
    socket.hold();
    await socket.send(bytes(0xfb, "file"));
    asked.resolve();
    await goOn.promise;
    socket.release();
    let total = 0;
    while (true) {
      const { payload } = await socket.readPacket();
      if (payload.length === 0) break;
      total += payload.length;
    }
    size.resolve(total);
    await socket.send(ok());
    await serveCommands(socket, () => [ok()]);
  });
  await using querycop = await startQuerycop({
    backend: { port: server.port },
    env: { GATEKEEPER_BACKEND_TLS_MODE: "disable", GATEKEEPER_MODE: "monitor" },
  });
  using client = await WireClient.login({
    port: querycop.port,
    user: "app",
    password: "secret",
    capabilities: CAPABILITY.localFiles,
  });
  const before = await querycop.rssBytes();
  await client.socket.write(packet(0, bytes(3, "LOAD DATA LOCAL INFILE 'file' INTO TABLE t")));
  await asked.promise;
  await client.socket.readPacket();
  const piece = new Uint8Array(MEBIBYTE).fill(0x61);
  const written = (async () => {
    for (let index = 0; index < ROWS; index++) await client.socket.write(packet(2 + index, piece));
    await client.socket.write(packet(2 + ROWS, new Uint8Array(0)));
  })();
  const most = await largestRss(querycop);
  assert.ok(
    most - before < MOST_GROWTH_BYTES,
    `grew by ${((most - before) / MEBIBYTE).toFixed(1)} MB while the backend did not read`,
  );
  goOn.resolve();
  await within(written, "the file to be taken");
  assert.equal(await within(size.promise, "the file's end"), ROWS * MEBIBYTE);
  assert.deepEqual(await within(client.readResult(), "the answer"), []);
});

/** The largest resident memory that is seen until it has stopped growing. */
async function largestRss(querycop: Querycop): Promise<number> {
  let most = 0;
  for (let quiet = 0; quiet < 15; quiet++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await querycop.rssBytes();
    if (now > most + MEBIBYTE / 4) quiet = 0;
    most = Math.max(most, now);
  }
  return most;
}
