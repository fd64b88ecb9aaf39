import type { Certificate } from "./certificate.ts";
import { verifySignature } from "./signature.ts";

/** A certificate's place in a chain. */
export interface ChainLink {
  readonly certificate: Certificate;
  /** Where it came from: the server sent it, or the CA file holds it. */
  readonly from: "server" | "ca-file";
}

/** How a path ends. */
export type PathEnd =
  /** At a certificate of the CA file. */
  | "anchored"
  /** At a self-signed certificate that the CA file does not hold. */
  | "self-signed"
  /** Nobody has a certificate with the last one's issuer's name. */
  | "no-issuer"
  /** There is a certificate of that name, but its key did not make the signature. */
  | "wrong-issuer"
  /** The signature's algorithm is not known here. */
  | "unverifiable"
  /** The search was given up: too many certificates that could be linked. */
  | "too-complex";

/** Certificates from the leaf up, each signed by the next. */
export interface CertificatePath {
  readonly links: readonly ChainLink[];
  readonly end: PathEnd;
}

/** As many CA certificates between leaf and root as the TLS stack follows. */
const MOST_INTERMEDIATES = 6;
/** Bound on the work that a hostile chain can cause. */
const MOST_SIGNATURES = 100;

/**
 * Every way up from `leaf` through what the server sent (in any order) to the CA file. Anchored paths come first; where
 * there is none, the paths that fail are what explains why. Never empty.
 */
export function findPaths(
  leaf: Certificate,
  sent: readonly Certificate[],
  anchors: readonly Certificate[],
): readonly CertificatePath[] {
  const anchored: CertificatePath[] = [];
  const failed: CertificatePath[] = [];
  const anchorsByName = Map.groupBy(anchors, (anchor) => anchor.subject.key);
  let signatures = 0;

  const climb = (links: readonly ChainLink[]): void => {
    const top = links[links.length - 1]?.certificate ?? leaf;
    let named = false;
    let unverifiable = false;
    let linked = false;
    const tryIssuer = (issuer: Certificate, from: ChainLink["from"]): boolean => {
      named = true;
      signatures += 1;
      const result = verifySignature(top, issuer.publicKey);
      unverifiable ||= result === undefined;
      if (result !== true) return false;
      linked = true;
      const next = [...links, { certificate: issuer, from }];
      if (from === "ca-file") anchored.push({ links: next, end: "anchored" });
      else climb(next);
      return true;
    };

    for (const anchor of anchorsByName.get(top.issuer.key) ?? []) {
      if (signatures < MOST_SIGNATURES) tryIssuer(anchor, "ca-file");
    }
    if (links.length <= MOST_INTERMEDIATES) {
      for (const candidate of sent) {
        if (
          candidate.subject.key !== top.issuer.key || links.some((link) => same(link.certificate, candidate))
        ) continue;
        if (signatures < MOST_SIGNATURES) tryIssuer(candidate, "server");
      }
    }
    if (linked) return;
    const selfIssued = top.issuer.key === top.subject.key;
    const selfSigned = selfIssued && verifySignature(top, top.publicKey) === true;
    const end: PathEnd = signatures >= MOST_SIGNATURES || links.length > MOST_INTERMEDIATES
      ? "too-complex"
      : selfSigned && !named
      ? "self-signed"
      : unverifiable
      ? "unverifiable"
      : named
      ? "wrong-issuer"
      : "no-issuer";
    failed.push({ links, end });
  };

  climb([{ certificate: leaf, from: "server" }]);
  return anchored.length > 0 ? anchored : failed;
}

/** Whether two certificates are the same bytes. */
export function same(a: Certificate, b: Certificate): boolean {
  return a.fingerprint === b.fingerprint;
}
