import assert from "node:assert/strict";
import { freePort } from "../support/servers.ts";
import { startDnsServer } from "../support/dns_server.ts";
import { clockCheck } from "../../src/doctor/checks/clock.ts";
import { searched } from "../../src/doctor/checks/dns.ts";
import { Notes, SERVER_CLOCK } from "../../src/doctor/notes.ts";
import { authority, issue, writeText } from "../support/certificates.ts";
import { doctorInputOf, type DoctorSetup, examine, verdictOf } from "../support/doctor_input.ts";
import { BASIC_CAPABILITIES, CAPABILITY, greeting } from "../support/packets.ts";
import { scriptServer } from "../support/scripted_peer.ts";
import { oddPort, tlsPort } from "../support/odd_ports.ts";

const at = (port: number, host = "127.0.0.1", more: Readonly<Record<string, string>> = {}) => ({
  GATEKEEPER_BACKEND_HOST: host,
  GATEKEEPER_BACKEND_PORT: String(port),
  ...more,
});

Deno.test("dns: what a name server answers is told apart, each with its cure", async () => {
  await using server = await startDnsServer({
    "four.test": { A: ["127.0.0.1"] },
    "six.test": { AAAA: ["::1"] },
    "both.test": { A: ["127.0.0.1"], AAAA: ["::1"] },
    "empty.test": {},
    "broken.test": { fault: "servfail" },
    "refusing.test": { fault: "refused" },
    "half.test": { A: ["127.0.0.1"], faultOf: { AAAA: "servfail" } },
    "alias.test": { CNAME: "both.test" },
  });
  const dns = async (host: string, more: Readonly<Record<string, string>> = {}) => {
    const setup: DoctorSetup = { env: at(3306, host, more), nameServer: server };
    return (await examine(setup, ["dns"])).dns;
  };
  assert.equal(verdictOf(await dns("both.test")), "pass");
  assert.equal((await dns("both.test")).summary, "1 A, 1 AAAA");
  assert.equal(verdictOf(await dns("four.test")), "pass"); // No AAAA is normal.
  assert.equal(verdictOf(await dns("six.test")), "pass");
  assert.deepEqual((await dns("alias.test")).facts.aliases, ["both.test"]);
  assert.equal(verdictOf(await dns("missing.test")), "fail dns.not_found");
  assert.equal(verdictOf(await dns("empty.test")), "fail dns.no_address");
  assert.equal(verdictOf(await dns("broken.test")), "fail dns.server_failure");
  assert.equal(verdictOf(await dns("refusing.test")), "fail dns.refused");
  assert.equal(verdictOf(await dns("half.test")), "warn dns.half");
  assert.match((await dns("half.test")).findings[0]?.fix ?? "", /GATEKEEPER_BACKEND_IP_FAMILY=4/);
  const family = await dns("six.test", { GATEKEEPER_BACKEND_IP_FAMILY: "4" });
  assert.equal(verdictOf(family), "fail dns.family");
});

Deno.test("dns: a silent name server fails the check and skips the rest with that reason", async () => {
  await using server = await startDnsServer({ "silent.test": { fault: "silence" } });
  const results = await examine({ env: at(3306, "silent.test"), nameServer: server }, ["tls"]);
  assert.equal(verdictOf(results.dns), "fail dns.timeout");
  assert.equal(results.tls.summary, "needs dns, which failed");
});

Deno.test("tcp: a closed port is refused, and the cure names the port's key", async () => {
  const { tcp } = await examine({ env: at(freePort()) }, ["tcp"]);
  assert.equal(verdictOf(tcp), "fail tcp.refused");
  assert.match(tcp.findings[0]?.fix ?? "", /GATEKEEPER_BACKEND_PORT/);
});

Deno.test("tcp: AAAA that is dead while A answers is a warning, and its fix makes it go away", async () => {
  await using port = oddPort("silent");
  await using server = await startDnsServer({ "both.test": { A: ["127.0.0.1"], AAAA: ["::1"] } });
  const setup = (more: Readonly<Record<string, string>>) => ({
    env: at(port.port, "both.test", more),
    nameServer: server,
  });
  const { tcp } = await examine(setup({}), ["tcp"]);
  assert.equal(verdictOf(tcp), "warn tcp.ipv6_dead");
  const fix = /GATEKEEPER_BACKEND_IP_FAMILY=\d/.exec(tcp.findings[0]?.fix ?? "")?.[0].split("=") ?? [];
  assert.deepEqual(fix, ["GATEKEEPER_BACKEND_IP_FAMILY", "4"]);
  const mended = await examine(setup({ [fix[0] ?? ""]: fix[1] ?? "" }), ["tcp"]);
  assert.equal(verdictOf(mended.tcp), "pass");
});

Deno.test("mysql-greeting: what else answers on the port is named", async () => {
  const http = (heard: Uint8Array) =>
    new TextDecoder().decode(heard).startsWith("HEAD ")
      ? "HTTP/1.1 404 Not Found\r\n\r\n"
      : "HTTP/1.1 400 Bad Request\r\n\r\n";
  const postgres = (heard: Uint8Array) => heard.length === 8 && heard[4] === 4 ? "N" : undefined;
  await using silent = oddPort("silent");
  await using slammed = oddPort("slammed");
  await using ssh = oddPort({ banner: "SSH-2.0-OpenSSH_9.2\r\n" });
  await using redis = oddPort({ banner: "-DENIED Redis is running in protected mode\r\n" });
  await using web = oddPort({ reply: http });
  await using pg = oddPort({ reply: postgres });
  await using https = await tlsPort();
  const verdicts = await Promise.all(
    [silent, slammed, ssh, redis, web, pg, https].map(async ({ port }) =>
      verdictOf((await examine({ env: at(port) }, ["mysql-greeting"]))["mysql-greeting"])
    ),
  );
  assert.deepEqual(verdicts, [
    "fail mysql-greeting.silent",
    "fail mysql-greeting.closed",
    "fail mysql-greeting.ssh",
    "fail mysql-greeting.redis",
    "fail mysql-greeting.http",
    "fail mysql-greeting.postgresql",
    "fail mysql-greeting.tls",
  ]);
});

Deno.test("proxy: the key is tried on the querycop that runs, and one that it does not take is a failure", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") return Response.json({ version: "1.2.3" });
    if (pathname === "/readyz") return Response.json({ detail: "8.4.0" });
    const known = request.headers.get("authorization") === "Bearer 0123456789abcdefghijklmn";
    return Response.json({ sessions: [] }, { status: known ? 200 : 401 });
  });
  try {
    const verdict = async (key: string) => {
      const env = { GATEKEEPER_API_PORT: String(server.addr.port), ADMIN_API_KEY: key };
      return verdictOf((await examine({ env }, ["proxy"])).proxy);
    };
    assert.equal(await verdict("0123456789abcdefghijklmn"), "pass");
    assert.equal(await verdict("another-key-of-good-length-1"), "fail proxy.admin_key");
  } finally {
    await server.shutdown();
  }
});

Deno.test("tls: --skip ca-bundle leaves out the file's report, and not the judging by it", async () => {
  const root = authority();
  const leaf = issue(root, { dns: ["db.example"], ip: ["127.0.0.1"] });
  await using server = await scriptServer(async (socket) => {
    await socket.send(greeting({ capabilities: BASIC_CAPABILITIES | CAPABILITY.ssl }));
    await socket.readPacket().catch(() => {});
    await socket.startTlsServer({ cert: leaf.pem, key: leaf.keyPem }).catch(() => {});
  });
  const verdict = async (caFile: string) => {
    const env = at(server.port, "127.0.0.1", {
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: caFile,
    });
    return verdictOf((await examine({ env }, ["tls"], { skip: ["ca-bundle"] })).tls);
  };
  const stranger = authority({ commonName: "Another" });
  assert.match(await verdict(writeText(stranger.pem, "stranger.pem")), /^fail tls\.unknown_issuer/);
  assert.equal(await verdict("/nonexistent/ca.pem"), "fail ca-bundle.missing");
});

Deno.test("clock: a server whose clock is off is told, where another clock agrees with ours", async () => {
  const notes = new Notes();
  notes.times.push(
    { from: SERVER_CLOCK, aheadMs: 3_600_000 },
    { from: "the clock of api.planetscale.com", aheadMs: 400 },
  );
  const { signal } = new AbortController();
  const outcome = await clockCheck.run({ input: doctorInputOf(), notes, signal });
  assert.deepEqual(outcome.findings?.map(({ code }) => code), ["clock.server_off"]);
  assert.match(outcome.findings?.[0]?.message ?? "", /clock is 60 minutes ahead of this machine's/);
});

Deno.test("dns: a search domain that answers for a whole name is said, and a short name may have one", () => {
  const [finding] = searched("db.example.com", "db.example.com.corp.internal", "configuration");
  assert.equal(finding?.code, "dns.search_domain");
  assert.match(
    finding?.message ?? "",
    /db\.example\.com does not exist; db\.example\.com\.corp\.internal answers/,
  );
  assert.deepEqual(searched("mysql", "mysql.default.svc.cluster.local", "configuration"), []);
  assert.deepEqual(searched("DB.example.com.", "db.example.com", "flag"), []);
});
