import { Buffer } from "node:buffer";
import { constants, generateKeyPair, type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto";

/**
 * The RSA exchange of caching_sha2_password and sha256_password on a plaintext leg: the password with its closing NUL,
 * XORed with the nonce, sealed by RSA-OAEP with SHA-1 (MySQL internals, "caching_sha2_password information").
 */
export class RsaPasswordKey {
  readonly #privateKey: KeyObject;
  /** The public key as a server sends it: SPKI in PEM. */
  readonly publicKeyPem: Uint8Array;

  private constructor(privateKey: KeyObject, publicKeyPem: string) {
    this.#privateKey = privateKey;
    this.publicKeyPem = new TextEncoder().encode(publicKeyPem);
  }

  /** A key pair of 2048 bits, as servers make theirs; made off the main thread, which takes some 0.3 s. */
  static generate(): Promise<RsaPasswordKey> {
    return new Promise((resolve, reject) => {
      generateKeyPair("rsa", { modulusLength: 2048 }, (error, publicKey, privateKey) => {
        if (error !== null) return reject(error);
        resolve(new RsaPasswordKey(privateKey, publicKey.export({ type: "spki", format: "pem" }).toString()));
      });
    });
  }

  /**
   * The password, closing NUL included, in what a client sealed with this key and the nonce; `undefined` where it was
   * sealed with another key or does not end with a NUL.
   */
  open(sealed: Uint8Array, nonce: Uint8Array): Uint8Array | undefined {
    let password: Uint8Array;
    try {
      const options = { key: this.#privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" };
      password = xor(privateDecrypt(options, Buffer.from(sealed)), nonce);
    } catch {
      return undefined; // RSA says no more than that it does not open.
    }
    return password.at(-1) === 0 ? password : undefined;
  }
}

/** The password, closing NUL included, sealed with a server's public key and nonce. */
export function sealPassword(password: Uint8Array, nonce: Uint8Array, publicKeyPem: Uint8Array): Uint8Array {
  const key = new TextDecoder().decode(publicKeyPem);
  const options = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" };
  return new Uint8Array(publicEncrypt(options, Buffer.from(xor(password, nonce))));
}

function xor(bytes: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (nonce.length === 0) throw new RangeError("The nonce is empty");
  return Uint8Array.from(bytes, (byte, index) => byte ^ (nonce[index % nonce.length] as number));
}
