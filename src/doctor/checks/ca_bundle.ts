import { isUsualBundle, systemCaBundle } from "../../config/mod.ts";
import { verifiesPeer } from "../../net/mod.ts";
import { type Certificate, parsePemBundle, type PemBundle } from "../../net/x509/mod.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";
import { caAdviceText, caInstall } from "../distribution.ts";

/** The roots that PlanetScale's certificates have led to so far, by SHA-256. */
const ISRG_ROOTS: Readonly<Record<string, string>> = {
  "96:BC:EC:06:26:49:76:F3:74:60:77:9A:CF:28:C5:A7:CF:E8:A3:C0:AA:E1:1A:8F:FC:EE:05:C0:BD:DF:08:C6": "X1",
  "69:72:9B:8E:15:A8:6E:FC:17:7A:57:AF:B7:17:1D:FC:64:AD:D2:8C:2F:CA:8C:F1:50:7E:34:45:3C:CB:14:70": "X2",
};

const DAY_MS = 86_400_000;
/** Public roots come and go: a bundle this old lacks some. */
const OLD_MS = 3 * 365 * DAY_MS;
/** A file with more certificates is a bundle of public authorities. */
const PUBLIC_BUNDLE = 20;

export const caBundleCheck: RunCheck = {
  id: "ca-bundle",
  title: "the CA file exists, can be read, holds certificates, and none is damaged",
  per: "run",
  needs: [],
  limitMs: 5000,
  run: checkCaBundle,
};

function checkCaBundle({ input, notes }: CheckContext): Outcome {
  const { mode, caFile } = input.tls;
  if (caFile === undefined) {
    if (!verifiesPeer(mode)) return notApplicable(`${mode} checks no certificate`);
    const message = `GATEKEEPER_BACKEND_TLS_CA_FILE is not set, and ${mode} needs it`;
    return failed(
      "config.ca_file_unset",
      message,
      `Set GATEKEEPER_BACKEND_TLS_CA_FILE=${placeOfBundle(input.os)}`,
    );
  }
  notes.bundleChecked = true;
  let bytes: Uint8Array;
  let modifiedMs: number | undefined;
  try {
    bytes = Deno.readFileSync(caFile);
    modifiedMs = Deno.statSync(caFile).mtime?.getTime();
  } catch (error) {
    return unreadable(caFile, error, input.os);
  }
  const bundle = parsePemBundle(bytes);
  if (bundle.certificates.length === 0 && bundle.damaged.length === 0) {
    return withoutCertificates(caFile, bundle, input.os);
  }
  if (bundle.damaged.length === 0) {
    notes.authorities = { pem: new TextDecoder().decode(bytes), certificates: bundle.certificates };
  }
  return describe(caFile, bundle, modifiedMs, input.clock.now());
}

function describe(caFile: string, bundle: PemBundle, modifiedMs: number | undefined, nowMs: number): Outcome {
  const { certificates, damaged } = bundle;
  const expired = certificates.filter((certificate) => certificate.notAfterMs < nowMs);
  const roots = certificates.flatMap(({ fingerprint }) => ISRG_ROOTS[fingerprint] ?? []).sort();
  const large = certificates.length > PUBLIC_BUNDLE;
  const findings: Finding[] = damaged.map(({ line, reason }) =>
    failure(
      "ca-bundle.damaged",
      `${caFile} is damaged at line ${line}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
      /byte order mark/.test(reason)
        ? `Remove it: sed -i '1s/^\\xef\\xbb\\xbf//' ${caFile}`
        : /only OpenSSL reads/.test(reason)
        ? `Convert it: openssl x509 -in ${caFile} -out ca.pem`
        : large
        ? "Install the package again that the file belongs to, or copy it anew from where it is whole"
        : "Copy the file anew from where it is whole",
    )
  );
  if (expired.length > 0 && !large) {
    const names = expired.map(shortName).join(", ");
    findings.push(
      caution(
        "ca-bundle.expired",
        `${caFile} holds expired authorities: ${names}`,
        "Add the authorities that replaced them",
      ),
    );
  }
  const ageMs = modifiedMs === undefined ? undefined : nowMs - modifiedMs;
  if (large && ageMs !== undefined && ageMs > OLD_MS) {
    const years = Math.floor(ageMs / (365 * DAY_MS));
    findings.push(
      caution(
        "ca-bundle.old",
        `${caFile} is ${years} years old`,
        "Update the package ca-certificates, or the base image",
      ),
    );
  }
  const notCa = certificates.filter((certificate) =>
    certificate.version === 3 && certificate.basicConstraints?.ca !== true
  );
  const counted = certificates.length === 1
    ? `1 certificate, ${shortName(certificates[0])}`
    : `${certificates.length} certificates`;
  const parts = [
    counted,
    ...(large ? [`${expired.length} expired`] : []),
    ...(large ? [roots.length > 0 ? `ISRG Root ${roots.join(" and ")}` : "no ISRG root"] : []),
  ];
  const updated = modifiedMs === undefined ? "" : `, of ${new Date(modifiedMs).toISOString().slice(0, 10)}`;
  return {
    summary: parts.join(", "),
    details: [`${caFile}${updated}`],
    findings,
    facts: {
      path: caFile,
      certificates: certificates.length,
      damaged: damaged.length,
      expired: expired.length,
      not_authorities: notCa.length,
      isrg_roots: roots,
      modified: modifiedMs === undefined ? null : new Date(modifiedMs).toISOString(),
    },
  };
}

function withoutCertificates(caFile: string, bundle: PemBundle, os: string): Outcome {
  const place = placeOfBundle(os);
  const name = (what: string) => `Name a PEM file of authorities${what}; this machine's bundle is ${place}`;
  switch (bundle.looksLike) {
    case "empty":
      return failed(
        "ca-bundle.empty",
        `${caFile} is empty`,
        `Fill it with the authorities' certificates, or use ${place}`,
      );
    case "der":
      return failed(
        "ca-bundle.der",
        `${caFile} is DER and not PEM`,
        `Convert it: openssl x509 -inform der -in ${caFile} -out ca.pem`,
      );
    case "pem":
      return failed(
        "ca-bundle.no_certificate",
        `${caFile} holds ${bundle.others.map((label) => `a ${label}`).join(", ")} and no certificate`,
        name(""),
      );
    default:
      return failed(
        "ca-bundle.not_pem",
        `${caFile} holds no PEM certificate`,
        name(" (-----BEGIN CERTIFICATE-----)"),
      );
  }
}

function unreadable(caFile: string, error: unknown, os: string): Outcome {
  const place = placeOfBundle(os);
  if (error instanceof Deno.errors.NotFound) {
    const install = isUsualBundle(caFile) ? caInstall(os) : undefined;
    return failed(
      "ca-bundle.missing",
      `${caFile} does not exist`,
      install === undefined
        ? `Correct the path; the bundle of this distribution is ${place}`
        : `Install the package that brings it: ${install}`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return failed(
      "ca-bundle.forbidden",
      `${caFile} may not be read by this user`,
      `Let this user read it: chmod a+r ${caFile}`,
    );
  }
  const reason = error instanceof Deno.errors.IsADirectory
    ? "is a directory"
    : `cannot be read: ${error instanceof Error ? error.message : error}`;
  return failed(
    "ca-bundle.unreadable",
    `${caFile} ${reason}`,
    `Name a PEM file; the bundle of this distribution is ${place}`,
  );
}

function failed(code: string, message: string, fix: string): Outcome {
  return { summary: message, findings: [failure(code, message, fix)] };
}

/** This machine's bundle, or where this distribution has it once it is installed. */
function placeOfBundle(os: string): string {
  return systemCaBundle() ?? caAdviceText(os);
}

function shortName(certificate: Certificate | undefined): string {
  return `"${certificate?.subject.short ?? ""}"`;
}
