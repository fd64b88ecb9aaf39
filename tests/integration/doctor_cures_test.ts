/** Each cure that doctor names, followed to the letter where it can be on this machine, makes its check pass. */
import assert from "node:assert/strict";
import {
  bundle,
  type Certificate,
  daysFromNow,
  issue,
  traditionalKeyPem,
  writeText,
} from "../support/certificates.ts";
import { authority, intermediate, selfSigned } from "../support/certificates.ts";
import { examine, verdictOf } from "../support/doctor_input.ts";
import { startServer, type TestServer } from "../support/servers.ts";

const root = authority({ commonName: "Example root", organization: "Example" });
const other = authority({ commonName: "Other root" });
const middle = intermediate(root, { commonName: "Example issuing CA", organization: "Example" });
const NAMES = { dns: ["db.example"], ip: ["127.0.0.1"] };

interface Ill {
  readonly name: string;
  readonly sent: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly env?: Readonly<Record<string, string>>;
  readonly verdict: string;
  /** Words of the fix that say what was done below. */
  readonly fix: RegExp;
  readonly cured: {
    readonly sent?: readonly Certificate[];
    readonly anchors?: readonly Certificate[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

const lone = selfSigned({ ...NAMES, commonName: "db.example" });
const good = issue(root, NAMES);
const ILLS: readonly Ill[] = [
  {
    name: "the issuer is not in the CA file",
    sent: [good],
    anchors: [other],
    verdict: "fail tls.unknown_issuer",
    fix: /^Add that authority's certificate to/,
    cured: { anchors: [other, root] },
  },
  {
    name: "self-signed",
    sent: [lone],
    anchors: [root],
    verdict: "fail tls.self_signed",
    fix: /name a file with its own in GATEKEEPER_BACKEND_TLS_CA_FILE/,
    cured: { anchors: [lone] },
  },
  {
    name: "an intermediate is missing, cured at the server",
    sent: [issue(middle, NAMES)],
    anchors: [root],
    verdict: "fail tls.incomplete_chain",
    fix: /^Append the intermediate certificate to the server's certificate file/,
    cured: { sent: [issue(middle, NAMES), middle] },
  },
  {
    name: "an intermediate is missing, cured on this side",
    sent: [issue(middle, NAMES)],
    anchors: [root],
    verdict: "fail tls.incomplete_chain",
    fix: /or add it to/,
    cured: { anchors: [root, middle] },
  },
  {
    name: "another name",
    sent: [issue(root, { dns: ["real.example"] })],
    anchors: [root],
    verdict: "fail tls.name_mismatch",
    fix: /set GATEKEEPER_BACKEND_TLS_SERVER_NAME=real\.example/,
    cured: { env: { GATEKEEPER_BACKEND_TLS_SERVER_NAME: "real.example" } },
  },
  {
    name: "expired",
    sent: [issue(root, { ...NAMES, notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) })],
    anchors: [root],
    verdict: "fail tls.expired",
    fix: /^Renew the certificate at the server/,
    cured: { sent: [good] },
  },
  {
    name: "a weak key",
    sent: [issue(root, { ...NAMES, key: "rsa-1024" })],
    anchors: [root],
    verdict: "fail tls.weak_key",
    fix: /an RSA key of 2048 bits or more/,
    cured: { sent: [issue(root, { ...NAMES, key: "rsa-2048" })] },
  },
  {
    name: "no check at all",
    sent: [good],
    anchors: [root],
    env: { GATEKEEPER_BACKEND_TLS_MODE: "require" },
    verdict: "warn tls.unverified",
    fix: /GATEKEEPER_BACKEND_TLS_MODE=verify-full/,
    cured: { env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full" } },
  },
];

Deno.test("what is wrong with TLS is cured by doing what the fix says", async () => {
  const cert = writeText(good.pem, "server.pem");
  const key = writeText(good.keyPem, "server-key.pem");
  await using server = await startServer({
    flavour: "mariadb",
    tls: { certFile: cert, keyFile: key },
    args: ["--ssl-cipher=DEFAULT@SECLEVEL=0"],
  });
  const show = async (sent: readonly Certificate[]) => {
    const [first] = sent;
    if (first === undefined) throw new Error("Nothing to show");
    await Deno.writeTextFile(cert, bundle(sent));
    await Deno.writeTextFile(
      key,
      first.publicKey.asymmetricKeyType === "rsa" ? traditionalKeyPem(first) : first.keyPem,
    );
    await server.sql("FLUSH SSL");
  };
  for (const ill of ILLS) {
    await show(ill.sent);
    const before = await tls(server, ill.anchors, ill.env);
    assert.equal(verdictOf(before), ill.verdict, ill.name);
    assert.match(before.findings[0]?.fix ?? "", ill.fix, ill.name);
    await show(ill.cured.sent ?? ill.sent);
    const after = await tls(server, ill.cured.anchors ?? ill.anchors, { ...ill.env, ...ill.cured.env });
    assert.equal(verdictOf(after), "pass", ill.name);
  }
});

async function tls(
  server: TestServer,
  anchors: readonly Certificate[],
  env: Readonly<Record<string, string>> = {},
) {
  const results = await examine({
    env: {
      GATEKEEPER_BACKEND_HOST: "127.0.0.1",
      GATEKEEPER_BACKEND_PORT: String(server.port),
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: writeText(bundle(anchors), "anchors.pem"),
      ...env,
    },
  }, ["tls"]);
  return results.tls;
}
