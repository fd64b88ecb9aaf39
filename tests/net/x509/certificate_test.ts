import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCertificate } from "../../../src/net/x509/certificate.ts";
import { DerError } from "../../../src/net/x509/der.ts";
import { formatIp, parseIp } from "../../../src/net/x509/ip.ts";
import { verifySignature } from "../../../src/net/x509/signature.ts";
import { authority, daysFromNow, intermediate, issue } from "../../support/certificates.ts";

Deno.test("parseCertificate() reads what a certificate was made with", () => {
  const root = authority({ organization: "Example", nameConstraints: { permittedIp: ["10.0.0.0/8"] } });
  const request = {
    dns: ["db.example", "*.bücher.example"],
    ip: ["10.0.0.1", "2001:db8::1"],
    notAfter: daysFromNow(40_000),
    issuerUrl: "http://ca.example/ca.crt",
  };
  const leaf = parseCertificate(issue(root, request).der);
  assert.deepEqual(leaf.names, {
    dns: ["db.example", "*.xn--bcher-kva.example"],
    ip: ["10.0.0.1", "2001:db8::1"],
    other: 0,
  });
  assert.equal(leaf.notAfterMs, request.notAfter.getTime());
  assert.equal(leaf.issuerUrl, request.issuerUrl);
  assert.deepEqual(leaf.purposes, ["serverAuth"]);
  assert.deepEqual(leaf.keyUsages, ["digitalSignature", "keyEncipherment"]);
  assert.equal(leaf.issuer.text, "CN=Test CA, O=Example");
  assert.equal(leaf.issuer.key, parseCertificate(root.der).subject.key);
  assert.deepEqual(parseCertificate(root.der).nameConstraints?.permitted.ip, [
    { address: Uint8Array.of(10, 0, 0, 0), mask: Uint8Array.of(255, 0, 0, 0) },
  ]);
  assert.equal(parseCertificate(intermediate(root, { pathLength: 3 }).der).basicConstraints?.pathLength, 3);
});

Deno.test("parseCertificate() meets hostile bytes with DerError and nothing else", () => {
  const { der } = issue(authority(), {
    dns: ["db.example"],
    ip: ["127.0.0.1"],
    issuerUrl: "http://ca.example/",
  });
  const mutation = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(mutation, fc.nat(der.length), (changes, length) => {
      const bytes = der.slice(0, length % 7 === 0 ? length : der.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        parseCertificate(bytes);
      } catch (error) {
        assert.ok(error instanceof DerError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("verifySignature() refuses a certificate of which one byte was changed", () => {
  const root = authority();
  const { der } = issue(root, { dns: ["db.example"] });
  const key = parseCertificate(root.der).publicKey;
  assert.equal(verifySignature(parseCertificate(der), key), true);
  const at = new TextDecoder("latin1").decode(der).lastIndexOf("db.example");
  const changed = der.slice();
  changed[at] = 0x63;
  assert.equal(verifySignature(parseCertificate(changed), key), false);
  assert.equal(
    verifySignature(parseCertificate(der), parseCertificate(authority({ tag: "b" }).der).publicKey),
    false,
  );
});

Deno.test("formatIp() and parseIp() are each other's inverse", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => assert.equal(formatIp(parseIp(text) ?? new Uint8Array()), text)),
  );
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
    assert.deepEqual(parseIp(formatIp(bytes)), bytes);
  }));
  fc.assert(fc.property(fc.ipV6(), (text) => assert.equal(parseIp(text)?.length, 16, text)));
  for (
    const wrong of [
      "",
      "1.2.3",
      "1.2.3.256",
      "01.2.3.4",
      ":",
      "1::2::3",
      "::g",
      "1:2:3:4:5:6:7",
      "db.example",
      "1.2.3.4::",
    ]
  ) {
    assert.equal(parseIp(wrong), undefined, wrong);
  }
  assert.equal(formatIp(parseIp("2001:0db8:0:0:1:0:0:1") ?? new Uint8Array()), "2001:db8::1:0:0:1");
});
