import { constants, createPublicKey, verify } from "node:crypto";
import { type DerElement, DerReader, readOid, readSmallInteger, TAG } from "./der.ts";
import type { PublicKey } from "./public_key.ts";

/** How an issuer signed. */
export interface SignatureAlgorithm {
  readonly scheme: "rsa" | "rsa-pss" | "ecdsa" | "ed25519" | "other";
  /** `sha256`, ...; `undefined` for schemes without one of their own and for unknown ones. */
  readonly hash: string | undefined;
  /** Of RSASSA-PSS, in bytes. */
  readonly saltLength: number | undefined;
  /** `RSA with SHA-256`, or the dotted algorithm. */
  readonly text: string;
}

/** What was signed, and how. */
export interface Signed {
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** The bytes that the signature is over. */
  readonly tbs: Uint8Array;
}

type Known = readonly [scheme: SignatureAlgorithm["scheme"], hash: string | undefined, text: string];

const ALGORITHMS: Readonly<Record<string, Known>> = {
  "1.2.840.113549.1.1.2": ["rsa", "md2", "RSA with MD2"],
  "1.2.840.113549.1.1.4": ["rsa", "md5", "RSA with MD5"],
  "1.2.840.113549.1.1.5": ["rsa", "sha1", "RSA with SHA-1"],
  "1.2.840.113549.1.1.14": ["rsa", "sha224", "RSA with SHA-224"],
  "1.2.840.113549.1.1.11": ["rsa", "sha256", "RSA with SHA-256"],
  "1.2.840.113549.1.1.12": ["rsa", "sha384", "RSA with SHA-384"],
  "1.2.840.113549.1.1.13": ["rsa", "sha512", "RSA with SHA-512"],
  "1.2.840.10045.4.1": ["ecdsa", "sha1", "ECDSA with SHA-1"],
  "1.2.840.10045.4.3.1": ["ecdsa", "sha224", "ECDSA with SHA-224"],
  "1.2.840.10045.4.3.2": ["ecdsa", "sha256", "ECDSA with SHA-256"],
  "1.2.840.10045.4.3.3": ["ecdsa", "sha384", "ECDSA with SHA-384"],
  "1.2.840.10045.4.3.4": ["ecdsa", "sha512", "ECDSA with SHA-512"],
  "1.3.101.112": ["ed25519", undefined, "Ed25519"],
};

const HASHES: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

/** Reads an AlgorithmIdentifier of a signature (RFC 3279, 4055, 5758, 8410). */
export function readSignatureAlgorithm(element: DerElement): SignatureAlgorithm {
  const content = new DerReader(element.content);
  const id = readOid(content.expect(TAG.oid).content);
  if (id === "1.2.840.113549.1.1.10") return readPssParameters(content);
  const [scheme, hash, text] = ALGORITHMS[id] ?? (["other", undefined, id] as const);
  return { scheme, hash, saltLength: undefined, text };
}

/** RSASSA-PSS-params (RFC 4055, 3.1): SHA-1 and 20 where they are left out. */
function readPssParameters(content: DerReader): SignatureAlgorithm {
  let hash: string | undefined = "sha1";
  let saltLength = 20;
  const parameters = content.optional(TAG.sequence);
  const list = new DerReader(parameters?.content ?? new Uint8Array());
  while (!list.done) {
    const { tag, content: field } = list.next();
    if (tag === 0xa0) {
      hash = HASHES[readOid(new DerReader(field).enter(TAG.sequence).expect(TAG.oid).content)];
    } else if (tag === 0xa2) saltLength = readSmallInteger(new DerReader(field).expect(TAG.integer).content);
  }
  const name = hash === undefined ? "an unknown hash" : hash.toUpperCase().replace("SHA", "SHA-");
  return { scheme: "rsa-pss", hash, saltLength, text: `RSA-PSS with ${name}` };
}

/**
 * Whether `issuerKey` made the signature. `undefined` where it cannot be told: an algorithm that is not known here, or
 * a key of another kind than the signature's.
 */
export function verifySignature(signed: Signed, issuerKey: PublicKey): boolean | undefined {
  const { scheme, hash, saltLength } = signed.signatureAlgorithm;
  const kind = scheme === "ecdsa" ? "ec" : scheme === "rsa-pss" ? "rsa" : scheme;
  if (scheme === "other" || (hash === undefined && scheme !== "ed25519")) return undefined;
  if (issuerKey.kind !== kind) return false;
  try {
    const key = createPublicKey({ key: issuerKey.spki as never, format: "der", type: "spki" });
    const options = scheme === "rsa-pss"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength ?? 20 }
      : key;
    return verify(hash ?? null, signed.tbs, options, signed.signature);
  } catch {
    // The cryptographic library refuses some pairs, such as a hash too short for the curve.
    return undefined;
  }
}
