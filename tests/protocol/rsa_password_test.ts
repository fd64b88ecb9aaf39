import assert from "node:assert/strict";
import fc from "fast-check";
import { RsaPasswordKey, sealPassword } from "../../src/protocol/auth/rsa_password.ts";

const key = await RsaPasswordKey.generate();
const other = await RsaPasswordKey.generate();
const nonce = fc.uint8Array({ minLength: 20, maxLength: 20 });
const password = fc.string({ maxLength: 60 }).map((text) =>
  new TextEncoder().encode(text.replaceAll("\0", "") + "\0")
);

Deno.test("a sealed password opens with the key and nonce it was sealed with, and with no other key", () => {
  fc.assert(
    fc.property(password, nonce, (plain, challenge) => {
      const sealed = sealPassword(plain, challenge, key.publicKeyPem);
      assert.equal(sealed.length, 256);
      assert.deepEqual(key.open(sealed, challenge), plain);
      assert.equal(other.open(sealed, challenge), undefined);
    }),
    { numRuns: 10 },
  );
});

Deno.test("what is no sealed password opens to nothing", () => {
  for (const length of [0, 1, 255, 256, 257]) {
    assert.equal(key.open(new Uint8Array(length).fill(7), new Uint8Array(20).fill(1)), undefined);
  }
});
