import type { Certificate } from "./certificate.ts";
import type { CertificateProblem } from "./problem.ts";
import type { PublicKey } from "./public_key.ts";

/** A problem whose place in the chain the caller knows. */
export type UnplacedProblem = Omit<CertificateProblem, "position">;

const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 8192;
const CURVES: ReadonlySet<string> = new Set(["EC P-256", "EC P-384", "EC P-521"]);
const HASHES: ReadonlySet<string> = new Set(["sha256", "sha384", "sha512"]);

/** What the TLS stack has against a key: too short, or of a kind it does not know. `what` opens the sentence. */
export function judgeKey(key: PublicKey, what: string): UnplacedProblem | undefined {
  if (key.kind === "rsa") {
    const bits = key.bits ?? 0;
    if (bits < LEAST_RSA_BITS) {
      return problem("weak_key", `${what} has a weak key, ${key.text}; 2048 bits are the least`);
    }
    if (bits > MOST_RSA_BITS) {
      return problem("unsupported_key", `${what} has a key longer than 8192 bits, ${key.text}`);
    }
    return undefined;
  }
  if (key.kind === "ed25519" || (key.kind === "ec" && CURVES.has(key.text))) return undefined;
  const weak = key.kind === "ec" && (key.bits ?? 256) < 256;
  return problem(
    weak ? "weak_key" : "unsupported_key",
    `${what} has a key that TLS does not take, ${key.text}`,
  );
}

/** What the TLS stack has against the signature on a certificate: a broken hash, or a scheme it does not know. */
export function judgeSignature(
  certificate: Certificate,
  issuerKey: PublicKey | undefined,
): UnplacedProblem | undefined {
  const { scheme, hash, text } = certificate.signatureAlgorithm;
  const name = `"${certificate.subject.short}"`;
  if (hash === "md2" || hash === "md5" || hash === "sha1") {
    return problem("weak_signature", `certificate ${name} has a weak signature, ${text}`);
  }
  if (scheme === "other" || (hash !== undefined && !HASHES.has(hash))) {
    return problem(
      "unsupported_signature",
      `certificate ${name} has a signature that TLS does not take, ${text}`,
    );
  }
  const key = issuerKey === undefined ? undefined : judgeKey(issuerKey, `the issuer of ${name}`);
  return key;
}

function problem(code: CertificateProblem["code"], message: string): UnplacedProblem {
  return { code, severity: "error", message };
}
