import type { TlsReason } from "../../base/errors.ts";

/** What can be wrong with a chain, most decisive first. The codes are stable; reports carry them. */
export const CERTIFICATE_PROBLEMS = {
  no_certificate: "invalid_chain",
  unreadable: "invalid_chain",
  self_signed: "self_signed",
  incomplete_chain: "incomplete_chain",
  unknown_issuer: "unknown_issuer",
  wrong_issuer: "unknown_issuer",
  too_complex: "invalid_chain",
  expired: "expired",
  not_yet_valid: "not_yet_valid",
  name_mismatch: "name_mismatch",
  bad_purpose: "bad_purpose",
  ca_as_server: "invalid_chain",
  not_a_ca: "invalid_chain",
  path_too_long: "invalid_chain",
  outside_constraints: "invalid_chain",
  weak_key: "weak_key",
  unsupported_key: "weak_key",
  weak_signature: "weak_key",
  unsupported_signature: "weak_key",
  old_version: "invalid_chain",
  unknown_critical: "invalid_chain",
} as const satisfies Record<string, TlsReason>;

export type CertificateProblemCode = keyof typeof CERTIFICATE_PROBLEMS;

/** One thing that is wrong with one certificate of a chain. */
export interface CertificateProblem {
  readonly code: CertificateProblemCode;
  /** An error keeps verify-ca or verify-full from connecting; a warning does not, but other tools may refuse it. */
  readonly severity: "error" | "warning";
  /** Place of the certificate in the chain, 0 for the server's own. */
  readonly position: number;
  /** A clause for people, lower case, no period: `certificate is for a.example; not for db.example`. */
  readonly message: string;
}

/** The reason that a {@link TlsError} carries for a problem. */
export function tlsReasonOf(code: CertificateProblemCode): TlsReason {
  return CERTIFICATE_PROBLEMS[code];
}

const ORDER = Object.keys(CERTIFICATE_PROBLEMS);

/** Errors before warnings, decisive before incidental, lower in the chain before higher. */
export function compareProblems(a: CertificateProblem, b: CertificateProblem): number {
  return Number(a.severity === "warning") - Number(b.severity === "warning") ||
    ORDER.indexOf(a.code) - ORDER.indexOf(b.code) || a.position - b.position;
}
