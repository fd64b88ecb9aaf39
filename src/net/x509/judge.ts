import type { Certificate } from "./certificate.ts";
import { describeNames, matchesHost, outsideConstraints } from "./names.ts";
import { parseIp } from "./ip.ts";
import { type CertificatePath, type ChainLink, findPaths, same } from "./path.ts";
import { type CertificateProblem, type CertificateProblemCode, compareProblems } from "./problem.ts";
import { judgeKey, judgeSignature } from "./strength.ts";

/** What a chain is judged against. */
export interface JudgeOptions {
  /** The certificates of the CA file: the only ones trusted. */
  readonly anchors: readonly Certificate[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The name or address it has to be for; left out for `verify-ca`, where any name will do. */
  readonly host?: string | undefined;
  /** What the peer uses it for. Default `serverAuth`. */
  readonly purpose?: "serverAuth" | "clientAuth" | undefined;
}

/** The verdict on a chain. */
export interface ChainJudgement {
  /** No problem is an error: `verify-ca` (or, with a host, `verify-full`) connects. */
  readonly accepted: boolean;
  /** From the peer's own certificate upwards; complete where the last is from the CA file. */
  readonly links: readonly ChainLink[];
  /** Sent by the peer and of no use for the chain. */
  readonly unused: readonly Certificate[];
  /** Decisive first. */
  readonly problems: readonly CertificateProblem[];
}

const DAY_MS = 86_400_000;

/**
 * Judges what a peer sent, its own certificate first and the others in any order, as the TLS stack will: by RFC 5280
 * with the trust of the CA file alone. Where several chains are possible the one with the fewest problems counts.
 */
export function judgeChain(sent: readonly Certificate[], options: JudgeOptions): ChainJudgement {
  const leaf = sent[0];
  if (leaf === undefined) {
    const problem = error("no_certificate", 0, "the server sent no certificate");
    return { accepted: false, links: [], unused: [], problems: [problem] };
  }
  const judged = findPaths(leaf, sent.slice(1), options.anchors).map((path) => ({
    path,
    problems: judgePath(path, sent, options).toSorted(compareProblems),
  }));
  const best =
    judged.toSorted((a, b) =>
      errors(a.problems) - errors(b.problems) || a.problems.length - b.problems.length ||
      longestFirst(a.path, b.path)
    )[0];
  const links = best?.path.links ?? [];
  const problems = best?.problems ?? [];
  return {
    accepted: errors(problems) === 0,
    links,
    unused: sent.filter((each) => !links.some((link) => same(link.certificate, each))),
    problems,
  };
}

/** The first error in what a server's own certificate says of itself, no matter who issued it; `undefined` for none. */
export function judgeServerCertificate(
  certificate: Certificate,
  options: Pick<JudgeOptions, "nowMs" | "host">,
): CertificateProblem | undefined {
  const below: readonly ChainLink[] = [{ certificate, from: "server" }];
  return judgeCertificate(certificate, 0, below, { ...options, anchors: [] })
    .toSorted(compareProblems)
    .find(({ severity }) => severity === "error");
}

/** Of accepted paths the shortest is used; of failing ones the longest explains most. */
function longestFirst(a: CertificatePath, b: CertificatePath): number {
  const difference = a.links.length - b.links.length;
  return a.end === "anchored" ? difference : -difference;
}

function judgePath(
  path: CertificatePath,
  sent: readonly Certificate[],
  options: JudgeOptions,
): readonly CertificateProblem[] {
  const anchor = path.end === "anchored" ? path.links[path.links.length - 1]?.certificate : undefined;
  const below = anchor === undefined ? path.links : path.links.slice(0, -1);
  const problems: CertificateProblem[] = [];
  if (anchor === undefined) problems.push(untrusted(path, sent, options.anchors));
  for (const [position, { certificate }] of below.entries()) {
    problems.push(...judgeCertificate(certificate, position, below, options));
    const issuer = path.links[position + 1]?.certificate;
    const signature = judgeSignature(certificate, issuer?.publicKey);
    if (signature !== undefined) problems.push({ ...signature, position });
  }
  if (anchor !== undefined) problems.push(...judgeAnchor(anchor, below, options.nowMs));
  return problems;
}

/** Why a path ends before the CA file. */
function untrusted(
  path: CertificatePath,
  sent: readonly Certificate[],
  anchors: readonly Certificate[],
): CertificateProblem {
  const position = path.links.length - 1;
  const top = path.links[position]?.certificate;
  if (top === undefined) return error("no_certificate", 0, "the server sent no certificate");
  const issuer = quoted(top.issuer.text);
  switch (path.end) {
    case "self-signed":
      return position === 0
        ? error(
          "self_signed",
          0,
          `certificate ${quoted(top.subject.short)} is self-signed and not in the CA file`,
        )
        : error("unknown_issuer", position, `issuer ${quoted(top.subject.text)} is not in the CA file`);
    case "wrong-issuer": {
      const where = anchors.some((each) => each.subject.key === top.issuer.key)
        ? "the CA file"
        : "what the server sent";
      const words = `${where} has a certificate named ${issuer}, but not the one that signed ${
        quoted(top.subject.short)
      }`;
      return error("wrong_issuer", position, words);
    }
    case "unverifiable":
      return error(
        "unsupported_signature",
        position,
        `the signature on ${quoted(top.subject.short)} (${top.signatureAlgorithm.text}) cannot be verified`,
      );
    case "too-complex":
      return error(
        "too_complex",
        position,
        `the ${sent.length} certificates sent lead to no trusted one in a few steps`,
      );
    default:
      break;
  }
  // Nothing in a lone certificate says whether its issuer is a root; these are signs that it is not.
  const organization = top.issuer.organization;
  const between = position === 0 && (top.issuerUrl !== undefined ||
    (organization !== undefined && anchors.some((each) => each.subject.organization === organization)));
  return between
    ? error("incomplete_chain", 0, `the server does not send the intermediate certificate ${issuer}`)
    : error(
      "unknown_issuer",
      position,
      `issuer ${issuer} of ${quoted(top.subject.short)} is not in the CA file`,
    );
}

function judgeCertificate(
  certificate: Certificate,
  position: number,
  below: readonly ChainLink[],
  options: JudgeOptions,
): readonly CertificateProblem[] {
  const problems: CertificateProblem[] = [];
  const add = (code: CertificateProblemCode, message: string) =>
    problems.push(error(code, position, message));
  const what = position === 0 ? "certificate" : `CA certificate ${quoted(certificate.subject.short)}`;
  const purpose = options.purpose ?? "serverAuth";

  const date = judgeDates(certificate, options.nowMs);
  if (date !== undefined) add(date.code, `${what} ${date.message}`);
  if (certificate.purposes !== undefined && !certificate.purposes.includes(purpose)) {
    const side = purpose === "serverAuth" ? "a server" : "a client";
    add("bad_purpose", `${what} is for ${certificate.purposes.join(", ")}; not for ${side} (${purpose})`);
  }
  if (certificate.version !== 3) {
    add("old_version", `${what} is X.509 version ${certificate.version}; version 3 is needed`);
  }
  if (certificate.unknownCritical.length > 0) {
    add(
      "unknown_critical",
      `${what} has critical extensions nobody knows: ${certificate.unknownCritical.join(", ")}`,
    );
  }
  const key = judgeKey(certificate.publicKey, what);
  if (key !== undefined) problems.push({ ...key, position });

  if (position > 0) problems.push(...judgeIssuer(certificate, position, below, what));
  else {
    if (certificate.basicConstraints?.ca === true) {
      add(
        "ca_as_server",
        "certificate is a CA certificate (CA:TRUE), which the TLS stack refuses as a server's own",
      );
    }
    if (options.host !== undefined && !matchesHost(certificate, options.host)) {
      add("name_mismatch", nameMismatch(certificate, options.host));
    }
  }
  return problems;
}

/** What only a certificate that issued another has to fulfil. */
function judgeIssuer(
  certificate: Certificate,
  position: number,
  below: readonly ChainLink[],
  what: string,
): readonly CertificateProblem[] {
  const problems: CertificateProblem[] = [];
  const { basicConstraints, keyUsages, nameConstraints } = certificate;
  if (certificate.version === 3 && basicConstraints?.ca !== true) {
    problems.push(
      error("not_a_ca", position, `${what} is no CA (CA:TRUE is missing) and may not issue certificates`),
    );
  }
  if (keyUsages !== undefined && !keyUsages.includes("keyCertSign")) {
    problems.push(warning("not_a_ca", position, `${what} lacks the key usage keyCertSign`));
  }
  const pathLength = basicConstraints?.pathLength;
  if (pathLength !== undefined && position - 1 > pathLength) {
    problems.push(
      error(
        "path_too_long",
        position,
        `${what} allows ${pathLength} CAs below it, and there are ${position - 1}`,
      ),
    );
  }
  if (nameConstraints !== undefined) {
    for (const link of below.slice(0, position)) {
      const name = outsideConstraints(nameConstraints, link.certificate);
      if (name === undefined) continue;
      problems.push(
        error("outside_constraints", position, `${what} may not issue for ${name} (name constraints)`),
      );
      break;
    }
  }
  return problems;
}

/** A trusted certificate's own fields bind little: the TLS stack takes its name, key and name constraints only. */
function judgeAnchor(
  anchor: Certificate,
  below: readonly ChainLink[],
  nowMs: number,
): readonly CertificateProblem[] {
  const position = below.length;
  const what = `CA certificate ${quoted(anchor.subject.short)}`;
  if (below.some((link) => same(link.certificate, anchor))) return [];
  const problems = judgeIssuer(anchor, position, below, what).map((problem) =>
    problem.code === "outside_constraints" ? problem : { ...problem, severity: "warning" as const }
  );
  const date = judgeDates(anchor, nowMs);
  if (date !== undefined) {
    problems.push(warning(date.code, position, `${what} in the CA file ${date.message}`));
  }
  return problems;
}

/** `expired on 2026-10-22, 31 days ago`; `undefined` where `nowMs` lies in the window. */
export function judgeDates(
  certificate: Certificate,
  nowMs: number,
): { readonly code: "expired" | "not_yet_valid"; readonly message: string } | undefined {
  const { notBeforeMs, notAfterMs } = certificate;
  if (nowMs > notAfterMs) {
    return { code: "expired", message: `expired on ${day(notAfterMs)}, ${distance(nowMs - notAfterMs)} ago` };
  }
  if (nowMs < notBeforeMs) {
    return {
      code: "not_yet_valid",
      message: `is not valid before ${day(notBeforeMs)}, in ${distance(notBeforeMs - nowMs)}`,
    };
  }
  return undefined;
}

function nameMismatch(certificate: Certificate, host: string): string {
  const { dns, ip } = certificate.names;
  if (parseIp(host) !== undefined && dns.includes(host)) {
    return `certificate has ${host} as a DNS name, and an address counts only as an IP address name`;
  }
  if (dns.length + ip.length > 0) return `certificate is for ${describeNames(certificate)}; not for ${host}`;
  const common = certificate.subject.commonName;
  const only = common === undefined ? "" : `; the common name ${quoted(common)} does not count`;
  return `certificate names no host (it has no subject alternative name)${only}`;
}

function distance(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  if (days >= 1) return days === 1 ? "1 day" : `${days} days`;
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function quoted(text: string): string {
  return `"${text}"`;
}

function errors(problems: readonly CertificateProblem[]): number {
  return problems.filter((problem) => problem.severity === "error").length;
}

function error(code: CertificateProblemCode, position: number, message: string): CertificateProblem {
  return { code, severity: "error", position, message };
}

function warning(code: CertificateProblemCode, position: number, message: string): CertificateProblem {
  return { code, severity: "warning", position, message };
}
