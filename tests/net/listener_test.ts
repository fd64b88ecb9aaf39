import assert from "node:assert/strict";
import { QuerycopError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { createBackendConnector, listen } from "../../src/net/mod.ts";

const signal = new AbortController().signal;

function connectorTo(port: number) {
  return createBackendConnector({
    host: "127.0.0.1",
    port,
    family: 4,
    connectTimeoutMs: 60_000,
    tls: { mode: "disable" },
  });
}

Deno.test("a listener tells its port, hands out both ends' addresses, and ends its iteration when it is closed", async () => {
  const listener = listen({ host: "127.0.0.1", port: 0 });
  const connecting = connectorTo(listener.address.port).connect(signal);
  let clients = 0;
  for await (const client of listener) {
    clients++;
    const backend = await connecting;
    assert.deepEqual(client.remote, backend.local);
    assert.deepEqual(client.local, backend.remote);
    assert.deepEqual([client.tls, backend.tls, backend.family], [undefined, undefined, 4]);
    listener.close();
    listener.close();
    // Connections that were handed out live on.
    await backend.write(Uint8Array.of(1, 2, 3));
    await backend.closeWrite();
    const buffer = new Uint8Array(8);
    assert.equal(await client.read(buffer), 3);
    assert.equal(await client.read(buffer), null);
    await client.write(Uint8Array.of(4));
    assert.equal(await backend.read(buffer), 1);
    client.close();
    assert.equal(await backend.read(buffer), null);
    backend.close();
  }
  assert.equal(clients, 1);
});

Deno.test("an address that cannot be listened on is named with the reason", () => {
  const first = listen({ host: "127.0.0.1", port: 0 });
  const { port } = first.address;
  assert.throws(() => listen({ host: "127.0.0.1", port }), (error) => {
    return error instanceof QuerycopError && error.code === "listen.in_use" &&
      error.message === `Cannot listen on 127.0.0.1:${port}: another program listens there`;
  });
  first.close();
});

Deno.test("processes may share a port", () => {
  const first = listen({ host: "127.0.0.1", port: 0, reusePort: true });
  const second = listen({ host: "127.0.0.1", port: first.address.port, reusePort: true });
  assert.equal(second.address.port, first.address.port);
  first.close();
  second.close();
});

Deno.test("without TLS nothing can be upgraded and no certificate set", async () => {
  const listener = listen({ host: "127.0.0.1", port: 0 });
  const tls = { certPem: "", keyPem: new Secret(""), handshakeTimeoutMs: 1 };
  assert.throws(() => listener.setTls(tls), TypeError);
  const backend = await connectorTo(listener.address.port).connect(signal);
  for await (const client of listener) {
    await assert.rejects(client.upgrade(new Uint8Array(0)), TypeError);
    await assert.rejects(backend.upgrade(signal), TypeError);
    client.close();
    listener.close();
  }
  backend.close();
});

Deno.test("a write resolves when all bytes are with the system, and fails when the stream is closed meanwhile", async () => {
  const listener = listen({ host: "127.0.0.1", port: 0 });
  const backend = await connectorTo(listener.address.port).connect(signal);
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index * 31 % 253);
  for await (const client of listener) {
    listener.close();
    const writing = client.write(bytes).then(() => client.closeWrite());
    const buffer = new Uint8Array(100_000);
    let at = 0;
    for (let count = await backend.read(buffer); count !== null; count = await backend.read(buffer)) {
      assert.deepEqual(buffer.subarray(0, count), bytes.subarray(at, at + count));
      at += count;
    }
    assert.equal(at, bytes.length);
    await writing;
    const stuck = backend.write(new Uint8Array(50_000_000));
    const failed = assert.rejects(stuck);
    backend.close();
    await failed;
    client.close();
  }
});
