import { signEd25519 } from "./ed25519.ts";

/** MariaDB's plugin `ed25519`, by the name that goes over the wire. */
export const CLIENT_ED25519 = "client_ed25519";

/**
 * client_ed25519's answer to a nonce of 32 bytes: its Ed25519 signature, with the password in place of the 32-byte
 * seed. An empty password is answered with nothing.
 */
export function clientEd25519Response(password: Uint8Array, nonce: Uint8Array): Uint8Array {
  return password.length === 0 ? new Uint8Array(0) : signEd25519(password, nonce);
}
