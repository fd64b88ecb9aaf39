import { createHash } from "node:crypto";
import {
  type DerElement,
  DerError,
  DerReader,
  readBits,
  readOid,
  readSmallInteger,
  readTime,
  TAG,
} from "./der.ts";
import { type DistinguishedName, readDistinguishedName } from "./distinguished_name.ts";
import {
  type NameConstraints,
  readNameConstraints,
  readSubjectAltName,
  type SubjectAltNames,
} from "./general_names.ts";
import { type PublicKey, readPublicKey } from "./public_key.ts";
import { readSignatureAlgorithm, type Signed } from "./signature.ts";

/** Bits of the keyUsage extension (RFC 5280, 4.2.1.3) by their number. */
const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

export type KeyUsage = typeof KEY_USAGES[number];

/** Extended key usages this project has a word for; others keep their dotted form. */
const PURPOSES: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.7.3.1": "serverAuth",
  "1.3.6.1.5.5.7.3.2": "clientAuth",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.8": "timeStamping",
  "1.3.6.1.5.5.7.3.9": "OCSPSigning",
  "2.5.29.37.0": "any",
};

/** What one X.509 certificate says (RFC 5280), read and not judged. Its issuer's signature is over `tbs`. */
export interface Certificate extends Signed {
  readonly der: Uint8Array;
  readonly version: number;
  /** Hexadecimal, lower case. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Milliseconds since the epoch; valid from this instant... */
  readonly notBeforeMs: number;
  /** ...to this one, both included. */
  readonly notAfterMs: number;
  readonly publicKey: PublicKey;
  /** `undefined` where the extension is absent, which means "no CA" in version 3. */
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  /** `undefined` where the extension is absent: every use is allowed. */
  readonly keyUsages: readonly KeyUsage[] | undefined;
  /** `serverAuth`, ... or dotted; `undefined` where the extension is absent: every purpose is allowed. */
  readonly purposes: readonly string[] | undefined;
  /** Subject alternative names. */
  readonly names: SubjectAltNames;
  readonly nameConstraints: NameConstraints | undefined;
  /** Whether an Authority Information Access entry tells where the issuer's certificate is to be had. */
  readonly issuerUrl: string | undefined;
  /** Critical extensions that are not understood here, dotted. */
  readonly unknownCritical: readonly string[];
  /** SHA-256 of the whole, in pairs of upper-case digits with colons, as tools print it. */
  readonly fingerprint: string;
}

/** Reads a DER certificate. Throws {@link DerError} with the reason in words where it is none. */
export function parseCertificate(der: Uint8Array): Certificate {
  const outer = new DerReader(der);
  const certificate = outer.enter(TAG.sequence);
  if (!outer.done) throw new DerError("Bytes follow the certificate");
  const tbs = certificate.expect(TAG.sequence);
  const signatureAlgorithm = readSignatureAlgorithm(certificate.expect(TAG.sequence));
  const signature = readBits(certificate.expect(TAG.bitString).content);

  const fields = new DerReader(tbs.content);
  const versionField = fields.optional(0xa0);
  const version = versionField === undefined
    ? 1
    : readSmallInteger(new DerReader(versionField.content).expect(TAG.integer).content) + 1;
  const serial = hex(fields.expect(TAG.integer).content).replace(/^00(?=[89a-f])/, "");
  fields.expect(TAG.sequence);
  const issuer = readDistinguishedName(fields.expect(TAG.sequence));
  const validity = fields.enter(TAG.sequence);
  const notBeforeMs = readTime(validity.next());
  const notAfterMs = readTime(validity.next());
  const subject = readDistinguishedName(fields.expect(TAG.sequence));
  const publicKey = readPublicKey(fields.expect(TAG.sequence));
  fields.optional(0x81);
  fields.optional(0x82);
  const extensions = readExtensions(fields.optional(0xa3));

  return {
    der,
    version,
    serial,
    subject,
    issuer,
    notBeforeMs,
    notAfterMs,
    publicKey,
    signatureAlgorithm,
    signature,
    tbs: tbs.whole,
    ...extensions,
    fingerprint: createHash("sha256").update(der).digest("hex").toUpperCase().replace(/..(?!$)/g, "$&:"),
  };
}

type Extensions = Pick<
  Certificate,
  | "basicConstraints"
  | "keyUsages"
  | "purposes"
  | "names"
  | "nameConstraints"
  | "issuerUrl"
  | "unknownCritical"
>;

function readExtensions(field: DerElement | undefined): Extensions {
  let basicConstraints: Certificate["basicConstraints"];
  let keyUsages: readonly KeyUsage[] | undefined;
  let purposes: readonly string[] | undefined;
  let names: SubjectAltNames = { dns: [], ip: [], other: 0 };
  let nameConstraints: NameConstraints | undefined;
  let issuerUrl: string | undefined;
  const unknownCritical: string[] = [];

  const list = field === undefined
    ? new DerReader(new Uint8Array())
    : new DerReader(field.content).enter(TAG.sequence);
  while (!list.done) {
    const extension = list.enter(TAG.sequence);
    const id = readOid(extension.expect(TAG.oid).content);
    const critical = (extension.optional(TAG.boolean)?.content[0] ?? 0) !== 0;
    const value = new DerReader(extension.expect(TAG.octetString).content);
    switch (id) {
      case "2.5.29.19": {
        const content = value.enter(TAG.sequence);
        const ca = (content.optional(TAG.boolean)?.content[0] ?? 0) !== 0;
        const length = content.optional(TAG.integer);
        basicConstraints = {
          ca,
          pathLength: length === undefined ? undefined : readSmallInteger(length.content),
        };
        break;
      }
      case "2.5.29.15": {
        const bits = readBits(value.expect(TAG.bitString).content);
        keyUsages = KEY_USAGES.filter((_, bit) => ((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
        break;
      }
      case "2.5.29.37": {
        const content = value.enter(TAG.sequence);
        const found: string[] = [];
        while (!content.done) {
          const purpose = readOid(content.expect(TAG.oid).content);
          found.push(PURPOSES[purpose] ?? purpose);
        }
        purposes = found;
        break;
      }
      case "2.5.29.17":
        names = readSubjectAltName(value);
        break;
      case "2.5.29.30":
        nameConstraints = readNameConstraints(value);
        break;
      case "1.3.6.1.5.5.7.1.1":
        issuerUrl = readIssuerUrl(value);
        break;
      default:
        // Policies, CRL points and key identifiers say nothing about this verdict; RFC 5280 lets a reader that does
        // not check policies ignore them even where they are critical.
        if (critical && !id.startsWith("2.5.29.")) unknownCritical.push(id);
    }
  }
  return { basicConstraints, keyUsages, purposes, names, nameConstraints, issuerUrl, unknownCritical };
}

/** The caIssuers URI of an Authority Information Access extension (RFC 5280, 4.2.2.1). */
function readIssuerUrl(value: DerReader): string | undefined {
  const list = value.enter(TAG.sequence);
  while (!list.done) {
    const access = list.enter(TAG.sequence);
    const method = readOid(access.expect(TAG.oid).content);
    const location = access.next();
    if (method === "1.3.6.1.5.5.7.48.2" && location.tag === 0x86) {
      return new TextDecoder().decode(location.content);
    }
  }
  return undefined;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
