import assert from "node:assert/strict";
import { checkFiles } from "../../src/config/mod.ts";
import { caAdvice } from "../../src/doctor/distribution.ts";
import { weaknessOf } from "../../src/doctor/admin_key.ts";
import { Secret } from "../../src/base/secret.ts";
import { descriptorsFor } from "../../src/base/descriptor_limit.ts";
import { judgeLimit } from "../../src/doctor/checks/limits.ts";
import { describeGrants } from "../../src/doctor/checks/login.ts";
import {
  authority,
  bundle,
  daysFromNow,
  intermediate,
  issue,
  write,
  writeText,
} from "../support/certificates.ts";
import { type DoctorSetup, examine, verdictOf } from "../support/doctor_input.ts";
import { oddPort } from "../support/odd_ports.ts";

const good = authority({ commonName: "First root" });
const verify = (file: string): DoctorSetup => ({
  env: {
    GATEKEEPER_BACKEND_HOST: "db.example",
    GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
    GATEKEEPER_BACKEND_TLS_CA_FILE: file,
  },
});
const caBundle = async (file: string) => (await examine(verify(file), ["ca-bundle"]))["ca-bundle"];

Deno.test("ca-bundle: a good file passes with what is in it", async () => {
  const result = await caBundle(
    writeText(bundle([good, authority({ commonName: "Second root" })]), "good.pem"),
  );
  assert.equal(verdictOf(result), "pass");
  assert.equal(result.facts.certificates, 2);
});

Deno.test("ca-bundle: what is wrong with a file is named", async () => {
  const lines = good.pem.split("\n");
  const damaged = good.pem + lines.with(3, "!!!!").join("\n") + good.pem;
  const cases: readonly (readonly [file: string, verdict: string])[] = [
    ["/nonexistent/ca.pem", "fail ca-bundle.missing"],
    ["/", "fail ca-bundle.unreadable"],
    [writeText("", "empty.pem"), "fail ca-bundle.empty"],
    [writeText("<html>Not Found</html>", "page.pem"), "fail ca-bundle.not_pem"],
    [writeText(issue(good, { dns: ["a.example"] }).keyPem, "key.pem"), "fail ca-bundle.no_certificate"],
    [writeText(damaged, "damaged.pem"), "fail ca-bundle.damaged"],
    [writeText(good.pem.slice(0, -40), "cut.pem"), "fail ca-bundle.damaged"],
    [
      writeText(authority({ notBefore: daysFromNow(-90), notAfter: daysFromNow(-1) }).pem, "old.pem"),
      "warn ca-bundle.expired",
    ],
  ];
  for (const [file, verdict] of cases) {
    assert.equal(verdictOf(await caBundle(file)), verdict, file);
    // serve refuses to start with the same files.
    const { problems } = checkFiles({ backendTlsMode: "verify-full", backendTlsCaFile: file });
    assert.equal(problems.length > 0, verdict.startsWith("fail"), file);
  }
  const line = damaged.split("\n").indexOf("!!!!") + 1;
  const message = (await caBundle(writeText(damaged, "damaged.pem"))).summary;
  assert.match(message, new RegExp(`at line ${lines.length}: line ${line} is not base64`));
});

Deno.test("ca-bundle: unset under verify-full is the configuration's fault, and tls is not tried", async () => {
  const setup = { env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full" } };
  assert.equal(verdictOf((await examine(setup, ["ca-bundle"]))["ca-bundle"]), "fail config.ca_file_unset");
  assert.equal(verdictOf((await examine({}, ["ca-bundle"]))["ca-bundle"]), "skip");
});

Deno.test("client-leg: certificate and key, wrong in each way there is", async () => {
  const leaf = issue(good, { dns: ["proxy.example"] });
  const other = issue(good, { dns: ["other.example"] });
  const old = issue(good, { dns: ["proxy.example"], notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) });
  const soon = issue(good, { dns: ["proxy.example"], notAfter: daysFromNow(3) });
  const files = (certificate: typeof leaf, key = certificate) => ({
    GATEKEEPER_PROXY_TLS_CERT: write(certificate).cert,
    GATEKEEPER_PROXY_TLS_KEY: write(key).key,
  });
  const verdict = async (env: Readonly<Record<string, string>>) =>
    verdictOf((await examine({ env }, ["client-leg"]))["client-leg"]);
  assert.equal(await verdict(files(leaf)), "pass");
  assert.equal(await verdict(files(leaf, other)), "fail client-leg.key_mismatch");
  assert.equal(await verdict(files(old)), "fail client-leg.expired");
  assert.equal(await verdict(files(soon)), "warn client-leg.expires_soon");
  assert.equal(
    await verdict({ ...files(leaf), GATEKEEPER_PROXY_TLS_KEY: write(leaf).cert }),
    "fail client-leg.no_key",
  );
  assert.equal(await verdict({ GATEKEEPER_LISTEN_HOST: "0.0.0.0" }), "warn client-leg.plaintext");
  assert.equal(await verdict({}), "pass");
});

Deno.test("config: weak keys, contradictions and unknown names", async () => {
  const verdict = async (env: Readonly<Record<string, string>>) =>
    verdictOf((await examine({ env }, ["config"])).config);
  assert.equal(await verdict({ ADMIN_API_KEY: "3f9c1b7a5d20e8466b0f1c2d3e4f5a6b" }), "pass");
  assert.equal(await verdict({}), "pass");
  assert.equal(await verdict({ ADMIN_API_KEY: "short" }), "warn config.weak_admin_key");
  assert.equal(await verdict({ ADMIN_API_KEY: "changeme-changeme-1" }), "warn config.weak_admin_key");
  const exposed = { ADMIN_API_KEY: "short", GATEKEEPER_API_HOST: "0.0.0.0" };
  assert.match(await verdict(exposed), /^fail config\.weak_admin_key/);
  assert.equal(await verdict({ GATEKEEPER_BACKEND_TLS_MOD: "require" }), "warn config.doubtful");
  assert.equal(await verdict({ GATEKEEPER_BACKEND_PORT: "nonsense" }), "fail config.invalid");
  assert.equal(
    await verdict({
      GATEKEEPER_BACKEND_HOST: "aws.connect.psdb.cloud",
      GATEKEEPER_BACKEND_TLS_MODE: "prefer",
    }),
    "fail config.invalid",
  );
});

Deno.test("weaknessOf() lets the cookbook's own keys through", () => {
  for (let count = 0; count < 200; count++) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    assert.equal(weaknessOf(new Secret(key)), undefined, key);
  }
  for (
    const weak of [
      "password",
      "changeme",
      "Change-Me-123456789",
      "secretsecretsecret",
      "aaaaaaaaaaaaaaaaaaaa",
      "admin_admin_admin",
    ]
  ) {
    assert.notEqual(weaknessOf(new Secret(weak)), undefined, weak);
  }
});

Deno.test("caAdvice() knows distributions by ID and by what they are like", () => {
  assert.equal(caAdvice('ID=alpine\nVERSION_ID="3.20"', "linux").install, "apk add ca-certificates");
  assert.equal(caAdvice('ID="amzn"\nID_LIKE="fedora"', "linux").path, "/etc/pki/tls/certs/ca-bundle.crt");
  assert.equal(
    caAdvice('ID="opensuse-leap"\nID_LIKE="suse opensuse"', "linux").path,
    "/etc/ssl/ca-bundle.pem",
  );
  assert.equal(
    caAdvice('ID=linuxmint\nID_LIKE="ubuntu debian"', "linux").path,
    "/etc/ssl/certs/ca-certificates.crt",
  );
  assert.equal(caAdvice("", "darwin").install, undefined);
});

Deno.test("ca-bundle: a byte order mark and OpenSSL's own form are named, since TLS would trust nothing of them", async () => {
  const marked = await caBundle(writeText(`\ufeff${good.pem}`, "marked.pem"));
  assert.equal(verdictOf(marked), "fail ca-bundle.damaged");
  assert.match(marked.summary, /UTF-8 byte order mark/);
  assert.match(marked.findings[0]?.fix ?? "", /^Remove it: sed/);
  const openssl = good.pem.replaceAll(" CERTIFICATE", " TRUSTED CERTIFICATE");
  const trusted = await caBundle(writeText(openssl, "trusted.pem"));
  assert.equal(verdictOf(trusted), "fail ca-bundle.damaged");
  assert.match(trusted.findings[0]?.fix ?? "", /openssl x509 -in/);
  for (const file of [`\ufeff${good.pem}`, openssl]) {
    const config = { backendTlsMode: "verify-full", backendTlsCaFile: writeText(file, "same.pem") } as const;
    assert.equal(checkFiles(config).problems.length, 1, "serve refuses it too");
  }
});

Deno.test("ca-bundle: where a distribution's own bundle is missing, its package is named", async () => {
  // Two usual places, of which this machine has one at most.
  const missing = ["/etc/ssl/ca-bundle.pem", "/usr/local/etc/ssl/cert.pem"].find((path) => {
    try {
      Deno.statSync(path);
      return false;
    } catch {
      return true;
    }
  });
  const result = await caBundle(missing ?? "");
  assert.equal(verdictOf(result), "fail ca-bundle.missing");
  assert.match(result.findings[0]?.fix ?? "", /^Install the package that brings it: \w+/);
});

Deno.test("client-leg: a chain without its intermediate is told, and a whole one is not", async () => {
  const middle = intermediate(good, { commonName: "Issuing CA" });
  const leaf = issue(middle, { dns: ["proxy.example"], issuerUrl: "http://ca.example/issuing.crt" });
  const key = writeText(leaf.keyPem, "leg.key");
  const legOf = async (pem: string) => {
    const env = { GATEKEEPER_PROXY_TLS_CERT: writeText(pem, "leg.pem"), GATEKEEPER_PROXY_TLS_KEY: key };
    return verdictOf((await examine({ env }, ["client-leg"]))["client-leg"]);
  };
  assert.equal(await legOf(leaf.pem), "warn client-leg.incomplete_chain");
  assert.equal(await legOf(leaf.pem + middle.pem), "pass");
});

Deno.test("login: what an account may do is read from its privileges, not from the names after ON", () => {
  const cases: readonly (readonly [lines: readonly string[], role: string])[] = [
    [["GRANT USAGE ON *.* TO `a`@`%`", "GRANT SELECT ON `create_db`.* TO `a`@`%`"], "reads"],
    [["GRANT INSERT, UPDATE, DELETE ON `shop`.* TO `a`@`%`"], "writes, and may not read"],
    [["GRANT SELECT, INSERT ON *.* TO `a`@`%`"], "reads and writes"],
    [["GRANT SELECT, CREATE TEMPORARY TABLES ON *.* TO `a`@`%`"], "reads"],
    [["GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`"], "may change the schema"],
    [["GRANT SELECT (id, `drop`) ON `shop`.`t` TO `a`@`%`"], "reads"],
    [["GRANT USAGE ON *.* TO `a`@`%`"], "no right on any table"],
  ];
  for (const [lines, role] of cases) assert.equal(describeGrants(lines), role, lines.join());
});

Deno.test("limits: too few open files for GATEKEEPER_MAX_CONNECTIONS is a warning with the number that is needed", () => {
  const findings = (soft: number, hard: number) => judgeLimit(1000, { soft, hard }).findings ?? [];
  const needed = descriptorsFor(1000);
  assert.deepEqual(findings(needed, needed), []);
  assert.deepEqual(findings(Infinity, Infinity), []);
  const [low] = findings(needed - 1, needed);
  assert.deepEqual([low?.status, low?.code], ["warn", "limits.descriptors"]);
  assert.match(
    low?.message ?? "",
    /^GATEKEEPER_MAX_CONNECTIONS is 1000, which needs 2200 open files, and 2199 /,
  );
  assert.match(low?.fix ?? "", /ulimit -n 2200, or LimitNOFILE=2200/);
  const [capped] = findings(1024, 1024);
  assert.match(capped?.fix ?? "", /^Raise the limit to 2200 .* or lower GATEKEEPER_MAX_CONNECTIONS$/);
});

Deno.test("ports: one that is taken is a failure in serve's own words, and one that is free is not", async () => {
  await using taken = oddPort("silent");
  const { ports } = await examine({ env: { GATEKEEPER_LISTEN_PORT: String(taken.port) } }, ["ports"]);
  assert.equal(verdictOf(ports), "fail listen.in_use");
  assert.match(ports.summary, /^serve cannot start: cannot listen on 127\.0\.0\.1:\d+: /);
  assert.match(ports.findings[0]?.fix ?? "", /GATEKEEPER_LISTEN_PORT/);
  assert.equal(verdictOf((await examine({}, ["ports"])).ports), "pass");
});
