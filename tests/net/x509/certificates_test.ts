/** The test certificates themselves, held against Node's own reader, since every other test here leans on them. */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  authority,
  type Certificate,
  chainOf,
  daysFromNow,
  intermediate,
  issue,
  type KeyKind,
  rootOf,
  selfSigned,
  traditionalKeyPem,
  write,
} from "../../support/certificates.ts";

const read = (certificate: Certificate) => new X509Certificate(certificate.pem);

Deno.test("issue() makes a certificate that its issuer's key verifies, for every kind of key", () => {
  for (const key of ["ec-p256", "ec-p384", "rsa-1024", "rsa-2048", "ed25519"] satisfies KeyKind[]) {
    const ca = authority({ key, commonName: `CA ${key}` });
    const leaf = read(issue(ca, { dns: ["db.example"], ip: ["127.0.0.1", "::1"] }));
    assert.ok(leaf.verify(read(ca).publicKey), key);
    assert.ok(!leaf.verify(read(authority({ key, tag: "another" })).publicKey), key);
    assert.ok(
      leaf.checkPrivateKey(
        createPrivateKey(issue(ca, { dns: ["db.example"], ip: ["127.0.0.1", "::1"] }).keyPem),
      ),
    );
    assert.match(leaf.subjectAltName ?? "", /DNS:db\.example/);
    assert.match(leaf.subjectAltName ?? "", /127\.0\.0\.1/);
  }
});

Deno.test("issue() takes any dates, past and future", () => {
  const ca = authority();
  for (const [from, to] of [[-400, -30], [30, 400], [-1, 40_000]] as const) {
    const leaf = read(
      issue(ca, { dns: ["a.example"], notBefore: daysFromNow(from), notAfter: daysFromNow(to) }),
    );
    assert.equal(Date.parse(leaf.validFrom), daysFromNow(from).getTime());
    assert.equal(Date.parse(leaf.validTo), daysFromNow(to).getTime());
  }
});

Deno.test("a chain keeps its links, and a cross-signed CA keeps its key and name", () => {
  const root = authority();
  const between = intermediate(root);
  const leaf = issue(between, { dns: ["a.example"] });
  assert.deepEqual(chainOf(leaf), [leaf, between]);
  assert.equal(rootOf(leaf), root);
  const other = authority({ commonName: "Other root" });
  const crossed = intermediate(other, { keyOf: between, commonName: between.commonName });
  assert.ok(read(leaf).verify(read(crossed).publicKey));
  assert.notDeepEqual(crossed.der, between.der);
});

Deno.test("the same request gives the same certificate, another gives another", () => {
  assert.equal(issue(authority(), { dns: ["a.example"] }), issue(authority(), { dns: ["a.example"] }));
  assert.notEqual(
    issue(authority(), { dns: ["a.example"] }),
    issue(authority(), { dns: ["a.example"], tag: "2" }),
  );
  assert.equal(selfSigned({ dns: ["a.example"] }).issuer, selfSigned({ dns: ["a.example"] }));
});

Deno.test("write() leaves chain, key and root in files that read back", () => {
  const leaf = issue(intermediate(authority()), { dns: ["a.example"], key: "rsa-2048", digest: "sha384" });
  const files = write(leaf);
  assert.equal(Deno.readTextFileSync(files.cert).match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.ok(new X509Certificate(Deno.readTextFileSync(files.cert)).checkPrivateKey(
    createPrivateKey(Deno.readTextFileSync(files.key)),
  ));
  assert.ok(new X509Certificate(Deno.readTextFileSync(files.ca)).ca);
  assert.match(traditionalKeyPem(leaf), /BEGIN RSA PRIVATE KEY/);
});
