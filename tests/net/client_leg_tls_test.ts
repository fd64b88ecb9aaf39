import assert from "node:assert/strict";
import { QuerycopError, TlsError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { type ClientLegTls, createBackendConnector } from "../../src/net/mod.ts";
import { issue } from "../support/certificates.ts";
import {
  certificate,
  connectTls,
  echo,
  exchange,
  legTls,
  OWN,
  REQUEST,
  root,
  serveTls,
  stranger,
} from "./_tls_server.ts";

Deno.test("the client leg takes the ClientHello however it is cut", async () => {
  await using server = serveTls(legTls(certificate), echo);
  // The first byte asks for TLS; a piece of the ClientHello comes with it, the rest later.
  for (const cut of [0, 1, 5, 100]) {
    const relay = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const relaying = (async () => {
      const [client, backend] = await Promise.all([
        relay.accept(),
        Deno.connect({ hostname: "127.0.0.1", port: server.listener.address.port }),
      ]);
      const buffer = new Uint8Array(4096);
      let held: number[] = [];
      const up = (async () => {
        for (let count = await client.read(buffer); count !== null; count = await client.read(buffer)) {
          held = [...held, ...buffer.subarray(0, count)];
          if (held.length <= cut + 1) continue;
          await backend.write(Uint8Array.from(held.splice(0, cut + 1)));
          await new Promise((resolve) => setTimeout(resolve, 5));
          await backend.write(Uint8Array.from(held.splice(0)));
        }
        await backend.closeWrite();
      })();
      await backend.readable.pipeTo(client.writable);
      await up;
    })();
    const connector = createBackendConnector({
      host: "127.0.0.1",
      port: relay.addr.port,
      family: "auto",
      connectTimeoutMs: 60_000,
      tls: { mode: "verify-full", caPem: root.pem },
    });
    const signal = new AbortController().signal;
    const plain = await connector.connect(signal);
    await plain.write(REQUEST);
    const stream = await plain.upgrade(signal);
    assert.deepEqual(await exchange(stream, Uint8Array.of(1, 2, 3)), Uint8Array.of(1, 2, 3));
    stream.close();
    await relaying;
    relay.close();
  }
});

Deno.test("a client CA lets its clients in and nobody else", async () => {
  await using server = serveTls(legTls(certificate, { clientCaPem: root.pem }), echo);
  const stream = await connectTls(server.listener, { mode: "verify-full", caPem: root.pem, ...OWN });
  assert.deepEqual(await exchange(stream, Uint8Array.of(7)), Uint8Array.of(7));
  stream.close();
  const untrusted = issue(stranger, { commonName: "client", purposes: ["clientAuth"] });
  const others = [{}, { certPem: untrusted.pem, keyPem: new Secret(untrusted.keyPem) }];
  for (const own of others) {
    // In TLS 1.3 a client learns of the refusal by its first read.
    const came = await connectTls(server.listener, { mode: "verify-full", caPem: root.pem, ...own })
      .then(async (refused) => {
        const count = await refused.write(Uint8Array.of(7)).then(() => refused.read(new Uint8Array(1)))
          .catch(() => null);
        refused.close();
        return count;
      }, () => null);
    assert.equal(came, null);
  }
  await server.stop();
  assert.deepEqual(server.errors.map((error) => error instanceof TlsError), [true, true]);
  assert.equal((server.errors[0] as TlsError).reason, "client_certificate_required");
});

Deno.test("another certificate is used from the next handshake on, and one that cannot be used is refused", async () => {
  await using server = serveTls(legTls(certificate), echo);
  const before = await connectTls(server.listener, { mode: "verify-full", caPem: root.pem });
  const renewed = issue(stranger, { ip: ["127.0.0.1"] });
  const unusable: readonly Partial<ClientLegTls>[] = [
    { certPem: certificate.pem },
    { keyPem: new Secret("no key") },
    { certPem: "no certificate" },
    { clientCaPem: "no certificate" },
    { certPem: renewed.pem.replace(/^(.{40}).*$/m, "$1") },
  ];
  for (const change of unusable) {
    assert.throws(
      () => server.listener.setTls(legTls(renewed, change)),
      (error) => error instanceof QuerycopError && error.code === "tls.unusable",
    );
  }
  (await connectTls(server.listener, { mode: "verify-full", caPem: root.pem })).close();
  server.listener.setTls(legTls(renewed));
  await assert.rejects(connectTls(server.listener, { mode: "verify-full", caPem: root.pem }), TlsError);
  (await connectTls(server.listener, { mode: "verify-full", caPem: stranger.pem })).close();
  assert.deepEqual(await exchange(before, Uint8Array.of(1)), Uint8Array.of(1));
  before.close();
});

Deno.test("a client that does not finish its handshake is dropped", async () => {
  await using server = serveTls(legTls(certificate, { handshakeTimeoutMs: 5 }), echo);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.listener.address.port });
  await connection.write(REQUEST);
  assert.equal(await connection.read(new Uint8Array(1)).catch(() => null), null);
  connection.close();
  await server.stop();
  assert.match(String(server.errors[0]), /it took longer than 5ms/);
});

Deno.test("a client that speaks no TLS is a TlsError", async () => {
  await using server = serveTls(legTls(certificate), echo);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.listener.address.port });
  await connection.write(new TextEncoder().encode("!SELECT 1 FROM t WHERE this is no ClientHello"));
  assert.equal(await connection.read(new Uint8Array(1)).catch(() => null), null);
  connection.close();
  await server.stop();
  assert.ok(server.errors[0] instanceof TlsError, String(server.errors[0]));
});
