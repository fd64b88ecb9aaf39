import assert from "node:assert/strict";
import { checkFiles, loadConfig } from "../../src/config/mod.ts";
import { authority, bundle, daysFromNow, issue, write, writeText } from "../support/certificates.ts";

const DATA_DIR = Deno.makeTempDirSync({ prefix: "querycop-data-" });
const ca = authority();
const good = write(issue(ca, { dns: ["db.example.com"] }));

function check(env: Readonly<Record<string, string>>) {
  const all = { GATEKEEPER_BACKEND_HOST: "db.example.com", GATEKEEPER_DATA_DIR: DATA_DIR, ...env };
  return checkFiles(loadConfig({ flags: {}, env: all, os: "linux" }).config);
}

function checkCa(path: string) {
  return check({ GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: path });
}

Deno.test("a bundle of good certificates passes, comments and all", () => {
  const text = `# Test CA\n${ca.pem}\n# another\n${authority({ tag: "other" }).pem}`;
  assert.deepEqual(checkCa(writeText(text)), { problems: [], warnings: [] });
});

Deno.test("each way a CA file can be wrong has its own message and a cure", () => {
  const second = authority({ tag: "other" }).pem;
  const damaged = second.replace(/\n(.{10})/, "\nAAAA$1");
  const cases: readonly (readonly [string, RegExp])[] = [
    ["/nonexistent/ca.pem", /cannot be read: it does not exist/],
    [Deno.makeTempDirSync(), /cannot be read: it is a directory/],
    [writeText(""), /which is empty/],
    [writeText("hello"), /is text without a PEM block/],
    [good.key, /holds a PRIVATE KEY and no certificate/],
    [writeText(`${ca.pem}${damaged}`), /is damaged: .* \(line 1\d\)/],
    [writeText(bundle([ca]).slice(0, -40)), /is damaged: The file ends before .* \(line 1\)/],
  ];
  for (const [path, message] of cases) {
    const { problems } = checkCa(path);
    assert.equal(problems.length, 1, path);
    assert.equal(problems[0]?.key, "GATEKEEPER_BACKEND_TLS_CA_FILE");
    assert.match(problems[0]?.message ?? "", message);
    assert.ok(problems[0]?.message.includes(path));
    assert.ok(problems[0]?.hint);
  }
  Deno.removeSync(cases[1]?.[0] ?? "");
});

for (const leg of ["BACKEND", "PROXY"]) {
  const pair = (cert: string, key: string) =>
    check({ [`GATEKEEPER_${leg}_TLS_CERT`]: cert, [`GATEKEEPER_${leg}_TLS_KEY`]: key });

  Deno.test(`${leg}: a certificate and its key pass, of every kind of key`, () => {
    for (const key of ["ec-p256", "ec-p384", "rsa-2048", "ed25519"] as const) {
      const files = write(issue(ca, { dns: ["db.example.com"], key }));
      assert.deepEqual(pair(files.cert, files.key), { problems: [], warnings: [] }, key);
    }
  });

  Deno.test(`${leg}: a key that belongs to another certificate is refused`, () => {
    const other = write(issue(ca, { dns: ["other.example.com"], tag: "other" }));
    const { problems } = pair(good.cert, other.key);
    assert.deepEqual(problems.map((problem) => problem.key), [`GATEKEEPER_${leg}_TLS_KEY`]);
    assert.match(problems[0]?.message ?? "", /is not the key of the certificate/);
  });

  Deno.test(`${leg}: a damaged certificate and a key that is none are both reported`, () => {
    const { problems } = pair(writeText("-----BEGIN CERTIFICATE-----\nnope\n"), writeText(ca.pem));
    assert.deepEqual(problems.map((problem) => problem.key), [
      `GATEKEEPER_${leg}_TLS_CERT`,
      `GATEKEEPER_${leg}_TLS_KEY`,
    ]);
    const encrypted = writeText(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    assert.match(pair(good.cert, encrypted).problems[0]?.message ?? "", /encrypted with a passphrase/);
  });

  Deno.test(`${leg}: a certificate out of its time, or soon, is a warning`, () => {
    const dated = (from: number, to: number) => {
      const files = write(
        issue(ca, { dns: ["x.example"], notBefore: daysFromNow(from), notAfter: daysFromNow(to) }),
      );
      return pair(files.cert, files.key).warnings.map((warning) => warning.message);
    };
    assert.match(dated(-10, -1)[0] ?? "", /expired on/);
    assert.match(dated(1, 90)[0] ?? "", /valid only from/);
    assert.match(dated(-10, 5)[0] ?? "", /expires on/);
    assert.deepEqual(dated(-10, 60), []);
  });
}

Deno.test("the authorities for applications' certificates are read too", () => {
  const { problems } = check({
    GATEKEEPER_PROXY_TLS_CERT: good.cert,
    GATEKEEPER_PROXY_TLS_KEY: good.key,
    GATEKEEPER_PROXY_TLS_CLIENT_CA: "/nonexistent/ca.pem",
  });
  assert.deepEqual(problems.map((problem) => problem.key), ["GATEKEEPER_PROXY_TLS_CLIENT_CA"]);
});

Deno.test("a data directory that cannot be written is an error unless it is not required", () => {
  const file = writeText("no directory");
  for (
    const [dataDir, reason] of [[file, "not a directory"], [`${file}/data`, "not a directory"], [
      "/proc/querycop",
      "",
    ]] as const
  ) {
    const { problems } = check({ GATEKEEPER_DATA_DIR: dataDir });
    assert.deepEqual(problems.map(({ key }) => key), ["GATEKEEPER_DATA_DIR"], dataDir);
    assert.match(problems[0]?.message ?? "", new RegExp(`${dataDir}, which cannot be written: .*${reason}`));
    assert.match(problems[0]?.hint ?? "", /GATEKEEPER_DATA_DIR_REQUIRED=false/);
    assert.deepEqual(
      check({ GATEKEEPER_DATA_DIR: dataDir, GATEKEEPER_DATA_DIR_REQUIRED: "false" }).problems,
      [],
    );
  }
});

Deno.test("a data directory that does not exist yet passes where it can be made, and nothing is left behind", () => {
  const above = Deno.makeTempDirSync({ prefix: "querycop-data-" });
  for (const dataDir of [above, `${above}/a/b/c`]) {
    assert.deepEqual(check({ GATEKEEPER_DATA_DIR: dataDir }), { problems: [], warnings: [] });
  }
  assert.deepEqual([...Deno.readDirSync(above)], []);
});
