import assert from "node:assert/strict";
import { checkFiles } from "../../src/config/mod.ts";
import { caAdvice } from "../../src/doctor/distribution.ts";
import { weaknessOf } from "../../src/doctor/admin_key.ts";
import { Secret } from "../../src/base/secret.ts";
import { authority, bundle, daysFromNow, issue, write, writeText } from "../support/certificates.ts";
import { type DoctorSetup, examine, verdictOf } from "../support/doctor_input.ts";

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
