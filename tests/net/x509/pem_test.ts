import assert from "node:assert/strict";
import { parsePemBundle } from "../../../src/net/x509/pem.ts";
import { authority, issue } from "../../support/certificates.ts";

const parse = (text: string) => parsePemBundle(new TextEncoder().encode(text));
const first = authority({ commonName: "First" }).pem;
const second = authority({ commonName: "Second" }).pem;
const third = authority({ commonName: "Third" }).pem;
const names = (text: string) => parse(text).certificates.map(({ subject }) => subject.short);

Deno.test("parsePemBundle() reads bundles as they are found, comments, CRLF and all", () => {
  assert.deepEqual(names(`# First\n${first}\nSecond\n======\n${second}`), ["First", "Second"]);
  assert.deepEqual(names((first + second).replaceAll("\n", "\r\n")), ["First", "Second"]);
  assert.deepEqual(names(first.replaceAll("-----BEGIN", "  -----BEGIN")), ["First"]);
});

Deno.test("parsePemBundle() reports damage with its line and reads on", () => {
  const lines = second.split("\n");
  const damages: readonly (readonly [damaged: string, reason: RegExp])[] = [
    [lines.with(2, "~~~~ not base64 ~~~~").join("\n"), /Line \d+ is not base64/],
    [lines.toSpliced(2, 1).join("\n"), /not a certificate/],
    [lines.filter((line) => !line.includes("END")).join("\n"), /no END CERTIFICATE line/],
    [lines.with(3, (lines[3] ?? "").slice(0, -1)).join("\n"), /incomplete|not a certificate/],
  ];
  for (const [text, reason] of damages) {
    const { certificates, damaged } = parse(first + text + third);
    assert.deepEqual(certificates.map(({ subject }) => subject.short), ["First", "Third"]);
    assert.equal(damaged.length, 1, text);
    assert.match(damaged[0]?.reason ?? "", reason);
    assert.equal(damaged[0]?.line, first.split("\n").length);
  }
  const cut = parse((first + second).slice(0, -60));
  assert.equal(cut.certificates.length, 1);
  assert.match(cut.damaged[0]?.reason ?? "", /cut short/);
});

Deno.test("parsePemBundle() tells what a file is that holds no certificate", () => {
  assert.equal(parse("").looksLike, "empty");
  assert.equal(parse(" \n\n").looksLike, "empty");
  assert.equal(parse("<html>404 Not Found</html>").looksLike, "text");
  assert.equal(parsePemBundle(authority().der).looksLike, "der");
  assert.equal(parsePemBundle(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0)).looksLike, "binary");
  const key = parse(issue(authority(), { dns: ["a.example"] }).keyPem);
  assert.deepEqual([key.looksLike, key.certificates.length, key.others], ["pem", 0, ["PRIVATE KEY"]]);
});
