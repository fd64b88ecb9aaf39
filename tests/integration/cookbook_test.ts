/** What the operators' page promises: its login line, and the error a client sees in each of its three failures. */
import assert from "node:assert/strict";
import { mysqlProgram, provisionMysql } from "../support/installation.ts";
import { authority, type Certificate, daysFromNow, issue, write } from "../support/certificates.ts";
import { run, type RunResult } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { freePort, startServer } from "../support/servers.ts";
import { vitessListener } from "../support/vitess_listener.ts";

const ca = authority();
const certificate = issue(ca, { dns: ["localhost"] });
const USER = "abc123xyz";
const PASSWORD = "pscale_pw_secret";

await provisionMysql();
const MYSQL = await mysqlProgram("usr/bin/mysql");

/** A client, and the numbers under which it shows a backend out of reach and one that cannot be trusted. */
interface Client {
  readonly name: string;
  readonly argv: readonly string[];
  readonly unreachable: number;
  readonly untrusted: number;
}

// MariaDB's library takes an error packet with one of its own numbers for a malformed one, so it is given another.
const CLIENTS: readonly Client[] = [
  { name: "mysql", argv: [...MYSQL, "--no-defaults"], unreachable: 2003, untrusted: 2026 },
  { name: "mariadb", argv: ["mariadb", "--no-defaults"], unreachable: 1105, untrusted: 1105 },
];

/** The page's own line: the password in the environment, one statement. */
function connect(argv: readonly string[], port: number, password = PASSWORD): Promise<RunResult> {
  return run([...argv, "-h", "127.0.0.1", "-P", `${port}`, "-u", USER, "-e", "select 1"], {
    env: { MYSQL_PWD: password },
    signal: AbortSignal.timeout(20_000),
  });
}

function verifyFull(authorityFile: string): Record<string, string> {
  return {
    GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
    GATEKEEPER_BACKEND_TLS_CA_FILE: authorityFile,
    GATEKEEPER_BACKEND_POOLER: "vitess",
  };
}

for (const client of CLIENTS) {
  Deno.test(`${client.name} logs in over a plaintext leg to MySQL that requires TLS and has nothing cached`, async () => {
    const files = write(certificate);
    await using server = await startServer({
      flavour: "mysql",
      tls: { certFile: files.cert, keyFile: files.key },
      requireSecureTransport: true,
    });
    await server.createUser({ name: USER, password: PASSWORD });
    await using querycop = await startQuerycop({
      backend: { host: "localhost", port: server.port },
      env: verifyFull(files.ca),
    });
    for (const cache of ["cold", "warm"]) {
      const result = await connect(client.argv, querycop.port);
      assert.equal(result.stdout, "1\n1\n", `${cache}: ${result.stderr}`);
    }
    await server.sql("FLUSH PRIVILEGES");
    const refused = await connect(client.argv, querycop.port, "wrong");
    assert.match(refused.stderr, /ERROR 1045 \(28000\): Access denied for user 'abc123xyz'/);
  });

  for (const cached of [false, true]) {
    Deno.test(`${client.name} logs in over a plaintext leg to a server that, like Vitess, knows no RSA, cached ${cached}`, async () => {
      await using server = await vitessListener({
        pair: { cert: certificate.pem, key: certificate.keyPem },
        user: USER,
        password: PASSWORD,
        cached,
      });
      await using querycop = await startQuerycop({
        backend: { host: "localhost", port: server.port },
        env: verifyFull(write(certificate).ca),
      });
      const result = await connect(client.argv, querycop.port);
      assert.equal(result.stdout, "1\n1\n", result.stderr);
      const refused = await connect(client.argv, querycop.port, "wrong");
      assert.match(refused.stderr, /ERROR 1045 \(28000\): Access denied for user 'abc123xyz'/);
    });
  }

  Deno.test(`${client.name} is told ${client.untrusted} and why when the certificate cannot be trusted`, async () => {
    const cases: readonly { readonly presented: Certificate; readonly reason: RegExp }[] = [
      {
        presented: issue(authority({ commonName: "someone else" }), { dns: ["localhost"] }),
        reason: /issuer|self-signed|unknown/i,
      },
      {
        presented: issue(ca, { dns: ["localhost"], notBefore: daysFromNow(-90), notAfter: daysFromNow(-1) }),
        reason: /expired/i,
      },
      {
        presented: issue(ca, { dns: ["db.example.com"] }),
        reason: /localhost.*db\.example\.com|db\.example\.com.*localhost/s,
      },
    ];
    for (const { presented, reason } of cases) {
      await using server = await vitessListener({
        pair: { cert: presented.pem, key: presented.keyPem },
        user: USER,
        password: PASSWORD,
      });
      await using querycop = await startQuerycop({
        backend: { host: "localhost", port: server.port },
        env: verifyFull(write(certificate).ca),
      });
      const { stderr } = await connect(client.argv, querycop.port);
      assert.match(
        stderr,
        new RegExp(
          `^ERROR ${client.untrusted} \\(HY000\\).*SSL connection error: certificate verify failed`,
          "m",
        ),
      );
      assert.match(stderr, reason);
    }
  });

  Deno.test(`${client.name} is told ${client.unreachable} and where when the backend cannot be reached`, async () => {
    const port = freePort();
    await using querycop = await startQuerycop({
      backend: { host: "localhost", port },
      env: verifyFull(write(certificate).ca),
    });
    const { stderr } = await connect(client.argv, querycop.port);
    assert.match(
      stderr,
      new RegExp(
        `^ERROR ${client.unreachable} \\(HY000\\).*Can't connect to MySQL server on 'localhost:${port}'.*refused`,
        "m",
      ),
    );
  });
}

Deno.test("plaintext to a server that requires TLS ends in the server's own words", async () => {
  await using server = await vitessListener({
    pair: { cert: certificate.pem, key: certificate.keyPem },
    user: USER,
    password: PASSWORD,
  });
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: server.port },
    env: { GATEKEEPER_BACKEND_TLS_MODE: "disable" },
  });
  const { stderr } = await connect(["mariadb", "--no-defaults"], querycop.port);
  assert.match(stderr, /ERROR 1105 \(HY000\).*server does not allow insecure connections/s);
});
