import assert from "node:assert/strict";
import { readChain } from "../../src/doctor/checks/tls.ts";
import { authority, issue } from "../support/certificates.ts";

Deno.test("a certificate that cannot be read is the server's fault, and named by its place", () => {
  const root = authority();
  const { der } = issue(root, { dns: ["db.example"] });
  const whole = readChain([der, root.der]);
  assert.ok(Array.isArray(whole) && whole.length === 2);
  const broken = readChain([der, root.der.slice(0, -7)]);
  assert.ok(!Array.isArray(broken));
  assert.equal(broken.code, "tls.unreadable");
  assert.match(broken.message, /^certificate 2 of 2 .* cut short/);
});
