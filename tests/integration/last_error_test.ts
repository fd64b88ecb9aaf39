/** The error that a server sends as it closes a connection: a client gets it through querycop as it does without. */
import assert from "node:assert/strict";
import { authority, issue, write } from "../support/certificates.ts";
import { startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer } from "../support/servers.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const LOGIN = { user: "app", password: "app-password" };
const ROUNDS = 3;
const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
const tooLong = `SELECT LENGTH('${"x".repeat(8 << 20)}')`;

for (const flavour of ["mysql", "mariadb"] as const satisfies readonly Flavour[]) {
  Deno.test(`${flavour}: a statement past max_allowed_packet is answered with 1153, whatever TLS the legs have`, async (context) => {
    await using server = await startServer({
      flavour,
      tls: { certFile: files.cert, keyFile: files.key },
      args: ["--max-allowed-packet=4M"],
    });
    await server.createUser({ name: LOGIN.user, password: LOGIN.password });
    for (const mode of ["disable", "require", "verify-full"]) {
      for (const tls of [undefined, {}]) {
        await context.step(
          `backend ${mode}, client leg ${tls === undefined ? "plaintext" : "TLS"}`,
          async () => {
            await using querycop = await startQuerycop({
              backend: { host: "localhost", port: server.port },
              env: {
                GATEKEEPER_BACKEND_TLS_MODE: mode,
                GATEKEEPER_PROXY_TLS_CERT: files.cert,
                GATEKEEPER_PROXY_TLS_KEY: files.key,
                ...(mode === "verify-full" ? { GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca } : {}),
              },
            });
            for (let round = 0; round < ROUNDS; round++) {
              using client = await WireClient.login({
                ...LOGIN,
                port: querycop.port,
                ...(tls === undefined ? {} : { tls }),
              });
              await assert.rejects(client.query(tooLong), (error) => {
                assert.ok(error instanceof WireError, String(error));
                assert.equal(error.errno, 1153);
                return true;
              });
            }
          },
        );
      }
    }
  });
}
