/**
 * doctor, serve and openssl before the same servers, in every TLS situation there is. The certificates of a running
 * server are exchanged under it, so that one server does for all.
 */
import assert from "node:assert/strict";
import { backendConnector } from "../../src/serve/backend_connector.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { probeBackend } from "../../src/proxy/probe.ts";
import { bundle, writeText } from "../support/certificates.ts";
import { examine, verdictOf } from "../support/doctor_input.ts";
import { findProgram, run } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";
import { tlsMatrix } from "../support/tls_matrix.ts";
import { type TlsSituation, tlsSituations } from "../support/tls_situations.ts";

type Mode = "require" | "verify-ca" | "verify-full";

/** A server whose certificates can be exchanged under it. MySQL will not: it verifies its own before it takes them. */
class Shifting implements AsyncDisposable {
  readonly server: TestServer;
  readonly #cert: string;
  readonly #key: string;

  private constructor(server: TestServer, cert: string, key: string) {
    this.server = server;
    this.#cert = cert;
    this.#key = key;
  }

  static async start(first: TlsSituation): Promise<Shifting> {
    const cert = writeText(bundle(first.sent), "shifting-cert.pem");
    const key = writeText(first.sent[0]?.keyPem ?? "", "shifting-key.pem");
    const tls = { certFile: cert, keyFile: key };
    // OpenSSL's own default would refuse to serve the weak ones.
    const server = await startServer({ flavour: "mariadb", tls, args: ["--ssl-cipher=DEFAULT@SECLEVEL=0"] });
    return new Shifting(server, cert, key);
  }

  /** Serves these certificates from now on. */
  async show(situation: TlsSituation): Promise<void> {
    await Deno.writeTextFile(this.#cert, bundle(situation.sent));
    await Deno.writeTextFile(this.#key, situation.sent[0]?.keyPem ?? "");
    await this.server.sql("FLUSH SSL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.stop();
  }
}

function environment(server: TestServer, situation: TlsSituation, mode: Mode): Record<string, string> {
  return {
    GATEKEEPER_BACKEND_HOST: "127.0.0.1",
    GATEKEEPER_BACKEND_PORT: String(server.port),
    GATEKEEPER_BACKEND_TLS_MODE: mode,
    GATEKEEPER_BACKEND_TLS_SERVER_NAME: situation.host,
    GATEKEEPER_BACKEND_TLS_CA_FILE: writeText(bundle(situation.anchors), "anchors.pem"),
  };
}

interface Readiness {
  readonly ready: boolean;
  /** What /readyz says: a version, or what is wrong. */
  readonly detail: string;
}

/** The same as serve's readiness check, without the process around it. */
async function probes(env: Record<string, string>): Promise<Readiness> {
  const { config } = loadConfig({ flags: {}, env, os: "linux" });
  const options = { connector: backendConnector(config), backendTls: config.backendTlsMode };
  try {
    return { ready: true, detail: await probeBackend(options, AbortSignal.timeout(10_000)) };
  } catch (error) {
    return { ready: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** What a running serve says of itself. */
async function serves(env: Record<string, string>): Promise<Readiness> {
  await using querycop = await startQuerycop({ backend: { port: Number(env.GATEKEEPER_BACKEND_PORT) }, env });
  const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/readyz`);
  const { detail } = await response.json();
  return { ready: response.status === 200, detail };
}

/** What OpenSSL calls a problem by number, as the judge's codes (x509_vfy.h); several say the same of a chain's end. */
const CHAIN_ENDS = ["unknown_issuer", "incomplete_chain", "wrong_issuer", "self_signed"];
const OPENSSL_CODES: Readonly<Record<number, readonly string[]>> = {
  2: CHAIN_ENDS,
  7: ["wrong_issuer", "weak_signature", "unsupported_signature"],
  9: ["not_yet_valid"],
  10: ["expired"],
  18: CHAIN_ENDS,
  19: CHAIN_ENDS,
  20: CHAIN_ENDS,
  21: CHAIN_ENDS,
  24: ["not_a_ca"],
  25: ["path_too_long"],
  26: ["bad_purpose"],
  47: ["outside_constraints"],
  48: ["outside_constraints"],
  62: ["name_mismatch"],
  64: ["name_mismatch"],
  66: ["weak_key"],
  67: ["weak_key"],
  68: ["weak_signature"],
  79: ["not_a_ca"],
};

/** What `openssl s_client -starttls mysql` says of the server: nothing where it verifies it. */
interface OpensslVerdict {
  readonly words: string;
  /** The judge's codes that its errors stand for; none where the handshake itself failed. */
  readonly codes: ReadonlySet<string>;
}

async function opensslAccepts(env: Record<string, string>, mode: Mode): Promise<OpensslVerdict | undefined> {
  const host = env.GATEKEEPER_BACKEND_TLS_SERVER_NAME ?? "";
  const isAddress = /^[\d.]+$/.test(host);
  const { stdout, stderr } = await run([
    "openssl",
    "s_client",
    "-starttls",
    "mysql",
    "-connect",
    `127.0.0.1:${env.GATEKEEPER_BACKEND_PORT}`,
    "-CAfile",
    env.GATEKEEPER_BACKEND_TLS_CA_FILE ?? "",
    "-no-CApath",
    "-no-CAstore",
    "-purpose",
    "sslserver",
    "-brief",
    ...(mode === "verify-full" ? [isAddress ? "-verify_ip" : "-verify_hostname", host] : []),
    ...(isAddress ? [] : ["-servername", host]),
  ], { stdin: "" });
  const text = stdout + stderr;
  if (/Verification: OK/.test(text)) return undefined;
  const errors = [...text.matchAll(/verify error:num=(\d+):(.*)/g)];
  return {
    words: errors.map(([, , words]) => words).join(", ") || text,
    codes: new Set(errors.flatMap(([, number]) => OPENSSL_CODES[Number(number)] ?? [`openssl ${number}`])),
  };
}

/** What doctor and serve make of a situation: the differences between them and from what the table says. */
async function compare(
  server: TestServer,
  situation: TlsSituation,
  mode: Mode,
  ask: (env: Record<string, string>) => Promise<Readiness> = probes,
): Promise<readonly string[]> {
  // An empty CA file stops serve before it starts, and doctor at ca-bundle.
  if (situation.anchors.length === 0) return [];
  const env = environment(server, situation, mode);
  const { tls } = await examine({ env }, ["tls"]);
  const { ready, detail } = await ask(env);
  const note = `${situation.name}, ${mode}: doctor ${verdictOf(tls)} (${tls.summary}), serve ${detail}`;
  const differences: string[] = [];
  if ((tls.status === "pass" || tls.status === "warn") !== ready) differences.push(note);
  const found = tls.findings.find(({ status }) => status === "fail");
  const accepted = situation.problem === undefined ||
    (mode !== "verify-full" && situation.acceptedWithoutName === true);
  const expected = accepted || mode === "require" ? undefined : `tls.${situation.problem}`;
  if (found?.code !== expected) differences.push(`${note}; expected ${expected}`);
  // The application is told the same words.
  if (found !== undefined && !detail.includes(found.message)) differences.push(`${note}; other words`);
  return differences;
}

Deno.test("doctor's verdict on every certificate is what serve does, in the same words", async () => {
  const situations = [...tlsSituations(), ...tlsMatrix()];
  assert.ok(situations.length >= 150, `${situations.length}`);
  await using shifting = await Shifting.start(first(situations));
  const differences: string[] = [];
  for (const situation of situations) {
    await shifting.show(situation);
    differences.push(...await compare(shifting.server, situation, "verify-full"));
    if (situation.acceptedWithoutName === true) {
      differences.push(...await compare(shifting.server, situation, "verify-ca"));
    }
  }
  for (const name of ["issued by the root", "self-signed", "expired", "intermediate missing"]) {
    const situation = situations.find((each) => each.name === name);
    if (situation === undefined) throw new Error(name);
    await shifting.show(situation);
    differences.push(...await compare(shifting.server, situation, "verify-ca"));
    differences.push(...await compare(shifting.server, situation, "require"));
  }
  assert.deepEqual(differences, []);
});

Deno.test("the same holds before MySQL, and for a serve that runs", async () => {
  const names = ["through an intermediate", "self-signed", "intermediate missing", "expired"];
  const situations = tlsSituations().filter(({ name }) => names.includes(name));
  assert.equal(situations.length, names.length);
  const differences = await Promise.all(situations.map(async (situation) => {
    const files = {
      certFile: writeText(bundle(situation.sent), "cert.pem"),
      keyFile: writeText(first(situation.sent).keyPem, "key.pem"),
    };
    await using server = await startServer({ flavour: "mysql", tls: files });
    await server.createUser({ name: "app", password: "secret" });
    return await compare(server, situation, "verify-full", serves);
  }));
  assert.deepEqual(differences.flat(), []);
});

Deno.test("openssl s_client agrees in verdict and cause, or differs for the reason that is known", async () => {
  assert.ok(await findProgram("openssl"));
  const situations = [...tlsSituations(), ...tlsMatrix()];
  await using shifting = await Shifting.start(first(situations));
  const differences: string[] = [];
  for (const situation of situations) {
    if (situation.anchors.length === 0) continue;
    await shifting.show(situation);
    const env = environment(shifting.server, situation, "verify-full");
    const { tls } = await examine({ env }, ["tls"]);
    const refusal = await opensslAccepts(env, "verify-full");
    const agrees = (tls.status !== "fail") === (refusal === undefined);
    if (agrees !== (situation.opensslDiffers === undefined)) {
      differences.push(`${situation.name}: doctor ${verdictOf(tls)}, openssl ${refusal?.words ?? "accepts"}`);
    }
    const cause = tls.findings.find(({ status }) => status === "fail")?.code.replace(/^tls\./, "");
    const named = refusal === undefined || cause === undefined || refusal.codes.size === 0 ||
      refusal.codes.has(cause);
    if (!named && situation.opensslDiffers === undefined) {
      differences.push(`${situation.name}: doctor names ${cause}, openssl ${refusal?.words}`);
    }
  }
  assert.deepEqual(differences, []);
});

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error("The list is empty");
  return one;
}
