import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import fc from "fast-check";
import {
  CACHING_SHA2_PASSWORD,
  cachingSha2Response,
} from "../../../src/protocol/auth/caching_sha2_password.ts";
import { clearPassword } from "../../../src/protocol/auth/clear_password.ts";
import { CLIENT_ED25519, clientEd25519Response } from "../../../src/protocol/auth/client_ed25519.ts";
import { ed25519PublicKey, signEd25519 } from "../../../src/protocol/auth/ed25519.ts";
import { NATIVE_PASSWORD, nativePasswordResponse } from "../../../src/protocol/auth/native_password.ts";
import { decodeAuthSwitchRequest } from "../../../src/protocol/packets/auth_switch_request.ts";
import { decodeGreeting } from "../../../src/protocol/packets/greeting.ts";
import { decodeHandshakeResponse } from "../../../src/protocol/packets/handshake_response.ts";

/**
 * Payloads between command line clients and servers that let them in, captured on a plaintext connection:
 * MariaDB 10.11.19 with its own client, MySQL 9.7.4 with its own.
 */
const GREETED = [
  {
    plugin: NATIVE_PASSWORD,
    password: "correct horse battery staple",
    greeting:
      "0a352e352e352d31302e31312e31392d4d6172696144422d302b646562313275310004000000526422754c5a5f5000fef7080200ff81150000000000001d0000005126695f7e7d79677740785d006d7973716c5f6e61746976655f70617373776f726400",
    response:
      "84a2bf000000100021000000000000000000000000000000000000001d000000755f6d7973716c5f5f3000147ead76103877b6fc213b3572616619713f4096466d7973716c5f6e61746976655f70617373776f7264007f035f6f73054c696e75780c5f636c69656e745f6e616d650a6c69626d617269616462045f7069640532393537310f5f636c69656e745f76657273696f6e06332e332e3230095f706c6174666f726d067838365f36340c70726f6772616d5f6e616d65056d7973716c0c5f7365727665725f686f7374093132372e302e302e31",
    answer: nativePasswordResponse,
  },
  {
    plugin: NATIVE_PASSWORD,
    password: "pässwörd ✓",
    greeting:
      "0a352e352e352d31302e31312e31392d4d6172696144422d302b6465623132753100060000003e75562d7d51594c00fef7080200ff81150000000000001d000000523963675b7148544e673e3f006d7973716c5f6e61746976655f70617373776f726400",
    response:
      "84a2bf000000100021000000000000000000000000000000000000001d000000755f6d7973716c5f5f3100149925ef9cbc9d055d5dc9dd19ec61859052c7bcfe6d7973716c5f6e61746976655f70617373776f7264007f035f6f73054c696e75780c5f636c69656e745f6e616d650a6c69626d617269616462045f7069640532393537330f5f636c69656e745f76657273696f6e06332e332e3230095f706c6174666f726d067838365f36340c70726f6772616d5f6e616d65056d7973716c0c5f7365727665725f686f7374093132372e302e302e31",
    answer: nativePasswordResponse,
  },
  {
    plugin: CACHING_SHA2_PASSWORD,
    password: "correct horse battery staple",
    greeting:
      "0a392e372e342d3200090000003d4a3e3b396e1e2900fff7ff0200ff9f15000000000000000000007837715b65357a47267b7c1f0063616368696e675f736861325f70617373776f726400",
    response:
      "85a2bf1900000001ff0000000000000000000000000000000000000000000000755f63616368696e5f30002095d648b72724bce33497ae20d93e1100bcf23bd5a69d3b04087282b5ddd2e92263616368696e675f736861325f70617373776f72640072045f706964053138333938095f706c6174666f726d067838365f3634035f6f73054c696e75780c5f636c69656e745f6e616d65086c69626d7973716c076f735f7573657204726f6f740f5f636c69656e745f76657273696f6e05392e372e340c70726f6772616d5f6e616d65056d7973716c",
    answer: cachingSha2Response,
  },
  {
    plugin: CACHING_SHA2_PASSWORD,
    password: "pässwörd ✓",
    greeting:
      "0a392e372e342d32000b000000547773447237155e00fff7ff0200ff9f150000000000000000000063401b392c7f2f57441414470063616368696e675f736861325f70617373776f726400",
    response:
      "85a2bf1900000001ff0000000000000000000000000000000000000000000000755f63616368696e5f310020dfdb570a69d3f7dff0a316d4efc56d0d8d0e9cb06e52b05dc802909b99f1f0e963616368696e675f736861325f70617373776f72640072045f706964053138343036095f706c6174666f726d067838365f3634035f6f73054c696e75780c5f636c69656e745f6e616d65086c69626d7973716c076f735f7573657204726f6f740f5f636c69656e745f76657273696f6e05392e372e340c70726f6772616d5f6e616d65056d7973716c",
    answer: cachingSha2Response,
  },
] as const;

/** As above, where the server asked for another plugin: its AuthSwitchRequest and the client's answer. */
const SWITCHED = [
  {
    password: "correct horse battery staple",
    request:
      "fe636c69656e745f656432353531390051c6ac8451161ae5421131b921ea66260dd546fdd4c135f29aff78e047385935",
    response:
      "de8b841eb5be0856eccb5cd434704eadff7cb20ac7dc3c3002d6e5088a7f365411de03a9264a8c9633b84c1d5b0e010e14ac6aca9d0a358a170d81341de5b007",
  },
  {
    password: "pässwörd ✓",
    request:
      "fe636c69656e745f6564323535313900ed3f02d96d7a80fda3420772550c55f845896fa8e87b87adff6f940d4b4ffb11",
    response:
      "20053a0a27be35f650dd43d0a735f6affae8f416d5dccdada57ddc1d933de433639eb9901884b5295c1490f883104817c3548a10adb171d9f1c2c1f178d7b103",
  },
] as const;

const utf8 = new TextEncoder();

for (const { plugin, password, greeting, response, answer } of GREETED) {
  Deno.test(`${plugin}: the answer to a real server's nonce is the real client's (${password})`, () => {
    const { nonce, authPlugin } = decodeGreeting(bytes(greeting));
    const { authResponse } = decodeHandshakeResponse(bytes(response));
    assert.equal(authPlugin, plugin);
    assert.deepEqual(answer(utf8.encode(password), nonce), authResponse.slice());
  });
}

for (const { password, request, response } of SWITCHED) {
  Deno.test(`client_ed25519: the answer to a real server's nonce is the real client's (${password})`, () => {
    const { nonce, plugin } = decodeAuthSwitchRequest(bytes(request));
    assert.equal(plugin, CLIENT_ED25519);
    assert.deepEqual(clientEd25519Response(utf8.encode(password), nonce), bytes(response));
  });
}

Deno.test("Ed25519 signatures verify with node:crypto, for any seed and message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 100 }), (seed, message) => {
      const key = createPublicKey({
        key: { kty: "OKP", crv: "Ed25519", x: base64Url(ed25519PublicKey(seed)) },
        format: "jwk",
      });
      assert.ok(verify(null, message, key, signEd25519(seed, message)));
    }),
    { numRuns: 15 },
  );
});

Deno.test("an empty password is answered with nothing by every plugin that answers a nonce", () => {
  const nonce = new Uint8Array(20).fill(7);
  for (const answer of [nativePasswordResponse, cachingSha2Response, clientEd25519Response]) {
    assert.equal(answer(new Uint8Array(0), nonce).length, 0);
  }
});

Deno.test("a clear password ends in one NUL", () => {
  assert.deepEqual(clearPassword(utf8.encode("ab")), Uint8Array.of(0x61, 0x62, 0));
  assert.deepEqual(clearPassword(new Uint8Array(0)), Uint8Array.of(0));
});

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(
    { length: hex.length / 2 },
    (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );
}

function base64Url(value: Uint8Array): string {
  return btoa(String.fromCharCode(...value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
