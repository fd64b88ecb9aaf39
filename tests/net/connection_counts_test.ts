import assert from "node:assert/strict";
import { ConnectionCounts, createBackendConnector, listen } from "../../src/net/mod.ts";
import { certificate, legTls, REQUEST, root, stranger } from "./_tls_server.ts";

Deno.test("dials are counted by family and result, handshakes by leg and the reason they failed for", async () => {
  const front = new ConnectionCounts();
  const back = new ConnectionCounts();
  const listener = listen({ host: "127.0.0.1", port: 0, tls: legTls(certificate), counts: front });
  const accepting = (async () => {
    for await (const client of listener) {
      await client.read(new Uint8Array(REQUEST.length));
      await client.upgrade(new Uint8Array()).then((stream) => stream.close(), () => {});
    }
  })();
  const { port } = listener.address;
  for (
    const [caPem, serverName] of [[root.pem, "db.test"], [stranger.pem, "db.test"], [root.pem, "other.test"]]
  ) {
    const connector = createBackendConnector({
      host: "127.0.0.1",
      port,
      family: "auto",
      connectTimeoutMs: 60_000,
      tls: { mode: "verify-full", caPem, serverName },
      counts: back,
    });
    const { signal } = new AbortController();
    const plain = await connector.connect(signal);
    await plain.write(REQUEST);
    await plain.upgrade(signal).then((stream) => stream.close(), () => {});
  }
  listener.close();
  await accepting;
  const refusing = createBackendConnector({
    host: "127.0.0.1",
    port,
    family: "auto",
    connectTimeoutMs: 60_000,
    tls: { mode: "disable" },
    counts: back,
  });
  await assert.rejects(refusing.connect(new AbortController().signal));
  assert.deepEqual(back.dials, { "4 ok": 3, "4 refused": 1 });
  assert.equal(back.handshakes["backend ok"], 1);
  assert.equal(Object.values(back.handshakes).reduce((sum, count) => sum + count, 0), 3);
  assert.equal(front.handshakes["client ok"], 1);
  assert.equal(Object.values(front.handshakes).reduce((sum, count) => sum + count, 0), 3);
});
