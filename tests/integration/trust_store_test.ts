import assert from "node:assert/strict";
import { authority, issue, write } from "../support/certificates.ts";
import { run } from "../support/process.ts";

/** Connects with `verify-full` to a server of its own, without and with a certificate; prints what came of it. */
const PROGRAM = `
import { Secret } from "${import.meta.resolve("../../src/base/secret.ts")}";
import { createBackendConnector, isolateTrustStore, listen } from "${
  import.meta.resolve("../../src/net/mod.ts")
}";
const [isolate, certFile, keyFile, caFile, ownCert, ownKey] = Deno.args;
if (isolate === "isolated") isolateTrustStore();
if (isolate === "anchored") isolateTrustStore(caFile);
const read = (path) => Deno.readTextFileSync(path);
const tls = { certPem: read(certFile), keyPem: new Secret(read(keyFile)), handshakeTimeoutMs: 20000 };
const listener = listen({ host: "127.0.0.1", port: 0, tls });
(async () => {
  for await (const client of listener) {
    const buffer = new Uint8Array(4096);
    client.read(buffer).then((count) => client.upgrade(buffer.subarray(1, count))).catch(() => {});
  }
})();
const own = { certPem: read(ownCert), keyPem: new Secret(read(ownKey)) };
for (const [certificate, extra] of [["without", {}], ["with", own]]) {
  const connector = createBackendConnector({
    host: "127.0.0.1",
    port: listener.address.port,
    family: 4,
    connectTimeoutMs: 20000,
    tls: { mode: "verify-full", caPem: read(caFile), ...extra },
  });
  const signal = AbortSignal.timeout(20000);
  const plain = await connector.connect(signal);
  await plain.write(Uint8Array.of(0x21));
  console.log(certificate, await plain.upgrade(signal).then(() => "trusted", (error) => error.code));
}
Deno.exit();
`;

/** The ways by which Deno is told to trust another CA, `FILE` standing for its file. */
const WAYS: readonly Readonly<Record<string, string>>[] = [
  { SSL_CERT_FILE: "FILE", DENO_TLS_CA_STORE: "system" },
  { NODE_EXTRA_CA_CERTS: "FILE" },
  { DENO_CERT: "FILE" },
];

async function attempt(
  isolate: "isolated" | "anchored" | "open",
  inCaFile: boolean,
  way: Readonly<Record<string, string>>,
): Promise<string> {
  const root = authority();
  const files = write(issue(root, { ip: ["127.0.0.1"] }));
  const other = write(issue(authority({ commonName: "Another CA" }), { purposes: ["clientAuth"] }));
  // Not TypeScript, so that it counts as the built program: from source, a CA file is not made the default store.
  const script = await Deno.makeTempFile({ suffix: ".mjs" });
  try {
    await Deno.writeTextFile(script, PROGRAM);
    const caFile = inCaFile ? files.ca : other.ca;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const argv = [Deno.execPath(), "run", "--quiet", "--no-check", "--config", config, "--allow-all", script];
    const { stdout, stderr } = await run([
      ...argv,
      isolate,
      files.cert,
      files.key,
      caFile,
      other.cert,
      other.key,
    ], {
      env: Object.fromEntries(
        Object.entries(way).map(([name, value]) => [name, value.replace("FILE", files.ca)]),
      ),
    });
    assert.equal(stderr, "");
    return stdout;
  } finally {
    await Deno.remove(script);
  }
}

for (const way of WAYS) {
  const names = Object.keys(way).join(" and ");
  Deno.test(`a CA that ${names} name and the CA file does not is trusted by no connection`, async () => {
    for (const isolate of ["isolated", "anchored", "open"] as const) {
      const verdicts = await attempt(isolate, false, way);
      assert.equal(verdicts, "without tls.unknown_issuer\nwith tls.unknown_issuer\n", isolate);
    }
  });
}

Deno.test("a CA in the CA file is trusted, with a certificate of querycop's own and without", async () => {
  for (const isolate of ["isolated", "anchored"] as const) {
    assert.equal(await attempt(isolate, true, {}), "without trusted\nwith trusted\n", isolate);
  }
});
