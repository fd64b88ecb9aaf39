import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { parsePemBundle } from "../../src/net/x509/pem.ts";
import { verifySignature } from "../../src/net/x509/signature.ts";

Deno.test("parseCertificate() reads every public root as Node does, and their signatures verify", () => {
  const { certificates, damaged } = parsePemBundle(new TextEncoder().encode(tls.rootCertificates.join("\n")));
  assert.deepEqual(damaged, []);
  assert.equal(certificates.length, tls.rootCertificates.length);
  for (const [index, certificate] of certificates.entries()) {
    const node = new X509Certificate(tls.rootCertificates[index] ?? "");
    assert.equal(certificate.fingerprint, node.fingerprint256);
    assert.equal(certificate.notBeforeMs, Date.parse(node.validFrom));
    assert.equal(certificate.notAfterMs, Date.parse(node.validTo));
    assert.equal(BigInt(`0x${certificate.serial}`), BigInt(`0x${node.serialNumber}`));
    assert.equal(certificate.basicConstraints?.ca ?? false, node.ca, certificate.subject.text);
    const { asymmetricKeyType, asymmetricKeyDetails } = node.publicKey;
    assert.equal(certificate.publicKey.kind, asymmetricKeyType);
    if (asymmetricKeyType === "rsa") {
      assert.equal(certificate.publicKey.bits, asymmetricKeyDetails?.modulusLength, certificate.subject.text);
    }
    assert.notEqual(verifySignature(certificate, certificate.publicKey), false, certificate.subject.text);
  }
});
