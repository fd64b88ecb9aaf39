import assert from "node:assert/strict";
import { ProtocolError, QuerycopError } from "../../src/base/errors.ts";
import { Challenge } from "../../src/client/challenge.ts";

const PASSWORD = new TextEncoder().encode("secret");
const CLEAR = Uint8Array.of(...PASSWORD, 0);
const NONCE = Uint8Array.from({ length: 20 }, (_, index) => index + 1);

function challenge(secure: boolean): Challenge {
  return new Challenge(PASSWORD, secure, "db:3306");
}

Deno.test("the password itself leaves inside TLS only", () => {
  assert.deepEqual(challenge(true).switchTo("mysql_clear_password", NONCE), CLEAR);
  assert.throws(
    () => challenge(false).switchTo("mysql_clear_password", NONCE),
    (error) => error instanceof QuerycopError && /asks for the password in clear/.test(error.message),
  );
  for (const plugin of ["caching_sha2_password", "sha256_password"]) {
    const [plain, secure] = [challenge(false), challenge(true)];
    const sent = [plain, secure].map((each) => {
      const first = each.switchTo(plugin, NONCE);
      return plugin === "sha256_password" ? first : each.moreData(Uint8Array.of(4));
    });
    assert.notDeepEqual(sent[0], CLEAR);
    assert.equal(sent[0]?.length, 1);
    assert.deepEqual(sent[1], CLEAR);
  }
});

Deno.test("no plugin but the hashing ones is answered before the server asks for it", () => {
  for (const plugin of ["mysql_clear_password", "sha256_password", "client_ed25519", "nobody_knows", ""]) {
    const first = challenge(true).start(plugin, NONCE);
    assert.equal(first.plugin, "caching_sha2_password");
    assert.equal(first.response.length, 32);
  }
  assert.equal(challenge(false).start("mysql_native_password", NONCE).response.length, 20);
});

Deno.test("an unknown plugin is named, and the hint says what would do", () => {
  assert.throws(() => challenge(true).switchTo("auth_gssapi_client", NONCE), (error) => {
    return error instanceof QuerycopError && /"auth_gssapi_client"/.test(error.message) &&
      error.hint !== undefined;
  });
});

Deno.test("data out of place is a ProtocolError: a key inside TLS, a key that is none, data for other plugins", () => {
  const key = new TextEncoder().encode("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  const attempts: readonly (readonly [boolean, string, Uint8Array])[] = [
    [true, "caching_sha2_password", key],
    [false, "caching_sha2_password", key],
    [false, "sha256_password", key],
    [false, "caching_sha2_password", Uint8Array.of(9)],
    [false, "caching_sha2_password", new Uint8Array(0)],
    [false, "mysql_native_password", Uint8Array.of(3)],
  ];
  for (const [secure, plugin, data] of attempts) {
    const each = challenge(secure);
    each.switchTo(plugin, NONCE);
    assert.throws(() => each.moreData(data), ProtocolError);
  }
});
