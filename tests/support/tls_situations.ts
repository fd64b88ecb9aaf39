/**
 * Every TLS situation an operator can get into, as certificates: what the server sends, what the CA file holds, and what
 * is wrong. One table for all that judge chains (the judge, doctor, serve) and for tools to compare them with.
 */
import {
  authority,
  type Certificate,
  type CertificateRequest,
  daysFromNow,
  intermediate,
  issue,
  selfSigned,
} from "./certificates.ts";

/** One situation. The name the client asks for is `host`; every server listens on 127.0.0.1. */
export interface TlsSituation {
  readonly name: string;
  /** The server's own first. */
  readonly sent: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly host: string;
  /** Code of the decisive problem, or `undefined` where all is well. */
  readonly problem: string | undefined;
  /** Where OpenSSL, by its own rules, says otherwise than the TLS stack of querycop, and why. */
  readonly opensslDiffers?: string;
  /** The verdict of verify-ca where it is not that of verify-full. */
  readonly acceptedWithoutName?: boolean;
}

const HOST = "db.example";
const NAMES: CertificateRequest = { dns: [HOST], ip: ["127.0.0.1"] };

/** All situations. Made on call, since keys take time. */
export function tlsSituations(): readonly TlsSituation[] {
  const root = authority({ commonName: "Example root", organization: "Example" });
  const other = authority({ commonName: "Other root", organization: "Other" });
  const middle = intermediate(root, { commonName: "Example issuing CA", organization: "Example" });
  const rsaRoot = authority({ commonName: "RSA root", key: "rsa-2048" });
  const leaf = issue(root, NAMES);
  const below = issue(middle, NAMES);
  const situation = (
    name: string,
    problem: string | undefined,
    sent: readonly Certificate[],
    rest: Partial<TlsSituation> = {},
  ): TlsSituation => ({ name, problem, sent, anchors: [root], host: HOST, ...rest });
  const nameOnly = { acceptedWithoutName: true };

  const renewed = authority({ commonName: "Example root", organization: "Example", tag: "new key" });
  const crossed = intermediate(other, { commonName: root.commonName, organization: "Example", keyOf: root });
  const noCa = issue(root, { commonName: "Not a CA", usages: ["digitalSignature", "keyCertSign"] });
  const noCertSign = intermediate(root, { commonName: "No keyCertSign", usages: ["cRLSign"] });
  const short = intermediate(root, { commonName: "Short path", pathLength: 0 });
  const shortChild = intermediate(short, { commonName: "Too deep" });
  const clientOnly = intermediate(root, { commonName: "Client CA", purposes: ["clientAuth"] });
  const limited = intermediate(root, {
    commonName: "Limited CA",
    nameConstraints: { permittedDns: ["example"], permittedIp: ["127.0.0.0/8"] },
  });
  const elsewhere = intermediate(root, {
    commonName: "Elsewhere CA",
    nameConstraints: { permittedDns: ["other.test"] },
  });
  const excluding = intermediate(root, {
    commonName: "Excluding CA",
    nameConstraints: { excludedDns: ["example"] },
  });
  const constrainedRoot = authority({
    commonName: "Limited root",
    nameConstraints: { permittedDns: ["other.test"] },
  });
  const expiredMiddle = intermediate(root, {
    commonName: "Expired CA",
    notBefore: daysFromNow(-500),
    notAfter: daysFromNow(-3),
  });
  const renewedMiddle = intermediate(root, { commonName: "Expired CA", keyOf: expiredMiddle });
  const weakRoot = authority({ commonName: "Weak root", key: "rsa-1024" });
  const weakMiddle = intermediate(root, { commonName: "Weak CA", key: "rsa-1024" });
  const oldRoot = authority({
    commonName: "Old root",
    notBefore: daysFromNow(-900),
    notAfter: daysFromNow(-10),
  });
  const lone = selfSigned({ ...NAMES, commonName: HOST });
  const loneCa = selfSigned({
    ...NAMES,
    commonName: HOST,
    ca: true,
    usages: [],
    tag: "as openssl req -x509 makes it",
  });
  const deep = (levels: number) => {
    const chain: Certificate[] = [];
    let at = root;
    for (let level = 0; level < levels; level++) {
      at = intermediate(at, { commonName: `Level ${level}` });
      chain.unshift(at);
    }
    return [issue(at, NAMES), ...chain];
  };

  return [
    situation("issued by the root", undefined, [leaf]),
    situation("root sent too", undefined, [leaf, root]),
    situation("through an intermediate", undefined, [below, middle]),
    situation("intermediate in the CA file", undefined, [below], {
      anchors: [middle],
      opensslDiffers: "wants a root",
    }),
    situation("chain in any order with strangers", undefined, [below, root, other, middle]),
    situation("cross-signed, the other root trusted", undefined, [leaf, crossed], { anchors: [other] }),
    situation("cross-signed, both ways sent", undefined, [below, middle, crossed], { anchors: [root] }),
    situation("expired intermediate beside its renewal", undefined, [
      issue(expiredMiddle, NAMES),
      expiredMiddle,
      renewedMiddle,
    ]),
    situation("RSA 2048, SHA-384", undefined, [
      issue(rsaRoot, { ...NAMES, key: "rsa-2048", digest: "sha384" }),
    ], { anchors: [rsaRoot] }),
    situation("RSA-PSS signature", undefined, [issue(rsaRoot, { ...NAMES, pss: true })], {
      anchors: [rsaRoot],
    }),
    situation("P-384 key", undefined, [issue(root, { ...NAMES, key: "ec-p384" })]),
    situation("Ed25519 key", undefined, [issue(root, { ...NAMES, key: "ed25519" })]),
    situation("wildcard", undefined, [issue(root, { dns: ["*.db.example"] })], { host: "a.db.example" }),
    situation("IP address", undefined, [leaf], { host: "127.0.0.1" }),
    situation("internationalised name, as people write it", undefined, [
      issue(root, { dns: ["bücher.example"] }),
    ], {
      host: "bücher.example",
      opensslDiffers: "takes no Unicode",
    }),
    situation("internationalised name", undefined, [issue(root, { dns: ["bücher.example"] })], {
      host: "xn--bcher-kva.example",
    }),
    situation("both purposes", undefined, [
      issue(root, { ...NAMES, purposes: ["clientAuth", "serverAuth"] }),
    ]),
    situation("no purpose stated", undefined, [issue(root, { ...NAMES, purposes: [] })]),
    situation("self-signed, itself the CA file", undefined, [lone], { anchors: [lone] }),
    situation("name constraints that allow it", undefined, [issue(limited, NAMES), limited]),
    situation("root older than its dates", undefined, [issue(oldRoot, NAMES)], {
      anchors: [oldRoot],
      opensslDiffers: "judges the dates of trusted certificates",
    }),

    situation("CA file without the issuer", "unknown_issuer", [leaf], { anchors: [other] }),
    situation("CA file without the issuer, root sent", "unknown_issuer", [below, middle, root], {
      anchors: [other],
    }),
    situation("CA file with an older CA of the same name", "wrong_issuer", [leaf], { anchors: [renewed] }),
    situation("empty trust", "unknown_issuer", [leaf], { anchors: [] }),
    situation("self-signed", "self_signed", [lone]),
    situation("self-signed CA certificate as server", "ca_as_server", [loneCa], {
      anchors: [loneCa],
      opensslDiffers: "lets a CA certificate be a server's own",
    }),
    situation("intermediate missing", "incomplete_chain", [below]),
    situation("intermediate missing, others sent", "incomplete_chain", [below, root, other]),
    situation("expired", "expired", [
      issue(root, { ...NAMES, notBefore: daysFromNow(-100), notAfter: daysFromNow(-2) }),
    ]),
    situation("not yet valid", "not_yet_valid", [issue(root, { ...NAMES, notBefore: daysFromNow(2) })]),
    situation("expired intermediate", "expired", [issue(expiredMiddle, NAMES), expiredMiddle]),
    situation(
      "another name",
      "name_mismatch",
      [issue(root, { dns: ["a.example", "*.b.example"] })],
      nameOnly,
    ),
    situation("wildcard too deep", "name_mismatch", [issue(root, { dns: ["*.example"] })], {
      host: "a.db.example",
      ...nameOnly,
    }),
    situation("wildcard in a label", "name_mismatch", [issue(root, { dns: ["d*.db.example"] })], {
      host: "dx.db.example",
      ...nameOnly,
      opensslDiffers: "takes a wildcard within a label",
    }),
    situation("common name only", "name_mismatch", [issue(root, { commonName: HOST })], {
      ...nameOnly,
      opensslDiffers: "takes the common name",
    }),
    situation("address wanted, names given", "name_mismatch", [issue(root, { dns: [HOST] })], {
      host: "127.0.0.1",
      ...nameOnly,
    }),
    situation("address as a DNS name", "name_mismatch", [issue(root, { dns: ["127.0.0.1"] })], {
      host: "127.0.0.1",
      ...nameOnly,
    }),
    situation("client certificate on a server", "bad_purpose", [
      issue(root, { ...NAMES, purposes: ["clientAuth"] }),
    ]),
    situation("any purpose only", "bad_purpose", [issue(root, { ...NAMES, purposes: ["any"] })]),
    situation("intermediate for clients only", "bad_purpose", [issue(clientOnly, NAMES), clientOnly]),
    situation("issued by a leaf", "not_a_ca", [issue(noCa, NAMES), noCa]),
    situation("intermediate without keyCertSign", undefined, [issue(noCertSign, NAMES), noCertSign], {
      opensslDiffers: "insists on keyCertSign",
    }),
    situation("path too long", "path_too_long", [issue(shortChild, NAMES), shortChild, short]),
    situation("six intermediates", undefined, deep(6)),
    situation("seven intermediates", "too_complex", deep(7), { opensslDiffers: "follows longer chains" }),
    situation("outside permitted names", "outside_constraints", [issue(elsewhere, NAMES), elsewhere]),
    situation("in excluded names", "outside_constraints", [issue(excluding, NAMES), excluding]),
    situation("outside the root's names", "outside_constraints", [issue(constrainedRoot, NAMES)], {
      anchors: [constrainedRoot],
    }),
    situation("RSA 1024", "weak_key", [issue(root, { ...NAMES, key: "rsa-1024" })]),
    situation("RSA 1024 intermediate", "weak_key", [issue(weakMiddle, NAMES), weakMiddle]),
    situation("RSA 1024 root", "weak_key", [issue(weakRoot, NAMES)], { anchors: [weakRoot] }),
    situation("SHA-1 signature", "weak_signature", [issue(rsaRoot, { ...NAMES, digest: "sha1" })], {
      anchors: [rsaRoot],
    }),
    situation("MD5 signature", "weak_signature", [issue(rsaRoot, { ...NAMES, digest: "md5" })], {
      anchors: [rsaRoot],
    }),
    situation("X.509 version 1", "name_mismatch", [issue(root, { commonName: HOST, version: 1 })], {
      opensslDiffers: "takes the common name, and version 1",
    }),
  ];
}
