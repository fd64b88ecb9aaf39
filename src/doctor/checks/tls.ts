import { TlsError } from "../../base/errors.ts";
import {
  type BackendTls,
  createBackendConnector,
  inspectTls,
  type PresentedTls,
  type Stream,
  TLS_MODES,
  verifiesPeer,
} from "../../net/mod.ts";
import {
  type CertificateProblem,
  type ChainJudgement,
  judgeChain,
  parseCertificate,
} from "../../net/x509/mod.ts";
import { CLIENT_SSL, hasCapability } from "../../protocol/capabilities.ts";
import { encodePackets } from "../../protocol/framing.ts";
import type { Greeting } from "../../protocol/packets/greeting.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  type Json,
  notApplicable,
  type Outcome,
  type TargetCheck,
} from "../check.ts";
import { daysLeft, describeChain } from "../describe_chain.ts";
import type { DoctorInput } from "../input.ts";
import { formatTarget, type Notes, type Target, type TargetNotes } from "../notes.ts";
import { chooseCapabilities, requestTls, sslRequest } from "../request_tls.ts";
import { tlsFix } from "../tls_fixes.ts";

const SOON_DAYS = 14;

export const tlsCheck: TargetCheck = {
  id: "tls",
  title:
    "MySQL's own upgrade to TLS, the chain judged against the CA file, and the same connection as serve makes it",
  per: "target",
  needs: ["mysql-greeting"],
  after: ["ca-bundle"],
  limitMs: 8000,
  run: checkTls,
};

type Context = CheckContext & { readonly target: Target; readonly found: TargetNotes };

async function checkTls(context: Context): Promise<Outcome> {
  const { input, target, found, notes, signal } = context;
  const { mode } = input.tls;
  if (mode === "disable") return notApplicable("GATEKEEPER_BACKEND_TLS_MODE is disable");
  const { greeting } = found;
  if (greeting === undefined) throw new Error("There is no greeting to go on from");
  if (!hasCapability(greeting.capabilities, CLIENT_SSL)) return withoutTls(input, target);
  if (verifiesPeer(mode) && notes.authorities === undefined) {
    const blocked = "ca-bundle, which failed";
    return { summary: `needs ${blocked}`, skipped: true, blocked };
  }
  const offered = await upgradeUnverified(notes, target, greeting, signal);
  if (offered instanceof Error) return { summary: "", findings: [handshakeFailed(offered, target)] };
  const chain = offered.certificates.map(parseCertificate);
  found.chain = chain;
  const judgement = judgeChain(chain, {
    anchors: notes.authorities?.certificates ?? [],
    nowMs: input.clock.now(),
    host: mode === "verify-ca" ? undefined : target.serverName,
  });
  const findings = verifiesPeer(mode)
    ? await verified(context, judgement)
    : unverified(mode, judgement, notes.authorities !== undefined);
  const left = daysLeft(judgement, input.clock.now());
  if (left !== undefined && left.days < SOON_DAYS && left.days >= 0) {
    findings.push(
      caution(
        "tls.expires_soon",
        `${
          left.position === 0 ? "the certificate" : `CA certificate "${left.name}"`
        } expires in ${left.days} days`,
        "Renew it at the server, or see that its automatic renewal works",
      ),
    );
  }
  const name = judgement.links[0]?.certificate.subject.short ?? "";
  return {
    summary: `${offered.version ?? "TLS"}, ${name}${left === undefined ? "" : `, ${left.days} days left`}`,
    details: describeChain(judgement, input.clock.now()),
    findings,
    facts: factsOf(offered, judgement, mode),
  };
}

function withoutTls(input: DoctorInput, target: Target): Outcome {
  const message = `${formatTarget(target)} offers no TLS`;
  if (input.tls.mode === "prefer") {
    const finding = caution(
      "tls.not_offered",
      `${message}: passwords and data cross the network in the open`,
      "Turn TLS on at the server, then set GATEKEEPER_BACKEND_TLS_MODE to verify-full",
    );
    return { summary: message, findings: [finding], facts: { offered: false } };
  }
  const finding = failure(
    "tls.not_offered",
    `${message}, and GATEKEEPER_BACKEND_TLS_MODE is ${input.tls.mode}`,
    "Turn TLS on at the server (ssl_cert, ssl_key), or set GATEKEEPER_BACKEND_TLS_MODE=disable on a trusted network",
  );
  return { summary: message, findings: [finding], facts: { offered: false } };
}

/** Goes on with the connection of the greeting, so that the server is not left with one more that says nothing. */
async function upgradeUnverified(
  notes: Notes,
  target: Target,
  greeting: Greeting,
  signal: AbortSignal,
): Promise<PresentedTls | Error> {
  const stream = notes.take(target);
  if (stream === undefined) throw new Error("No connection was kept for TLS");
  try {
    await stream.write(encodePackets(1, sslRequest(chooseCapabilities(greeting))));
    return await inspectTls(stream, target.serverName, signal);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    stream.close();
  }
}

/** What is wrong, by our own judgement and by a connection that is made exactly as `serve` makes its own. */
async function verified(context: Context, judgement: ChainJudgement): Promise<Finding[]> {
  const { input, target, notes } = context;
  const findings = judgement.problems.map((problem) => findingOf(problem, context));
  const real = await connectAsServe(context);
  if (judgement.accepted && real !== undefined) {
    const reason = real instanceof TlsError ? real.reason : "connect";
    const words = real.message;
    const fix = real instanceof TlsError ? real.hint : undefined;
    findings.push(failure(`tls.${reason}`, words, fix ?? tlsFix(undefined, target, input.tls.caFile)));
  } else if (!judgement.accepted && real === undefined) {
    findings.push(
      caution(
        "tls.disagreement",
        "the chain looks wrong here, and yet serve connects: the clocks of the two may differ, or the server sent another chain",
        "Run querycop doctor again; report it if it stays, with --format json",
      ),
    );
  }
  notes.of(target).verified = real === undefined;
  return findings;
}

/** The error of a connection with the configuration's own TLS, or `undefined` where it is made. */
async function connectAsServe({ input, target, notes, signal }: Context): Promise<Error | undefined> {
  const { config } = input.inspected;
  const connector = createBackendConnector({
    host: target.host,
    port: target.port,
    family: familyOf(config.backendIpFamily),
    connectTimeoutMs: config.connectTimeoutMs ?? 10_000,
    tls: backendTls(input, target, notes),
    requestTls,
  });
  let stream: Stream | undefined;
  try {
    const plain = await connector.connect(signal);
    stream = plain;
    await requestTls(plain, signal);
    stream = await plain.upgrade(signal);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    stream?.close();
  }
}

/** The TLS of the backend leg as the configuration has it. */
export function backendTls(input: DoctorInput, target: Target, notes: Notes): BackendTls {
  const { pem } = notes.authorities ?? {};
  return {
    mode: input.tls.mode,
    serverName: target.serverName,
    ...(pem === undefined ? {} : { caPem: pem }),
    ...input.clientCertificate,
  };
}

/** The configuration's word for the families to dial, as the dialler has it. */
export function familyOf(word: "auto" | "4" | "6" | undefined): "auto" | 4 | 6 {
  return word === "4" ? 4 : word === "6" ? 6 : "auto";
}

/** In `prefer` and `require` nothing is refused; what would be is worth knowing. */
function unverified(mode: string, judgement: ChainJudgement, judged: boolean): Finding[] {
  const decisive = judgement.problems.find(({ severity }) => severity === "error");
  const why = judged && decisive !== undefined ? `; verify-full would refuse it: ${decisive.message}` : "";
  return [
    caution(
      "tls.unverified",
      `${mode} checks no certificate, so anybody between here and the server can read along${why}`,
      "Set GATEKEEPER_BACKEND_TLS_MODE=verify-full and GATEKEEPER_BACKEND_TLS_CA_FILE",
    ),
  ];
}

function findingOf(problem: CertificateProblem, { input, target, found }: Context): Finding {
  const fix = tlsFix(problem.code, target, input.tls.caFile, found.chain?.[0]);
  return problem.severity === "error"
    ? failure(`tls.${problem.code}`, problem.message, fix)
    : caution(`tls.${problem.code}`, problem.message, fix);
}

function handshakeFailed(error: Error, target: Target): Finding {
  const code = error instanceof TlsError ? `tls.${error.reason}` : "tls.handshake_failed";
  const hint = error instanceof TlsError ? error.hint : undefined;
  return failure(code, error.message, hint ?? tlsFix(undefined, target, undefined));
}

function factsOf(
  info: PresentedTls,
  judgement: ChainJudgement,
  mode: typeof TLS_MODES[number],
): Record<string, Json> {
  return {
    mode,
    offered: true,
    version: info.version ?? null,
    cipher: info.cipher ?? null,
    accepted: judgement.accepted,
    problems: judgement.problems.map(({ code, severity, position, message }) => ({
      code,
      severity,
      position,
      message,
    })),
    chain: judgement.links.map(({ certificate, from }) => ({
      subject: certificate.subject.text,
      issuer: certificate.issuer.text,
      from,
      not_before: new Date(certificate.notBeforeMs).toISOString(),
      not_after: new Date(certificate.notAfterMs).toISOString(),
      key: certificate.publicKey.text,
      signature: certificate.signatureAlgorithm.text,
      names: [...certificate.names.dns, ...certificate.names.ip],
      fingerprint_sha256: certificate.fingerprint,
    })),
    unused: judgement.unused.map((certificate) => certificate.subject.text),
  };
}
