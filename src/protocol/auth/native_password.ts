import { createHash } from "node:crypto";

/** Default of MariaDB and of MySQL before 8.0. */
export const NATIVE_PASSWORD = "mysql_native_password";

/**
 * mysql_native_password's answer to a nonce of 20 bytes: `SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password)))`.
 * An empty password is answered with nothing.
 */
export function nativePasswordResponse(password: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (password.length === 0) return new Uint8Array(0);
  const once = sha1(password);
  const mask = sha1(nonce, sha1(once));
  return once.map((byte, index) => byte ^ (mask[index] as number));
}

function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
