import assert from "node:assert/strict";
import { ProtocolError } from "../../src/base/errors.ts";
import { MysqlHandshake } from "../../src/client/mod.ts";
import type { BackendStream } from "../../src/net/mod.ts";
import { encodePackets } from "../../src/protocol/framing.ts";
import { encodeGreeting } from "../../src/protocol/packets/greeting.ts";

const GREETING = encodePackets(
  0,
  encodeGreeting({
    serverVersion: "8.4.0",
    connectionId: 1,
    nonce: new Uint8Array(20).fill(1),
    capabilities: 0xdfffffff,
    mariadbCapabilities: 0,
    collation: 45,
    status: 2,
    authPlugin: "caching_sha2_password",
  }),
);

/** A server that says these bytes and whose TLS always succeeds. */
function serverThatSays(
  bytes: Uint8Array,
): { readonly stream: BackendStream; readonly closed: () => boolean } {
  let said = false;
  let closed = false;
  const stream: BackendStream = {
    remote: { host: "127.0.0.1", port: 3306 },
    local: { host: "127.0.0.1", port: 1 },
    tls: undefined,
    family: 4,
    read: (buffer) => {
      if (said) return Promise.resolve(null);
      said = true;
      buffer.set(bytes);
      return Promise.resolve(bytes.length);
    },
    write: () => Promise.resolve(),
    closeWrite: () => Promise.resolve(),
    close: () => closed = true,
    upgrade: () => Promise.resolve({ ...stream, tls: { version: "TLSv1.3", cipher: undefined } }),
  };
  return { stream, closed: () => closed };
}

Deno.test("plaintext behind the greeting, which anyone may have put there, does not pass for what came in TLS", async () => {
  const signal = new AbortController().signal;
  const open = (stream: BackendStream) =>
    MysqlHandshake.open(
      { target: "db:3306", connectTimeoutMs: 1000, connect: () => Promise.resolve(stream) },
      signal,
    );
  const honest = await open(serverThatSays(GREETING).stream);
  assert.equal((await honest.startTls(signal)).version, "TLSv1.3");
  const { stream, closed } = serverThatSays(
    Uint8Array.of(...GREETING, ...encodePackets(2, Uint8Array.of(0, 0, 0, 2, 0))),
  );
  await assert.rejects((await open(stream)).startTls(signal), ProtocolError);
  assert.ok(closed());
});
