/** doctor as its users run it, before real servers. */
import assert from "node:assert/strict";
import { Secret } from "../../src/base/secret.ts";
import { authority, intermediate, issue, write } from "../support/certificates.ts";
import { startDnsServer } from "../support/dns_server.ts";
import { examine, verdictOf } from "../support/doctor_input.ts";
import { run } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { type Flavour, freePort, startServer, type TestServer } from "../support/servers.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

const root = authority({ commonName: "Example root" });
const leaf = issue(intermediate(root), { dns: ["db.example", "localhost"], ip: ["127.0.0.1"] });
const files = write(leaf);
const TLS = { certFile: files.cert, keyFile: files.key };

function environment(server: { readonly port: number }, more: Readonly<Record<string, string>> = {}) {
  return {
    GATEKEEPER_BACKEND_HOST: "localhost",
    GATEKEEPER_BACKEND_IP_FAMILY: "4",
    GATEKEEPER_BACKEND_PORT: String(server.port),
    GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
    GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca,
    // Nothing else on this machine is to be taken for a querycop.
    GATEKEEPER_API_PORT: String(freePort()),
    ...more,
  };
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>>) {
  const clean = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const flags = [
    "env",
    "-i",
    ...Object.entries({ ...clean, ...env }).map(([name, value]) => `${name}=${value}`),
  ];
  return await run([...flags, Deno.execPath(), "run", "--no-check", "-A", MAIN, "doctor", ...args]);
}

async function withServer(
  flavour: Flavour,
  test: (server: TestServer) => Promise<void>,
  args: readonly string[] = [],
) {
  await using server = await startServer({ flavour, tls: TLS, args });
  await server.createUser({ name: "app", password: "s3cret", grant: "SELECT, INSERT ON *.*" });
  await test(server);
}

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`${flavour}: all is well, login included`, () =>
    withServer(flavour, async (server) => {
      const credentials = { user: "app", password: new Secret("s3cret") };
      const results = await examine({ env: environment(server), credentials });
      const verdicts = Object.values(results).map((result) => `${result.id} ${verdictOf(result)}`);
      assert.deepEqual(verdicts, [
        "config pass",
        "ca-bundle pass",
        "client-leg pass",
        "ports pass",
        "limits pass",
        "dns pass",
        "tcp pass",
        "mysql-greeting pass",
        "tls pass",
        "edge skip",
        "login pass",
        "clock pass",
        "service-token skip",
        "proxy skip",
      ]);
      assert.match(results.login.summary, flavour === "mysql" ? /MySQL 9\./ : /MariaDB 10\.11/);
      assert.match(results.login.summary, /reads and writes$/);
      assert.match(results.clock.summary, /the server's clock/);
    }));

  Deno.test(`${flavour}: a wrong password, and every connection taken, carry the cookbook's cure`, () =>
    withServer(flavour, async (server) => {
      const wrong = { user: "app", password: new Secret("wrong") };
      const { login } = await examine({ env: environment(server), credentials: wrong }, ["login"]);
      assert.equal(verdictOf(login), "fail login.error_1045");
      assert.match(login.findings[0]?.fix ?? "", /new password on the right branch/);
      assert.ok(!JSON.stringify(login).includes('"wrong"'));

      const held: Deno.Conn[] = [];
      try {
        // Connections that have not logged in count too; one more is kept back for an administrator.
        for (let count = 0; count < 12; count++) {
          held.push(await Deno.connect({ hostname: "127.0.0.1", port: server.port }));
        }
        for (const connection of held) await connection.read(new Uint8Array(256));
        const results = await examine({ env: environment(server) }, ["tls"]);
        assert.equal(verdictOf(results["mysql-greeting"]), "fail mysql-greeting.error_1040");
        assert.match(results["mysql-greeting"].findings[0]?.fix ?? "", /connection pools smaller/);
        assert.equal(results.tls.summary, "needs mysql-greeting, which failed");
      } finally {
        for (const connection of held) connection.close();
      }
    }, ["--max-connections=10", "--connect-timeout=60"]));
}

Deno.test("a server without TLS: require fails, prefer warns", async () => {
  await using server = await startServer({ flavour: "mariadb" });
  const verdict = async (mode: string) =>
    verdictOf(
      (await examine({ env: environment(server, { GATEKEEPER_BACKEND_TLS_MODE: mode }) }, [
        "tls",
        "ca-bundle",
      ])).tls,
    );
  assert.equal(await verdict("require"), "fail tls.not_offered");
  assert.equal(await verdict("verify-full"), "fail tls.not_offered");
  assert.equal(await verdict("prefer"), "warn tls.not_offered");
  assert.equal(await verdict("disable"), "skip");
});

Deno.test("the certificates that MySQL makes itself pass verify-ca, and fail verify-full with the reason", async () => {
  await using server = await startServer({ flavour: "mysql", args: ["--tls-version=TLSv1.2,TLSv1.3"] });
  await server.createUser({ name: "app", password: "s3cret" });
  const tls = async (mode: string) => {
    const more = {
      GATEKEEPER_BACKEND_TLS_MODE: mode,
      GATEKEEPER_BACKEND_TLS_CA_FILE: `${server.folder}/data/ca.pem`,
    };
    return (await examine({ env: environment(server, more) }, ["tls"])).tls;
  };
  assert.equal(verdictOf(await tls("verify-ca")), "pass");
  const full = await tls("verify-full");
  assert.equal(verdictOf(full), "fail tls.name_mismatch");
  assert.match(full.summary, /has no subject alternative name/);
  assert.match(
    (await tls("require")).findings[0]?.fix ?? "",
    /verify-ca checks no name; then set GATEKEEPER_BACKEND_TLS_MODE/,
  );
});

Deno.test("a client certificate is shown where the configuration names one", async () => {
  const client = write(issue(root, { commonName: "client", purposes: ["clientAuth"] }));
  await using server = await startServer({ flavour: "mariadb", tls: { ...TLS, caFile: files.ca } });
  await server.createUser({ name: "app", password: "s3cret", require: "X509" });
  const login = async (more: Readonly<Record<string, string>>) => {
    const credentials = { user: "app", password: new Secret("s3cret") };
    return await examine({ env: environment(server, more), credentials }, ["config", "login"]);
  };
  assert.equal(verdictOf((await login({})).login), "fail login.error_1045");
  const shown = { GATEKEEPER_BACKEND_TLS_CERT: client.cert, GATEKEEPER_BACKEND_TLS_KEY: client.key };
  assert.equal(verdictOf((await login(shown)).login), "pass");
  const mixed = { ...shown, GATEKEEPER_BACKEND_TLS_KEY: files.key };
  assert.equal(verdictOf((await login(mixed)).config), "fail config.file");
});

Deno.test("::1 refused while 127.0.0.1 answers: a warning, and the fix it names passes", async () => {
  await using server = await startServer({ flavour: "mariadb", tls: TLS });
  await using dns = await startDnsServer({ "db.example": { A: ["127.0.0.1"], AAAA: ["::1"] } });
  const setup = (family: string) => ({
    env: environment(server, { GATEKEEPER_BACKEND_HOST: "db.example", GATEKEEPER_BACKEND_IP_FAMILY: family }),
    nameServer: dns,
  });
  const broken = await examine(setup("auto"), ["tls"]);
  assert.equal(verdictOf(broken.tcp), "warn tcp.ipv6_dead");
  assert.equal(verdictOf(broken.tls), "pass");
  const mended = await examine(setup("4"), ["tls"]);
  assert.equal(verdictOf(mended.tcp), "pass");
});

Deno.test("clock: a server's own clock shows that ours is off by a year", () =>
  withServer("mariadb", async (server) => {
    const credentials = { user: "app", password: new Secret("s3cret") };
    const clock = { now: () => Date.now() - 365 * 86_400_000, monotonic: () => performance.now() };
    const { clock: result } = await examine({
      env: environment(server),
      credentials,
      clock,
      tls: { mode: "require", caFile: undefined, assumed: false },
    });
    assert.equal(verdictOf(result), "fail clock.wrong");
    assert.match(result.summary, /365 days behind the server's clock/);
  }));

Deno.test("proxy: a querycop that runs is found, and select 1 goes through it", () =>
  withServer("mariadb", async (server) => {
    const env = environment(server);
    await using querycop = await startQuerycop({
      backend: { host: "127.0.0.1", port: server.port },
      env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca },
    });
    const ports = {
      GATEKEEPER_LISTEN_PORT: String(querycop.port),
      GATEKEEPER_API_PORT: String(querycop.apiPort),
    };
    const good = { user: "app", password: new Secret("s3cret") };
    const { proxy } = await examine({ env: { ...env, ...ports }, credentials: good });
    assert.equal(verdictOf(proxy), "pass");
    assert.match(proxy.summary, /select 1 through 127\.0\.0\.1/);
    const bad = { user: "app", password: new Secret("wrong") };
    const refused = await examine({ env: { ...env, ...ports }, credentials: bad });
    assert.equal(verdictOf(refused.proxy), "fail proxy.error_1045");
    await server.kill();
    // Its own answer about that holds for some seconds.
    let verdict = "pass";
    for (const started = Date.now(); verdict === "pass" && Date.now() - started < 20_000;) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      verdict = verdictOf((await examine({ env: { ...env, ...ports } }, ["proxy"])).proxy);
    }
    assert.equal(verdict, "warn proxy.not_ready");
  }));

Deno.test("the command: exit codes, formats and the password from MYSQL_PWD or a file", () =>
  withServer("mariadb", async (server) => {
    const env = environment(server);
    const plain = await doctor([], env);
    assert.equal(plain.code, 0, plain.stdout + plain.stderr);
    for (const line of plain.stdout.split("\n")) assert.ok(line.length <= 80, line);
    const login = await doctor(["--user", "app", "--format", "json"], { ...env, MYSQL_PWD: "s3cret" });
    assert.equal(login.code, 0);
    const report = JSON.parse(login.stdout);
    assert.equal(report.schema, "querycop.doctor/1");
    assert.equal(report.checks.find((check: { id: string }) => check.id === "login").status, "pass");
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "wrong\n");
    const refused = await doctor(["--user", "app", "--password-file", file, "--format", "junit"], env);
    await Deno.remove(file);
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /type="login\.error_1045"/);
    const warned = { ...env, GATEKEEPER_LISTEN_HOST: "0.0.0.0" };
    assert.equal((await doctor(["--format", "sarif"], warned)).code, 0);
    assert.equal((await doctor(["--format", "github", "--strict"], warned)).code, 1);
    assert.equal((await doctor([], { ...env, GATEKEEPER_BACKEND_PORT: "no" })).code, 3);
    assert.equal((await doctor(["--only", "tsl"], env)).code, 2);
    assert.match((await doctor(["--only", "tsl"], env)).stderr, /Did you mean tls\?/);
    const asked = await doctor(["--user", "app"], env);
    assert.equal(asked.code, 2); // Nobody can be asked for the password.
    assert.match(asked.stderr, /MYSQL_PWD/);
  }));

Deno.test("--watch runs until all is well", async () => {
  const port = freePort();
  const waiting = doctor(["--watch", "200ms"], environment({ port }));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await using server = await startServer({ flavour: "mariadb", tls: TLS, port });
  const { code, stdout } = await waiting;
  assert.equal(server.port, port);
  assert.equal(code, 0);
  assert.match(stdout, /fail {2}tcp/);
  assert.match(stdout, /pass {2}tls/);
});

Deno.test("without network: dns has failed, the rest is skipped with its reason, exit code 1", async () => {
  // A name server that nothing answers for stands for no network at all.
  const { code, stdout } = await doctor(["--format", "json", "--name-server", `127.0.0.1:${freePort()}`], {});
  assert.equal(code, 1);
  const report = JSON.parse(stdout);
  const statuses = report.checks.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`);
  for (const id of ["tcp", "mysql-greeting", "tls", "edge", "login"]) {
    assert.ok(statuses.includes(`${id} skip`), id);
  }
  assert.equal(report.counts.fail, 2);
  const dns = report.checks.filter(({ id }: { id: string }) => id === "dns");
  assert.deepEqual(dns.map(({ target }: { target: string }) => target), [
    "aws.connect.psdb.cloud:3306",
    "gcp.connect.psdb.cloud:3306",
  ]);
  assert.ok(report.checks.every(({ summary }: { summary: string }) => summary !== ""));
  assert.notEqual(report.next, "");
});
