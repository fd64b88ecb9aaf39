import { type DerElement, DerReader, readBits, readOid, TAG } from "./der.ts";

/** A subject's public key: its kind and size, and the bytes that a verifier needs. */
export interface PublicKey {
  readonly kind: "rsa" | "ec" | "ed25519" | "ed448" | "other";
  /** Modulus or field size; `undefined` where the kind is not known. */
  readonly bits: number | undefined;
  /** `RSA 2048`, `EC P-256`, `Ed25519`, or the dotted algorithm. */
  readonly text: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
}

const CURVES: Readonly<Record<string, readonly [name: string, bits: number]>> = {
  "1.2.840.10045.3.1.7": ["P-256", 256],
  "1.3.132.0.34": ["P-384", 384],
  "1.3.132.0.35": ["P-521", 521],
  "1.2.840.10045.3.1.1": ["P-192", 192],
  "1.3.132.0.33": ["P-224", 224],
  "1.3.132.0.10": ["secp256k1", 256],
};

/** Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7; RFC 3279, 5480, 8410). */
export function readPublicKey(element: DerElement): PublicKey {
  const spki = element.whole;
  const content = new DerReader(element.content);
  const algorithm = content.enter(TAG.sequence);
  const id = readOid(algorithm.expect(TAG.oid).content);
  const key = readBits(content.expect(TAG.bitString).content);
  switch (id) {
    case "1.2.840.113549.1.1.1":
    case "1.2.840.113549.1.1.10": {
      const bits = bitLength(new DerReader(key).enter(TAG.sequence).expect(TAG.integer).content);
      return { kind: "rsa", bits, text: `RSA ${bits}`, spki };
    }
    case "1.2.840.10045.2.1": {
      const parameter = algorithm.optional(TAG.oid);
      const curve = parameter === undefined ? undefined : readOid(parameter.content);
      const [name, bits] = CURVES[curve ?? ""] ?? [curve ?? "explicit parameters", undefined];
      return { kind: "ec", bits, text: `EC ${name}`, spki };
    }
    case "1.3.101.112":
      return { kind: "ed25519", bits: 256, text: "Ed25519", spki };
    case "1.3.101.113":
      return { kind: "ed448", bits: 456, text: "Ed448", spki };
    default:
      return { kind: "other", bits: undefined, text: id, spki };
  }
}

function bitLength(integer: Uint8Array): number {
  const first = integer.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (integer.length - first) * 8 - Math.clz32(integer[first] ?? 0) + 24;
}
