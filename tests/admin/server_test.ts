import assert from "node:assert/strict";
import { type AdminServer, startAdminServer } from "../../src/admin/server.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { KEY, MemoryProcess, MemoryStore } from "../support/memory_admin.ts";

function start(
  host: string,
  key: string | undefined,
): { readonly server: AdminServer; readonly log: string[] } {
  const log: string[] = [];
  const server = startAdminServer({
    trustedProxies: [],
    host,
    port: 0,
    key: key === undefined ? undefined : new Secret(key),
    version: "1.2.3",
    mode: "enforce",
    pooler: "none",
    view: new MemoryProcess(),
    store: new MemoryStore(),
    record: () => true,
    refuseUnaudited: false,
    newId: () => "01N",
    ready: () => Promise.resolve({ ready: true, detail: "9.7.0" }),
    webhook: () => ({}),
    logger: createLogger({ level: "debug", format: "json", write: (line) => void log.push(line) }),
  });
  return { server, log };
}

Deno.test("an API that listens beyond this machine says at its start that the key crosses the network in clear", async () => {
  for (
    const [host, key, warns] of [["0.0.0.0", KEY, true], ["127.0.0.1", KEY, false], [
      "0.0.0.0",
      undefined,
      false,
    ]] as const
  ) {
    const { server, log } = start(host, key);
    assert.equal(log.some((line) => /"warn".*without TLS/.test(line)), warns, host);
    assert.ok(!log.join().includes(KEY));
    await server.close();
  }
});

Deno.test("close() ends with clients that sent half a request, and with one that reads no event", async () => {
  const { server } = start("127.0.0.1", KEY);
  const send = async (text: string) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await conn.write(new TextEncoder().encode(text));
    return conn;
  };
  using _silent = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  using _half = await send("GET /healthz HTTP/1.1\r\nHos");
  using listening = await send(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
  await listening.read(new Uint8Array(10));
  await server.close();
  await assert.rejects(fetch(`http://127.0.0.1:${server.port}/healthz`));
});
