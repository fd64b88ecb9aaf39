import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { isLoopback, systemCaBundle } from "../../config/mod.ts";
import {
  type Certificate,
  describeNames,
  judgeChain,
  judgeDates,
  parsePemBundle,
} from "../../net/x509/mod.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

export const clientLegCheck: RunCheck = {
  id: "client-leg",
  title: "the certificate and key shown to applications belong together and are valid",
  per: "run",
  needs: [],
  limitMs: 5000,
  run: checkClientLeg,
};

function checkClientLeg({ input }: CheckContext): Outcome {
  const { config } = input.inspected;
  if (input.targetsFrom !== "configuration" && config.proxyTlsCert === undefined) {
    return notApplicable("no deployment is configured");
  }
  const { proxyTlsCert: certFile, proxyTlsKey: keyFile, listenHost = "127.0.0.1" } = config;
  const where = `${listenHost}:${config.listenPort ?? ""}`;
  if (certFile === undefined || keyFile === undefined) {
    if (certFile !== undefined || keyFile !== undefined) {
      return notApplicable("the configuration names one file of two");
    }
    if (isLoopback(listenHost)) return { summary: `plaintext on ${where}, local only` };
    const message = `plaintext on ${where}: passwords cross that network in the open`;
    return {
      summary: message,
      findings: [
        caution(
          "client-leg.plaintext",
          message,
          "Set GATEKEEPER_PROXY_TLS_CERT and GATEKEEPER_PROXY_TLS_KEY, unless the network itself is encrypted",
        ),
      ],
    };
  }
  const findings: Finding[] = [];
  const certificate = readCertificate(certFile, findings);
  const key = readKey(keyFile, findings);
  if (certificate === undefined) return { summary: "", findings };
  if (key !== undefined && !belongTogether(certificate, key)) {
    findings.push(
      failure(
        "client-leg.key_mismatch",
        `${keyFile} is not the key of the certificate in ${certFile}`,
        "Set GATEKEEPER_PROXY_TLS_KEY to the key that the certificate was made with; in a chain the own certificate comes first",
      ),
    );
  }
  findings.push(...judge(certificate, certFile, input.clock.now()));
  findings.push(...judgeIntermediates(certFile, input.clock.now()));
  const days = Math.floor((certificate.notAfterMs - input.clock.now()) / DAY_MS);
  return {
    summary: `${describeNames(certificate, 3)}; key matches, ${days} days left`,
    findings,
    facts: {
      names: [...certificate.names.dns, ...certificate.names.ip],
      not_after: new Date(certificate.notAfterMs).toISOString(),
      key: certificate.publicKey.text,
    },
  };
}

function judge(certificate: Certificate, file: string, nowMs: number): readonly Finding[] {
  const findings: Finding[] = [];
  const date = judgeDates(certificate, nowMs);
  const days = Math.floor((certificate.notAfterMs - nowMs) / DAY_MS);
  const renew = "Renew it; SIGHUP makes a running querycop read the files again";
  if (date !== undefined) {
    findings.push(failure(`client-leg.${date.code}`, `the certificate in ${file} ${date.message}`, renew));
  } else if (days < SOON_DAYS) {
    findings.push(
      caution("client-leg.expires_soon", `the certificate in ${file} expires in ${days} days`, renew),
    );
  }
  if (certificate.names.dns.length + certificate.names.ip.length === 0) {
    findings.push(
      caution(
        "client-leg.no_names",
        `the certificate in ${file} names no host, so clients that verify names refuse it`,
        "Have it made with a subject alternative name for the host that applications connect to",
      ),
    );
  }
  return findings;
}

/** Clients that verify need every certificate between the server's own and the authority that they trust. */
function judgeIntermediates(file: string, nowMs: number): readonly Finding[] {
  const { certificates } = parsePemBundle(Deno.readFileSync(file));
  const bundle = systemCaBundle();
  const anchors = bundle === undefined ? [] : parsePemBundle(Deno.readFileSync(bundle)).certificates;
  const { problems } = judgeChain(certificates, { anchors, nowMs });
  if (!problems.some(({ code }) => code === "incomplete_chain")) return [];
  const issuer = certificates[0]?.issuer.text ?? "its issuer";
  return [
    caution(
      "client-leg.incomplete_chain",
      `${file} lacks the intermediate certificate "${issuer}", so clients that verify refuse it`,
      "Append it after the server's own certificate; certbot's fullchain.pem has it",
    ),
  ];
}

function readCertificate(path: string, findings: Finding[]): Certificate | undefined {
  const bytes = readFile(path, "GATEKEEPER_PROXY_TLS_CERT", findings);
  if (bytes === undefined) return undefined;
  const { certificates, damaged } = parsePemBundle(bytes);
  const [broken] = damaged;
  if (broken !== undefined) {
    findings.push(
      failure(
        "client-leg.damaged",
        `${path} is damaged at line ${broken.line}: ${broken.reason}`,
        "Copy the file anew",
      ),
    );
  } else if (certificates.length === 0) {
    findings.push(
      failure(
        "client-leg.no_certificate",
        `${path} holds no certificate`,
        "Name a PEM file with the certificate first",
      ),
    );
  }
  return damaged.length > 0 ? undefined : certificates[0];
}

function readKey(path: string, findings: Finding[]): KeyObject | undefined {
  const bytes = readFile(path, "GATEKEEPER_PROXY_TLS_KEY", findings);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  try {
    return createPrivateKey(text);
  } catch {
    const encrypted = /ENCRYPTED/.test(text);
    findings.push(
      failure(
        encrypted ? "client-leg.key_encrypted" : "client-leg.no_key",
        encrypted
          ? `the key in ${path} is encrypted with a passphrase`
          : `${path} holds no private key that can be read`,
        encrypted
          ? `Write it without one: openssl pkey -in ${path} -out key.pem, readable by this user alone`
          : "Name a PEM file with a block BEGIN PRIVATE KEY",
      ),
    );
    return undefined;
  }
}

function readFile(path: string, key: string, findings: Finding[]): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    findings.push(
      failure("client-leg.unreadable", `${path} ${why}`, `Correct ${key}, or let this user read the file`),
    );
    return undefined;
  }
}

function belongTogether(certificate: Certificate, key: KeyObject): boolean {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return spki.equals(certificate.publicKey.spki);
}
