/** doctor before something that behaves as PlanetScale's edge does, on this machine. */
import assert from "node:assert/strict";
import { Secret } from "../../src/base/secret.ts";
import { authority, bundle, chainOf, intermediate, issue, writeText } from "../support/certificates.ts";
import { startDnsServer } from "../support/dns_server.ts";
import { type DoctorSetup, examine, verdictOf } from "../support/doctor_input.ts";
import { oddPort } from "../support/odd_ports.ts";
import { freePort } from "../support/servers.ts";
import { vitessListener } from "../support/vitess_listener.ts";

const HOST = "us-east.connect.psdb.cloud";
const root = authority({ commonName: "Public root" });
const leaf = issue(intermediate(root, { commonName: "Public issuer" }), { dns: ["*.connect.psdb.cloud"] });
const pair = { cert: bundle(chainOf(leaf)), key: leaf.keyPem };

Deno.test("PlanetScale: the edge's region, Vitess, TLS and a login, all well", async () => {
  await using vitess = await vitessListener({ pair, user: "app", password: "pscale_pw_x" });
  await using dns = await startDnsServer({
    [HOST]: { CNAME: "edge.test" },
    "edge.test": { A: ["127.0.0.1"] },
  });
  const edge = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { headers: { server: "gateway/us-east/0a1b2c3" } }),
  );
  try {
    const setup: DoctorSetup = {
      env: {
        GATEKEEPER_BACKEND_HOST: HOST,
        GATEKEEPER_BACKEND_PORT: String(vitess.port),
        GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
        GATEKEEPER_BACKEND_TLS_CA_FILE: writeText(root.pem),
      },
      nameServer: dns,
      edgeUrl: () => `http://127.0.0.1:${edge.addr.port}/`,
      credentials: { user: "app", password: new Secret("pscale_pw_x") },
    };
    const results = await examine(setup);
    for (const result of Object.values(results)) {
      assert.ok(
        result.status === "pass" || result.status === "skip",
        `${result.id} ${verdictOf(result)} ${result.summary}`,
      );
    }
    assert.equal(results.edge.summary, "region us-east");
    assert.match(results["mysql-greeting"].summary, /^Vitess 8\.0\.40-Vitess/);
    assert.match(results.login.summary, /^select 1 from Vitess/);
    assert.match(results.clock.summary, /^within \d+ s of the clock of 127\.0\.0\.1/);

    const wrong = { ...setup, credentials: { user: "app", password: new Secret("other") } };
    const refused = (await examine(wrong, ["login"])).login;
    assert.equal(verdictOf(refused), "fail login.error_1045");
    assert.match(refused.findings[0]?.fix ?? "", /one is for one branch and one role/);
  } finally {
    await edge.shutdown();
  }
});

Deno.test("PlanetScale: an edge that does not answer HTTPS is no failure", async () => {
  await using dns = await startDnsServer({ [HOST]: { A: ["127.0.0.1"] } });
  const env = { GATEKEEPER_BACKEND_HOST: HOST, GATEKEEPER_BACKEND_TLS_MODE: "require" };
  const { edge } = await examine({ env, nameServer: dns, edgeUrl: () => `http://127.0.0.1:${freePort()}/` }, [
    "edge",
  ]);
  assert.equal(edge.status, "skip");
  assert.match(edge.summary, /connection refused/);
});

Deno.test("what a server says reaches no terminal as control characters", async () => {
  const message = "\x1b]0;owned\x07\x1b[2J Host blocked\nreally";
  const payload = [0xff, 0x69, 0x04, ...new TextEncoder().encode(message)];
  const packet = String.fromCharCode(payload.length, 0, 0, 0, ...payload);
  // The banner goes out as Latin-1, byte by byte.
  await using port = oddPort({ banner: packet });
  const env = { GATEKEEPER_BACKEND_HOST: "127.0.0.1", GATEKEEPER_BACKEND_PORT: String(port.port) };
  const result = (await examine({ env }, ["mysql-greeting"]))["mysql-greeting"];
  assert.equal(verdictOf(result), "fail mysql-greeting.error_1129");
  const shown = [result.summary, ...result.findings.flatMap(({ message, fix }) => [message, fix])].join("");
  assert.ok([...shown].every((character) => character >= " " && character !== "\x7f"), JSON.stringify(shown));
});

Deno.test("PlanetScale: a certificate for another name is somebody else's server, and no name of it is to be accepted", async () => {
  const impostor = issue(root, { dns: ["db.other.example"] });
  const other = { cert: bundle(chainOf(impostor)), key: impostor.keyPem };
  await using vitess = await vitessListener({ pair: other, user: "app", password: "x" });
  await using dns = await startDnsServer({ [HOST]: { A: ["127.0.0.1"] } });
  for (
    const [serverName, fix] of [
      [undefined, /not PlanetScale's server: find out what answers/],
      ["db.elsewhere.example", /^Unset GATEKEEPER_BACKEND_TLS_SERVER_NAME/],
    ] as const
  ) {
    const env = {
      GATEKEEPER_BACKEND_HOST: HOST,
      GATEKEEPER_BACKEND_PORT: String(vitess.port),
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: writeText(root.pem),
      ...(serverName === undefined ? {} : { GATEKEEPER_BACKEND_TLS_SERVER_NAME: serverName }),
    };
    const { tls } = await examine({ env, nameServer: dns }, ["tls"]);
    assert.equal(verdictOf(tls), "fail tls.name_mismatch");
    assert.match(tls.findings[0]?.fix ?? "", fix);
    assert.doesNotMatch(tls.findings[0]?.fix ?? "", /SERVER_NAME=/);
  }
});
