import { createHash } from "node:crypto";

/** Default of MySQL since 8.0, and all that Vitess has. */
export const CACHING_SHA2_PASSWORD = "caching_sha2_password";

/** The server's word, after AuthMoreData's header, that its cache knew the password. */
export const CACHING_SHA2_FAST_OK = 0x03;
/** The server's word that it needs the password itself: in clear inside TLS, else sealed by RSA. */
export const CACHING_SHA2_FULL = 0x04;
/** The client's request for the server's RSA public key. */
export const CACHING_SHA2_REQUEST_KEY = 0x02;

/**
 * caching_sha2_password's first answer to a nonce of 20 bytes:
 * `SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce)`. An empty password is answered with nothing.
 */
export function cachingSha2Response(password: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (password.length === 0) return new Uint8Array(0);
  const once = sha256(password);
  const mask = sha256(sha256(once), nonce);
  return once.map((byte, index) => byte ^ (mask[index] as number));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
