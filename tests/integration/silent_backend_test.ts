/** A backend that accepts and then says nothing: the client is told what happened, and the log that it was the backend. */
import assert from "node:assert/strict";
import { within } from "../support/fault_bench.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { BASIC_CAPABILITIES, CAPABILITY, greeting } from "../support/packets.ts";
import { startQuerycop } from "../support/querycop.ts";
import { scriptServer } from "../support/scripted_peer.ts";
import { WireClient, WireError } from "../support/wire_client.ts";
import type { WireSocket } from "../support/wire_socket.ts";

const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));

const SILENCES: readonly {
  readonly name: string;
  readonly mode: string;
  readonly before: (socket: WireSocket) => Promise<unknown>;
  readonly words: RegExp;
}[] = [
  {
    name: "before its greeting",
    mode: "disable",
    before: () => Promise.resolve(),
    words: /no greeting came within 300ms/,
  },
  {
    name: "within TLS",
    mode: "verify-full",
    before: async (socket) => {
      await socket.send(greeting({ capabilities: BASIC_CAPABILITIES | CAPABILITY.ssl }));
      await socket.readPacket();
    },
    words: /the TLS handshake took too long/,
  },
  {
    name: "after the login",
    mode: "disable",
    before: async (socket) => {
      await socket.send(greeting());
      await socket.readPacket();
    },
    words: /no answer to the login within/,
  },
];

for (const { name, mode, before, words } of SILENCES) {
  Deno.test(`a backend that falls silent ${name} gets the client 2003 and a warning in the log`, async () => {
    const over = Promise.withResolvers<void>();
    await using server = await scriptServer(async (socket) => {
      await before(socket);
      await over.promise;
    });
    await using querycop = await startQuerycop({
      backend: { port: server.port },
      env: {
        GATEKEEPER_BACKEND_TLS_MODE: mode,
        ...(mode === "verify-full" ? { GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca } : {}),
        GATEKEEPER_CONNECT_TIMEOUT: "300ms",
        GATEKEEPER_LOGIN_TIMEOUT: "2s",
        GATEKEEPER_LOG_LEVEL: "warn",
      },
    });
    const login = WireClient.login({ port: querycop.port, user: "app", password: "secret" });
    await assert.rejects(within(login, "the end of the login"), (error) => {
      assert.ok(error instanceof WireError, String(error));
      assert.equal(error.errno, 2003);
      assert.match(error.message, words);
      return true;
    });
    over.resolve();
    while (!/"level":"warn".*backend_unreachable/.test(await querycop.log())) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}
