/**
 * Certificates for tests, made in this process: any date, key, purpose and name, with no tool outside and no network.
 *
 *     const ca = authority();
 *     const leaf = issue(ca, { dns: ["db.example"], ip: ["127.0.0.1"] });
 *     const files = write(leaf);           // { cert, key, ca }: paths in a directory that goes with the process
 *
 * The same request gives the same certificate for as long as the process lives.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { domainToASCII } from "node:url";
import {
  ascii,
  bits,
  boolean,
  der,
  flags,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  time,
  utf8,
} from "./der.ts";

/** Keys that tests ask for. RSA-1024 is there to be refused. */
export type KeyKind =
  | "ec-p224"
  | "ec-p256"
  | "ec-p384"
  | "ec-p521"
  | "ec-secp256k1"
  | "rsa-1024"
  | "rsa-2048"
  | "rsa-3072"
  | "ed25519";

/** Extended key usages (RFC 5280, 4.2.1.12). */
export type Purpose = "serverAuth" | "clientAuth" | "codeSigning" | "any";

/** Key usage bits (RFC 5280, 4.2.1.3). */
export type Usage = "digitalSignature" | "keyEncipherment" | "keyAgreement" | "keyCertSign" | "cRLSign";

/** Subtrees a CA may or may not issue for: DNS names, and IP ranges as `10.0.0.0/8`. */
export interface NameConstraints {
  readonly permittedDns?: readonly string[];
  readonly excludedDns?: readonly string[];
  readonly permittedIp?: readonly string[];
  readonly excludedIp?: readonly string[];
}

/** What a certificate says; everything has a default that makes a good one. */
export interface CertificateRequest {
  /** Default: the first name, or `Test CA`. */
  readonly commonName?: string;
  /** O= in the subject. Default: none. */
  readonly organization?: string;
  /** Authority Information Access: where the issuer's certificate is to be had. */
  readonly issuerUrl?: string;
  /** SAN dNSName entries, as they are written; Unicode is turned to punycode. */
  readonly dns?: readonly string[];
  /** SAN iPAddress entries. */
  readonly ip?: readonly string[];
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: in 90 days; an authority's in ten years. */
  readonly notAfter?: Date;
  /** Default: `ec-p256`. */
  readonly key?: KeyKind;
  /** Makes another certificate for the same key (and, for an authority, the same name): cross-signing, renewal. */
  readonly keyOf?: Certificate;
  /** The issuer's signature; default sha256 (none for Ed25519). */
  readonly digest?: "md5" | "sha1" | "sha256" | "sha384" | "sha512";
  /** RSA issuers only: sign with RSASSA-PSS in place of PKCS #1 v1.5. */
  readonly pss?: boolean;
  /** Default: none on an authority, serverAuth on a leaf; `[]` leaves the extension out. */
  readonly purposes?: readonly Purpose[];
  /** Default: as the certificate's kind needs; `[]` leaves the extension out. */
  readonly usages?: readonly Usage[];
  /** Whether it may issue. Set by `authority` and `intermediate`. */
  readonly ca?: boolean;
  /** How many CAs may stand below this one. */
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraints;
  /** 1 leaves every extension out, as old home-made certificates do. Default 3. */
  readonly version?: 1 | 3;
  /** Sets two otherwise equal requests apart. */
  readonly tag?: string;
}

/** A certificate, its key, and who signed it. */
export interface Certificate {
  readonly commonName: string;
  readonly organization: string | undefined;
  readonly der: Uint8Array;
  readonly pem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly keyPem: string;
  /** Itself when self-signed. */
  readonly issuer: Certificate;
}

/** Where `write` put the files. */
export interface CertificateFiles {
  /** The certificate and its intermediates, as a server is given them. */
  readonly cert: string;
  readonly key: string;
  /** The root at the end of its chain. */
  readonly ca: string;
}

const DAY_MS = 86_400_000;
const PURPOSES: Readonly<Record<Purpose, string>> = {
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  codeSigning: "1.3.6.1.5.5.7.3.3",
  any: "2.5.29.37.0",
};
const USAGES: Readonly<Record<Usage, number>> = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
};

const made = new Map<string, Certificate>();
const ids = new WeakMap<Certificate, number>();
const started = Date.now() - (Date.now() % 1000);
let directory: string | undefined;
let serial = 0;

/** A self-signed root. */
export function authority(request: CertificateRequest = {}): Certificate {
  return make({ ca: true, ...request }, undefined);
}

/** A CA below `issuer`. */
export function intermediate(issuer: Certificate, request: CertificateRequest = {}): Certificate {
  return make({ ca: true, commonName: "Test intermediate", ...request }, issuer);
}

/** A server's (or, with `purposes`, a client's) certificate, signed by `issuer`. */
export function issue(issuer: Certificate, request: CertificateRequest = {}): Certificate {
  return make(request, issuer);
}

/** A leaf that nobody vouches for. */
export function selfSigned(request: CertificateRequest = {}): Certificate {
  return make(request, undefined);
}

/** `days` from now (negative: ago), to the second. */
export function daysFromNow(days: number): Date {
  return new Date(started + days * DAY_MS);
}

/** The certificate and every intermediate above it, without the root, leaf first. */
export function chainOf(certificate: Certificate): readonly Certificate[] {
  const chain = [certificate];
  for (let at = certificate; at.issuer !== at && at.issuer.issuer !== at.issuer; at = at.issuer) {
    chain.push(at.issuer);
  }
  return chain;
}

/** The self-signed end of its chain. */
export function rootOf(certificate: Certificate): Certificate {
  let at = certificate;
  while (at.issuer !== at) at = at.issuer;
  return at;
}

/** PEM text of several certificates. */
export function bundle(certificates: readonly Certificate[]): string {
  return certificates.map((certificate) => certificate.pem).join("");
}

/** Writes chain, key and root to files of their own and tells where. */
export function write(
  certificate: Certificate,
  sent: readonly Certificate[] = chainOf(certificate),
): CertificateFiles {
  return {
    cert: writeText(bundle(sent), "cert.pem"),
    key: writeText(certificate.keyPem, "key.pem", 0o600),
    ca: writeText(rootOf(certificate).pem, "ca.pem"),
  };
}

/** Writes a text to a new file, named with `suffix`, in the process's temporary directory and returns the path. */
export function writeText(text: string, suffix = "file.pem", mode = 0o644): string {
  if (directory === undefined) {
    const path = Deno.makeTempDirSync({ prefix: "querycop-certificates-" });
    // A database server that gives up root still has to get in.
    Deno.chmodSync(path, 0o755);
    globalThis.addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
    directory = path;
  }
  const path = `${directory}/${++serial}-${suffix}`;
  Deno.writeTextFileSync(path, text, { mode });
  return path;
}

function make(request: CertificateRequest, issuer: Certificate | undefined): Certificate {
  const { keyOf, ...plain } = request;
  const cacheKey = JSON.stringify([plain, idOf(keyOf), idOf(issuer)]);
  const known = made.get(cacheKey);
  if (known !== undefined) return known;

  const keys = keyOf ?? keyPair(request.key ?? "ec-p256");
  const commonName = request.commonName ??
    (request.ca ? keyOf?.commonName ?? "Test CA" : request.dns?.[0] ?? request.ip?.[0] ?? "Test leaf");
  const signer = issuer?.privateKey ?? keys.privateKey;
  const signature = signatureOf(request, signer);
  const subject = distinguishedName(commonName, request.organization);
  const issuerName = issuer === undefined
    ? subject
    : distinguishedName(issuer.commonName, issuer.organization);
  const tbs = tbsCertificate(request, subject, issuerName, keys.publicKey, signature.id);
  const bytes = sequence(tbs, signature.id, bits(signature.sign(tbs)));
  const certificate: Certificate = {
    commonName,
    organization: request.organization,
    der: bytes,
    pem: pem("CERTIFICATE", bytes),
    privateKey: keys.privateKey,
    publicKey: keys.publicKey,
    keyPem: keys.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    get issuer(): Certificate {
      return issuer ?? certificate;
    },
  };
  ids.set(certificate, made.size);
  made.set(cacheKey, certificate);
  return certificate;
}

function idOf(certificate: Certificate | undefined): number {
  return certificate === undefined ? -1 : ids.get(certificate) ?? -2;
}

function keyPair(kind: KeyKind): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (kind) {
    case "ec-p224":
      return generateKeyPairSync("ec", { namedCurve: "secp224r1" });
    case "ec-p521":
      return generateKeyPairSync("ec", { namedCurve: "P-521" });
    case "ec-secp256k1":
      return generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    case "ec-p256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "ec-p384":
      return generateKeyPairSync("ec", { namedCurve: "P-384" });
    case "ed25519":
      return generateKeyPairSync("ed25519");
    default:
      return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(4)) });
  }
}

interface Signature {
  /** AlgorithmIdentifier. */
  readonly id: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

function signatureOf(request: CertificateRequest, key: KeyObject): Signature {
  const digest = request.digest ?? "sha256";
  const rsa = { md5: 4, sha1: 5, sha256: 11, sha384: 12, sha512: 13 };
  const ec = { md5: undefined, sha1: "1.2.840.10045.4.1", sha256: 2, sha384: 3, sha512: 4 };
  const hash = { md5: undefined, sha1: undefined, sha256: 1, sha384: 2, sha512: 3 };
  if (key.asymmetricKeyType === "ed25519") {
    return { id: sequence(oid("1.3.101.112")), sign: (bytes) => sign(null, bytes, key) };
  }
  if (key.asymmetricKeyType === "ec") {
    const last = ec[digest];
    if (last === undefined) throw new Error(`ECDSA has no signature with ${digest}`);
    const name = typeof last === "string" ? last : `1.2.840.10045.4.3.${last}`;
    return { id: sequence(oid(name)), sign: (bytes) => sign(digest, bytes, key) };
  }
  if (request.pss !== true) {
    const id = sequence(oid(`1.2.840.113549.1.1.${rsa[digest]}`), nothing());
    return { id, sign: (bytes) => sign(digest, bytes, key) };
  }
  const saltLength = { md5: 16, sha1: 20, sha256: 32, sha384: 48, sha512: 64 }[digest];
  const hashId = sequence(oid(`2.16.840.1.101.3.4.2.${hash[digest]}`), nothing());
  const parameters = sequence(
    der(0xa0, hashId),
    der(0xa1, sequence(oid("1.2.840.113549.1.1.8"), hashId)),
    der(0xa2, integer(saltLength)),
  );
  // 6 is RSA_PKCS1_PSS_PADDING.
  return {
    id: sequence(oid("1.2.840.113549.1.1.10"), parameters),
    sign: (bytes) => sign(digest, bytes, { key, padding: 6, saltLength }),
  };
}

function tbsCertificate(
  request: CertificateRequest,
  subject: Uint8Array,
  issuer: Uint8Array,
  publicKey: KeyObject,
  signatureId: Uint8Array,
): Uint8Array {
  const extensions = request.version === 1 ? [] : extensionsOf(request);
  const serialNumber = new Uint8Array(randomBytes(12));
  serialNumber[0] = (serialNumber[0] ?? 0) & 0x7f | 0x40;
  return sequence(
    ...(request.version === 1 ? [] : [der(0xa0, integer(2))]),
    integer(serialNumber),
    signatureId,
    issuer,
    sequence(
      time(request.notBefore ?? daysFromNow(-1)),
      time(request.notAfter ?? daysFromNow(request.ca === true ? 3650 : 90)),
    ),
    subject,
    new Uint8Array(publicKey.export({ format: "der", type: "spki" })),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
}

function distinguishedName(commonName: string, organization?: string): Uint8Array {
  const attribute = (id: string, text: string | undefined) =>
    text === undefined || text === "" ? [] : [set(sequence(oid(id), utf8(text)))];
  return sequence(...attribute("2.5.4.10", organization), ...attribute("2.5.4.3", commonName));
}

function extensionsOf(request: CertificateRequest): readonly Uint8Array[] {
  const ca = request.ca === true;
  const list: Uint8Array[] = [];
  const add = (id: string, critical: boolean, value: Uint8Array) =>
    list.push(sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value)));

  const pathLength = request.pathLength === undefined ? [] : [integer(request.pathLength)];
  add("2.5.29.19", true, ca ? sequence(boolean(true), ...pathLength) : sequence());
  const usages = request.usages ??
    (ca ? ["keyCertSign", "cRLSign"] : ["digitalSignature", "keyEncipherment"]);
  if (usages.length > 0) add("2.5.29.15", true, flags(usages.map((usage) => USAGES[usage])));
  const purposes = request.purposes ?? (ca ? [] : ["serverAuth"]);
  if (purposes.length > 0) add("2.5.29.37", false, sequence(...purposes.map((each) => oid(PURPOSES[each]))));
  const names = [
    ...(request.dns ?? []).map((name) => ascii(0x82, asciiName(name))),
    ...(request.ip ?? []).map((address) => der(0x87, ipBytes(address))),
  ];
  if (names.length > 0) add("2.5.29.17", false, sequence(...names));
  if (request.issuerUrl !== undefined) {
    const access = sequence(oid("1.3.6.1.5.5.7.48.2"), ascii(0x86, request.issuerUrl));
    add("1.3.6.1.5.5.7.1.1", false, sequence(access));
  }
  if (request.nameConstraints !== undefined) {
    add("2.5.29.30", true, constraintsValue(request.nameConstraints));
  }
  return list;
}

function constraintsValue(constraints: NameConstraints): Uint8Array {
  const subtrees = (tag: number, dns: readonly string[] = [], ip: readonly string[] = []) =>
    dns.length + ip.length === 0 ? [] : [der(
      tag,
      ...dns.map((name) => sequence(ascii(0x82, name))),
      ...ip.map((range) => sequence(der(0x87, rangeBytes(range)))),
    )];
  return sequence(
    ...subtrees(0xa0, constraints.permittedDns, constraints.permittedIp),
    ...subtrees(0xa1, constraints.excludedDns, constraints.excludedIp),
  );
}

/** Punycode where the name has other than ASCII; `*` labels and odd names are left as they are. */
function asciiName(name: string): string {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name);
}

function ipBytes(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const [left = "", right] = address.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const groups = [
    ...head,
    ...new Array<string>(right === undefined ? 0 : 8 - head.length - tail.length).fill("0"),
    ...tail,
  ];
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}

function rangeBytes(range: string): Uint8Array {
  const [address = "", length = "0"] = range.split("/");
  const bytes = ipBytes(address);
  const mask = bytes.map((_, index) =>
    0xff << (8 - Math.min(8, Math.max(0, Number(length) - index * 8))) & 0xff
  );
  return Uint8Array.of(...bytes, ...mask);
}

function pem(label: string, bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${base64}-----END ${label}-----\n`;
}

/** The same key in the older forms that tools still write: PKCS #1 for RSA, SEC 1 for EC. */
export function traditionalKeyPem(certificate: Certificate): string {
  const key = createPrivateKey(certificate.keyPem);
  return key.export({ format: "pem", type: key.asymmetricKeyType === "ec" ? "sec1" : "pkcs1" }).toString();
}
