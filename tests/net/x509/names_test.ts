import assert from "node:assert/strict";
import { parseCertificate } from "../../../src/net/x509/certificate.ts";
import { asciiHost, describeNames, matchesHost } from "../../../src/net/x509/names.ts";
import { authority, issue } from "../../support/certificates.ts";

const certificate = (dns: readonly string[], ip: readonly string[] = []) =>
  parseCertificate(issue(authority(), { commonName: "common.example", dns, ip }).der);

Deno.test("matchesHost() follows RFC 9525", () => {
  const cases: readonly (readonly [pattern: string, host: string, matches: boolean])[] = [
    ["db.example", "db.example", true],
    ["db.example", "DB.Example", true],
    ["db.example", "db.example.", true],
    ["DB.EXAMPLE", "db.example", true],
    ["db.example", "a.db.example", false],
    ["db.example", "example", false],
    ["*.db.example", "a.db.example", true],
    ["*.db.example", "db.example", false],
    ["*.db.example", ".db.example", false],
    ["*.db.example", "a.b.db.example", false],
    ["*.example", "db.example", false],
    ["*", "localhost", false],
    ["a*.db.example", "ab.db.example", false],
    ["*a.db.example", "ba.db.example", false],
    ["a.*.example", "a.b.example", false],
    ["*.*.example", "a.b.example", false],
    ["db.example", "db.example\0.evil.test", false],
    ["*.bücher.example", "a.bücher.example", true],
    ["*.bücher.example", "a.xn--bcher-kva.example", true],
    ["bücher.example", "bucher.example", false],
    ["127.0.0.1", "127.0.0.1", false],
    ["my_db.example", "my_db.example", true],
  ];
  for (const [pattern, host, expected] of cases) {
    assert.equal(
      matchesHost(certificate([pattern]), host),
      expected,
      `${pattern} for ${JSON.stringify(host)}`,
    );
  }
});

Deno.test("matchesHost() compares addresses by value, and only with addresses", () => {
  const both = certificate(["db.example"], ["127.0.0.1", "2001:db8::1"]);
  assert.ok(matchesHost(both, "127.0.0.1"));
  assert.ok(matchesHost(both, "2001:DB8:0:0:0:0:0:1"));
  assert.ok(matchesHost(both, "[2001:db8::1]"));
  assert.ok(!matchesHost(both, "127.0.0.2"));
  assert.ok(!matchesHost(both, "::ffff:127.0.0.1"));
});

Deno.test("matchesHost() never takes the common name", () => {
  assert.ok(!matchesHost(certificate([]), "common.example"));
});

Deno.test("describeNames() shows punycode as people read it, and not without end", () => {
  assert.equal(
    describeNames(certificate(["*.bücher.example"], ["::1"])),
    "*.xn--bcher-kva.example (*.bücher.example), ::1",
  );
  assert.equal(describeNames(certificate([])), "no name");
  const many = Array.from({ length: 40 }, (_, index) => `n${index}.example`);
  assert.match(describeNames(certificate(many)), /n5\.example and 34 more$/);
});

Deno.test("asciiHost() refuses what is no host name", () => {
  for (const wrong of ["", ".", "a..b", "-a.example", "a-.example", "a b", "*.example", "a".repeat(64)]) {
    assert.equal(asciiHost(wrong), undefined, wrong);
  }
});
