import { formatDurationMs } from "../../base/duration.ts";
import { QuerycopError, TlsError } from "../../base/errors.ts";
import {
  inspectTls,
  type PresentedTls,
  readTls12Certificates,
  type TlsMode,
  verifiesPeer,
} from "../../net/mod.ts";
import {
  type Certificate,
  type CertificateProblem,
  type ChainJudgement,
  judgeChain,
  parseCertificate,
} from "../../net/x509/mod.ts";
import { sslRequest } from "../../client/mod.ts";
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
import { caBundleCheck } from "./ca_bundle.ts";
import { formatTarget, type Target, type TargetNotes } from "../notes.ts";
import { connectAgain, readFirst } from "./mysql_greeting.ts";
import { anchorFix, tlsFix } from "../tls_fixes.ts";

const SOON_DAYS = 14;

export const tlsCheck: TargetCheck = {
  id: "tls",
  title:
    "MySQL's own upgrade to TLS, the chain judged against the CA file, and the same connection as serve makes it",
  per: "target",
  needs: ["mysql-greeting"],
  after: ["ca-bundle"],
  limitMs: 40_000,
  run: checkTls,
};

type Context = CheckContext & { readonly target: Target; readonly found: TargetNotes };

async function checkTls(context: Context): Promise<Outcome> {
  const { input, target, found, notes } = context;
  const { mode } = input.tls;
  if (mode === "disable") return notApplicable("GATEKEEPER_BACKEND_TLS_MODE is disable");
  const { greeting } = found;
  if (greeting === undefined) throw new Error("There is no greeting to go on from");
  if (!hasCapability(greeting.capabilities, CLIENT_SSL)) return withoutTls(input, target);
  if (verifiesPeer(mode) && notes.authorities === undefined) {
    if (notes.bundleChecked) {
      const blocked = "ca-bundle, which found no certificates to trust";
      return { summary: `needs ${blocked}`, skipped: true, blocked };
    }
    // --skip ca-bundle leaves out what is said of the file, not the judging by it.
    const { findings = [] } = await caBundleCheck.run(context);
    if (notes.authorities === undefined) return { summary: "", findings };
  }
  const offered = await upgradeUnverified(context, greeting);
  if (offered === "silent") return silentTls(context);
  const presented = offered instanceof Error ? await presentedInTls12(context, greeting) : offered;
  if (presented === undefined) return { summary: "", findings: [handshakeFailed(offered, target)] };
  const chain = readChain(presented.certificates);
  if (!Array.isArray(chain)) return { summary: chain.message, findings: [chain] };
  found.chain = chain;
  const judgement = judgeChain(chain, {
    anchors: notes.authorities?.certificates ?? [],
    nowMs: input.clock.now(),
    host: mode === "verify-ca" ? undefined : target.serverName,
  });
  const findings = await compare(context, judgement);
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
  if (offered instanceof Error && findings.length === 0) findings.push(handshakeFailed(offered, target));
  const name = judgement.links[0]?.certificate.subject.short ?? "";
  return {
    summary: `${presented.version ?? "TLS"}, ${name}${left === undefined ? "" : `, ${left.days} days left`}`,
    details: describeChain(judgement, input.clock.now()),
    findings,
    facts: factsOf(presented, judgement, mode),
  };
}

/** The certificates that a server sent, or what is wrong with one that cannot be read. */
export function readChain(certificates: readonly Uint8Array[]): Certificate[] | Finding {
  const chain: Certificate[] = [];
  for (const [position, der] of certificates.entries()) {
    try {
      chain.push(parseCertificate(der));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return failure(
        "tls.unreadable",
        `certificate ${position + 1} of ${certificates.length} that the server sends cannot be read: ${why}`,
        "Have the certificate, or the one that stands above it, made anew",
      );
    }
  }
  return chain;
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
  { input, notes, target, signal }: Context,
  greeting: Greeting,
): Promise<PresentedTls | Error | "silent"> {
  const stream = notes.take(target);
  if (stream === undefined) throw new Error("No connection was kept for TLS");
  const silence = AbortSignal.timeout(input.silenceMs);
  try {
    await stream.write(encodePackets(1, sslRequest(greeting)));
    return await inspectTls(stream, target.serverName, AbortSignal.any([signal, silence]));
  } catch (error) {
    signal.throwIfAborted();
    if (silence.aborted) return "silent";
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    stream.close();
  }
}

/** The server agreed to TLS in its greeting, and nothing came of it. */
function silentTls({ input, target }: Context): Outcome {
  const message = `${formatTarget(target)} offers TLS and says nothing once it begins, for ${
    formatDurationMs(input.silenceMs)
  }`;
  const fix =
    "Look for what stands between: a firewall or proxy that drops TLS inside MySQL; then at the server's log";
  return { summary: message, findings: [failure("tls.silent", message, fix)] };
}

/** The certificates of a server whose handshake could not be finished; `undefined` where they stay unknown. */
async function presentedInTls12(context: Context, greeting: Greeting): Promise<PresentedTls | undefined> {
  const { input, target, found, signal } = context;
  const address = found.reachable?.[0];
  if (address === undefined) return undefined;
  try {
    const stream = await connectAgain(address, target, signal);
    try {
      const first = await readFirst(stream, input.silenceMs, signal);
      if (first.kind !== "packet") return undefined;
      await stream.write(encodePackets(1, sslRequest(greeting)));
      const certificates = await readTls12Certificates(stream, target.serverName);
      return { version: "TLSv1.2", cipher: undefined, certificates };
    } finally {
      stream.close();
    }
  } catch {
    signal.throwIfAborted();
    // Then the error of the handshake is all there is to say.
    return undefined;
  }
}

/** What is wrong, by our own judgement and by a connection that is made exactly as `serve` makes its own. */
async function compare(context: Context, judgement: ChainJudgement): Promise<Finding[]> {
  const { input, target, found } = context;
  const { mode } = input.tls;
  const verifies = verifiesPeer(mode);
  const accepted = !verifies || judgement.accepted;
  const findings = verifies
    ? judgement.problems.map((problem) => findingOf(problem, judgement, context))
    : [unverified(context, judgement)];
  const real = await connectAsServe(context);
  found.connects = real === undefined;
  if (accepted && real !== undefined) {
    const code = real instanceof TlsError ? `tls.${real.reason}` : "tls.connect";
    const hint = real instanceof QuerycopError ? real.hint : undefined;
    findings.push(failure(code, real.message, hint ?? tlsFix(undefined, target, input.tls.caFile)));
  } else if (!accepted && real === undefined) {
    findings.push(
      caution(
        "tls.disagreement",
        "the chain looks wrong here, and yet serve connects: the clock may have been set in between, or the server sent another chain",
        "Run querycop doctor again; report it if it stays, with --format json",
      ),
    );
  }
  return findings;
}

/** The error of a connection made exactly as serve makes it, or `undefined` where it is made. */
async function connectAsServe({ input, target, found, signal }: Context): Promise<Error | undefined> {
  // serve asks the system's name servers; where another was named, what that one said stands.
  const address = input.nameServer === undefined ? undefined : found.reachable?.[0];
  try {
    await input.connectAsServe(input.connectorFor(target, address), signal);
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** In `prefer` and `require` nothing is refused; what would be is worth knowing. */
function unverified(context: Context, judgement: ChainJudgement): Finding {
  const { input: { tls }, target, found, notes } = context;
  const decisive = notes.authorities === undefined
    ? undefined
    : judgement.problems.find(({ severity }) => severity === "error");
  const why = decisive === undefined ? "" : `; verify-full would refuse it: ${decisive.message}`;
  const change = "et GATEKEEPER_BACKEND_TLS_MODE=verify-full and GATEKEEPER_BACKEND_TLS_CA_FILE";
  return caution(
    "tls.unverified",
    `${tls.mode} checks no certificate, so somebody on the way can pose as the server${why}`,
    decisive === undefined
      ? `S${change}`
      : `${tlsFix(decisive.code, target, tls.caFile, found.chain?.[0])}; then s${change}`,
  );
}

function findingOf(
  problem: CertificateProblem,
  { links }: ChainJudgement,
  { input, target, found }: Context,
): Finding {
  const anchor = links[problem.position]?.from === "ca-file" &&
    (problem.code === "expired" || problem.code === "not_yet_valid");
  const fix = anchor
    ? anchorFix(input.tls.caFile)
    : tlsFix(problem.code, target, input.tls.caFile, found.chain?.[0]);
  return problem.severity === "error"
    ? failure(`tls.${problem.code}`, problem.message, fix)
    : caution(`tls.${problem.code}`, problem.message, fix);
}

function handshakeFailed(error: unknown, target: Target): Finding {
  const code = error instanceof TlsError ? `tls.${error.reason}` : "tls.handshake_failed";
  const hint = error instanceof TlsError ? error.hint : undefined;
  return failure(
    code,
    error instanceof Error ? error.message : String(error),
    hint ?? tlsFix(undefined, target, undefined),
  );
}

function factsOf(
  info: PresentedTls,
  judgement: ChainJudgement,
  mode: TlsMode,
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
