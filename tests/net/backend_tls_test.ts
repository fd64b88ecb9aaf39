import assert from "node:assert/strict";
import { ConnectError, TlsError } from "../../src/base/errors.ts";
import { type BackendTls, createBackendConnector, listen, type Stream } from "../../src/net/mod.ts";
import {
  certificate,
  connectorTo,
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

const MODES = ["prefer", "require", "verify-ca", "verify-full"] as const;

for (const mode of MODES) {
  for (const [name, own] of [["", {}], [" and a client certificate", OWN]] as const) {
    Deno.test(`${mode}${name}: bytes go through both ways, each direction ends on its own`, async () => {
      await using server = serveTls(legTls(certificate), echo);
      const stream = await connectTls(server.listener, { mode, caPem: root.pem, ...own });
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index * 7 % 251);
      assert.deepEqual(await exchange(stream, bytes), bytes);
      assert.notEqual(stream.tls, undefined);
      assert.equal(stream.remote.port, server.listener.address.port);
      stream.close();
      stream.close();
      assert.deepEqual(server.errors, []);
    });
  }
}

const REFUSALS: readonly (readonly [string, BackendTls, TlsError["reason"], RegExp])[] = [
  [
    "a CA file without the issuer",
    { mode: "verify-ca", caPem: stranger.pem },
    "unknown_issuer",
    /issuer .* is not in the CA file/,
  ],
  [
    "a CA file without the issuer",
    { mode: "verify-full", caPem: stranger.pem },
    "unknown_issuer",
    /issuer .* is not in the CA file/,
  ],
  [
    "another name",
    { mode: "verify-full", caPem: root.pem, serverName: "other.test" },
    "name_mismatch",
    /is for db\.test, localhost, 127\.0\.0\.1; not for other\.test/,
  ],
  [
    "another address",
    { mode: "verify-full", caPem: root.pem, serverName: "::1" },
    "name_mismatch",
    /not for ::1/,
  ],
];

for (const [name, tls, reason, words] of REFUSALS) {
  for (const [stack, own] of [["Deno's TLS", {}], ["node:tls", OWN]] as const) {
    Deno.test(`${tls.mode} by ${stack} refuses ${name} and says so`, async () => {
      await using server = serveTls(legTls(certificate), echo);
      await assert.rejects(connectTls(server.listener, { ...tls, ...own }), (error) => {
        assert.ok(error instanceof TlsError, String(error));
        assert.equal(error.reason, reason);
        assert.match(error.message, words);
        return true;
      });
    });
  }
}

Deno.test("verify-ca takes any name; verify-full takes each name that the certificate has", async () => {
  await using server = serveTls(legTls(certificate), echo);
  for (const own of [{}, OWN]) {
    const tls = { caPem: root.pem, ...own };
    (await connectTls(server.listener, { mode: "verify-ca", serverName: "other.test", ...tls })).close();
    (await connectTls(server.listener, { mode: "verify-full", serverName: "db.test", ...tls })).close();
    (await connectTls(server.listener, { mode: "verify-full", ...tls }, "localhost")).close();
  }
});

Deno.test("a verifying mode without a CA file, and a certificate without its key, are mistakes of the caller", () => {
  const base = { host: "127.0.0.1", port: 1, family: "auto", connectTimeoutMs: 1 } as const;
  assert.throws(() => createBackendConnector({ ...base, tls: { mode: "verify-ca" } }), TypeError);
  assert.throws(() => createBackendConnector({ ...base, tls: { mode: "require", certPem: "x" } }), TypeError);
});

for (const tls of [{ mode: "require" }, { mode: "verify-full", caPem: root.pem }] as const) {
  Deno.test(`${tls.mode}: a peer that goes away or says nothing during the handshake is told apart`, async () => {
    const listener = listen({ host: "127.0.0.1", port: 0 });
    const clients: Stream[] = [];
    const accepting = (async () => {
      for await (const client of listener) {
        clients.push(client);
        await client.read(new Uint8Array(1));
        if (clients.length === 1) client.close();
      }
    })();
    await assert.rejects(
      connectTls(listener, tls),
      (error) =>
        error instanceof ConnectError && error.phase === "tls" && ["closed", "reset"].includes(error.reason),
    );
    const plain = await connectorTo(listener, tls).connect(new AbortController().signal);
    await plain.write(REQUEST);
    await assert.rejects(
      plain.upgrade(AbortSignal.timeout(20)),
      (error) => error instanceof ConnectError && error.code === "connect.tls.timeout",
    );
    clients.forEach((client) => client.close());
    listener.close();
    await accepting;
  });
}
