import assert from "node:assert/strict";
import tls from "node:tls";
import { createBackendConnector } from "../../../src/net/mod.ts";
import { parseCertificate } from "../../../src/net/x509/certificate.ts";
import { type ChainJudgement, judgeChain } from "../../../src/net/x509/judge.ts";
import { bundle, type Certificate } from "../../support/certificates.ts";
import { type TlsSituation, tlsSituations } from "../../support/tls_situations.ts";

const read = (certificates: readonly Certificate[]) => certificates.map(({ der }) => parseCertificate(der));

function judge(situation: TlsSituation, host: string | undefined = situation.host): ChainJudgement {
  const anchors = read(situation.anchors);
  return judgeChain(read(situation.sent), { anchors, nowMs: Date.now(), host });
}

Deno.test("judgeChain() names what is wrong in every situation", () => {
  for (const situation of tlsSituations()) {
    const { accepted, problems } = judge(situation);
    const found = problems.find(({ severity }) => severity === "error")?.code;
    assert.equal(found, situation.problem, `${situation.name}: ${JSON.stringify(problems)}`);
    assert.equal(accepted, situation.problem === undefined, situation.name);
  }
});

Deno.test("judgeChain() accepts what the TLS stack accepts and nothing else", async () => {
  const differences: string[] = [];
  for (const situation of tlsSituations()) {
    // Deno will not serve such a key; a real server does in tests/integration.
    if (situation.name === "RSA 1024") continue;
    const { accepted, problems } = judge(situation);
    const real = await handshake(situation);
    if (accepted !== (real === undefined)) {
      differences.push(
        `${situation.name}: judged ${JSON.stringify(problems)}, TLS says ${real ?? "accepted"}`,
      );
    }
  }
  assert.deepEqual(differences, []);
});

/** The TLS stack's own verdict on a real socket: its error's message, or `undefined` where it connects. */
async function handshake(situation: TlsSituation): Promise<string | undefined> {
  const [leaf] = situation.sent;
  if (leaf === undefined) throw new Error("No certificate");
  const server = tls.createServer({ cert: bundle(situation.sent), key: leaf.keyPem }, (socket) => {
    socket.on("error", () => {});
    socket.end();
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const connector = createBackendConnector({
    host: "127.0.0.1",
    port,
    family: 4,
    connectTimeoutMs: 20_000,
    tls: { mode: "verify-full", caPem: bundle(situation.anchors), serverName: situation.host },
  });
  const signal = AbortSignal.timeout(20_000);
  try {
    (await (await connector.connect(signal)).upgrade(signal)).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
