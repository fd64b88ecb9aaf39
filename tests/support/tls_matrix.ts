/**
 * TLS situations made by crossing what can be right and wrong with a certificate: its key, its dates, its names, the key
 * and the place of its issuer. What is expected follows from the parts of each, not from the judge.
 */
import {
  authority,
  type Certificate,
  type CertificateRequest,
  daysFromNow,
  intermediate,
  issue,
  type KeyKind,
} from "./certificates.ts";
import type { TlsSituation } from "./tls_situations.ts";

const HOST = "db.example";

/** Keys, and whether TLS takes them. */
const KEYS: readonly (readonly [KeyKind, boolean])[] = [
  ["ec-p256", true],
  ["ec-p384", true],
  ["ec-p521", true],
  ["rsa-2048", true],
  ["ed25519", true],
  ["rsa-1024", false],
  ["ec-p224", false],
  ["ec-secp256k1", false],
];

/** One thing that is wrong with a certificate, or none, and the code of it. */
interface Flaw {
  readonly name: string;
  readonly problem: string | undefined;
  readonly request: CertificateRequest;
  /** verify-ca does not look at it. */
  readonly nameOnly?: boolean;
}

const GOOD: CertificateRequest = { dns: [HOST], ip: ["127.0.0.1"] };
const FLAWS: readonly Flaw[] = [
  { name: "good", problem: undefined, request: GOOD },
  {
    name: "expired",
    problem: "expired",
    request: { ...GOOD, notBefore: daysFromNow(-60), notAfter: daysFromNow(-1) },
  },
  { name: "not yet valid", problem: "not_yet_valid", request: { ...GOOD, notBefore: daysFromNow(1) } },
  { name: "for another name", problem: "name_mismatch", request: { dns: ["a.example"] }, nameOnly: true },
  { name: "for clients", problem: "bad_purpose", request: { ...GOOD, purposes: ["clientAuth"] } },
];

/** Where the issuer stands. */
interface Place {
  readonly name: string;
  readonly problem: string | undefined;
  readonly issuer: Certificate;
  readonly sent: readonly Certificate[];
  readonly anchors: readonly Certificate[];
}

/** All of them; made on call, since keys take time. */
export function tlsMatrix(): readonly TlsSituation[] {
  const root = authority({ commonName: "Matrix root", organization: "Matrix" });
  const other = authority({ commonName: "Matrix other root", organization: "Another" });
  const middle = intermediate(root, { commonName: "Matrix issuing CA", organization: "Matrix" });
  const places: readonly Place[] = [
    { name: "issued by the root", problem: undefined, issuer: root, sent: [], anchors: [root] },
    { name: "through an intermediate", problem: undefined, issuer: middle, sent: [middle], anchors: [root] },
    { name: "intermediate missing", problem: "incomplete_chain", issuer: middle, sent: [], anchors: [root] },
    { name: "of an unknown root", problem: "unknown_issuer", issuer: root, sent: [], anchors: [other] },
  ];
  return [...crossed(places), ...issuerKeys(), ...names(root)];
}

/** Every key with every flaw in every place. */
function crossed(places: readonly Place[]): readonly TlsSituation[] {
  return KEYS.flatMap(([key, taken]) =>
    FLAWS.flatMap((flaw) =>
      places.map((place): TlsSituation => ({
        name: `${key}, ${flaw.name}, ${place.name}`,
        sent: [issue(place.issuer, { ...flaw.request, key }), ...place.sent],
        anchors: place.anchors,
        host: HOST,
        // The chain before the dates, those before the name and the purpose, and the key last.
        problem: place.problem ?? flaw.problem ?? (taken ? undefined : "weak_key"),
        ...(flaw.nameOnly === true && place.problem === undefined && taken
          ? { acceptedWithoutName: true }
          : {}),
      }))
    )
  ).map((situation) =>
    /^ec-secp256k1, good, (issued|through)/.test(situation.name)
      ? { ...situation, problem: "unsupported_key" }
      : situation
  );
}

/** Keys that this runtime signs with. */
const SIGNING: readonly KeyKind[] = ["ec-p256", "ec-p384", "rsa-2048", "rsa-1024", "ed25519"];

/** Authorities with each of these keys, as root and as intermediate. */
function issuerKeys(): readonly TlsSituation[] {
  return KEYS.filter(([key]) => SIGNING.includes(key)).flatMap(([key, taken]) => {
    const problem = taken ? undefined : "weak_key";
    const root = authority({ commonName: `Root with ${key}`, key });
    const plain = authority({ commonName: `Root above ${key}` });
    const middle = intermediate(plain, { commonName: `CA with ${key}`, key });
    return [
      {
        name: `root with ${key}`,
        sent: [issue(root, GOOD)],
        anchors: [root],
        host: HOST,
        problem,
      },
      {
        name: `intermediate with ${key}`,
        sent: [issue(middle, GOOD), middle],
        anchors: [plain],
        host: HOST,
        problem,
      },
    ];
  });
}

/** Names against hosts: which of them are one. */
function names(root: Certificate): readonly TlsSituation[] {
  const rows:
    readonly (readonly [request: CertificateRequest, host: string, matches: boolean, differs?: string])[] = [
      [{ dns: ["db.example"] }, "DB.EXAMPLE", true],
      [{ dns: ["DB.Example"] }, "db.example", true],
      [{ dns: ["*.example.org"] }, "db.example.org", true],
      [{ dns: ["*.example.org"] }, "example.org", false],
      [{ dns: ["*.example.org"] }, "a.b.example.org", false],
      [{ dns: ["*.a.example.org", "b.example.org"] }, "b.example.org", true],
      [{ dns: ["db.example.org"] }, "db.example.or", false],
      [{ dns: ["xn--bcher-kva.example"] }, "xn--bcher-kva.example", true],
      [{ ip: ["127.0.0.1"] }, "127.0.0.1", true],
      [{ ip: ["10.0.0.1"] }, "127.0.0.1", false],
      [{ dns: ["127.0.0.1", "db.example"] }, "127.0.0.1", false],
      [{ dns: ["db.example"], ip: ["127.0.0.1"] }, "127.0.0.1", true],
      [{ dns: Array.from({ length: 40 }, (_, index) => `h${index}.example`) }, "h39.example", true],
      [{ dns: Array.from({ length: 40 }, (_, index) => `h${index}.example`) }, "h40.example", false],
    ];
  return rows.map(([request, host, matches, differs]): TlsSituation => ({
    name: `${[...request.dns ?? [], ...request.ip ?? []].slice(0, 3).join("+")} for ${host}`,
    sent: [issue(root, request)],
    anchors: [root],
    host,
    problem: matches ? undefined : "name_mismatch",
    ...(matches ? {} : { acceptedWithoutName: true }),
    ...(differs === undefined ? {} : { opensslDiffers: differs }),
  }));
}
