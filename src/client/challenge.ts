import { ProtocolError, QuerycopError } from "../base/errors.ts";
import {
  CACHING_SHA2_FAST_OK,
  CACHING_SHA2_FULL,
  CACHING_SHA2_PASSWORD,
  CACHING_SHA2_REQUEST_KEY,
  cachingSha2Response,
} from "../protocol/auth/caching_sha2_password.ts";
import { CLEAR_PASSWORD, clearPassword } from "../protocol/auth/clear_password.ts";
import { CLIENT_ED25519, clientEd25519Response } from "../protocol/auth/client_ed25519.ts";
import { NATIVE_PASSWORD, nativePasswordResponse } from "../protocol/auth/native_password.ts";
import { sealPassword } from "../protocol/auth/rsa_password.ts";
import { SHA256_PASSWORD, SHA256_REQUEST_KEY } from "../protocol/auth/sha256_password.ts";

/** Plugins whose answer to the greeting's nonce may stand in the first packet: none of them gives the password away. */
const HASHING: ReadonlySet<string> = new Set([NATIVE_PASSWORD, CACHING_SHA2_PASSWORD]);

/** The client's side of authentication, plugin by plugin. Makes payloads; sends nothing. */
export class Challenge {
  readonly #password: Uint8Array;
  readonly #secure: boolean;
  readonly #target: string;
  #plugin = "";
  #nonce: Uint8Array = new Uint8Array(0);
  #took = "";

  /** `secure`: the connection is inside TLS, so the password itself may be sent. */
  constructor(password: Uint8Array, secure: boolean, target: string) {
    this.#password = password;
    this.#secure = secure;
    this.#target = target;
  }

  /**
   * The plugin to name in the handshake response and its answer to the greeting's nonce. For a plugin that this client
   * does not answer there and then, another is named and the server asks to switch.
   */
  start(plugin: string, nonce: Uint8Array): { readonly plugin: string; readonly response: Uint8Array } {
    const named = HASHING.has(plugin) ? plugin : CACHING_SHA2_PASSWORD;
    return { plugin: named, response: this.switchTo(named, nonce) };
  }

  /** The answer to a plugin's nonce. Errors: `QuerycopError` where it cannot or must not be given. */
  switchTo(plugin: string, nonce: Uint8Array): Uint8Array {
    this.#plugin = plugin;
    this.#nonce = nonce;
    this.#took = "";
    switch (plugin) {
      case NATIVE_PASSWORD:
        return nativePasswordResponse(this.#password, nonce);
      case CACHING_SHA2_PASSWORD:
        return cachingSha2Response(this.#password, nonce);
      case CLIENT_ED25519:
        return clientEd25519Response(this.#password, nonce);
      case SHA256_PASSWORD:
        if (this.#secure || this.#password.length === 0) return clearPassword(this.#password);
        return Uint8Array.of(SHA256_REQUEST_KEY);
      case CLEAR_PASSWORD:
        if (this.#secure) return clearPassword(this.#password);
        throw this.#refusal("asks for the password in clear, and this connection has no TLS", "Turn TLS on");
      default:
        throw this.#refusal(
          `asks for the authentication plugin ${JSON.stringify(plugin)}, which querycop does not have`,
          `Use an account with ${CACHING_SHA2_PASSWORD} or ${NATIVE_PASSWORD}`,
        );
    }
  }

  /** The answer to AuthMoreData, `undefined` where none is due. `data` is without the packet's first byte. */
  moreData(data: Uint8Array): Uint8Array | undefined {
    const first = data[0];
    if (this.#plugin === CACHING_SHA2_PASSWORD && data.length === 1) {
      if (first === CACHING_SHA2_FAST_OK) {
        this.#took = "fast";
        return undefined;
      }
      if (first === CACHING_SHA2_FULL) {
        this.#took = this.#secure ? "full" : "full, RSA";
        return this.#secure ? clearPassword(this.#password) : Uint8Array.of(CACHING_SHA2_REQUEST_KEY);
      }
    }
    const takesKey = this.#plugin === CACHING_SHA2_PASSWORD || this.#plugin === SHA256_PASSWORD;
    // Sealing for whoever asks is no secret kept from a man in the middle; in TLS nobody has reason to ask.
    if (takesKey && !this.#secure && first === 0x2d) {
      if (this.#plugin === SHA256_PASSWORD) this.#took = "RSA";
      return this.#seal(data);
    }
    throw new ProtocolError(`${this.#target} sends data that ${this.#plugin} has no use for`);
  }

  /** The plugin, and in brackets what it took. */
  describe(): string {
    return this.#took === "" ? this.#plugin : `${this.#plugin} (${this.#took})`;
  }

  #seal(publicKeyPem: Uint8Array): Uint8Array {
    try {
      return sealPassword(clearPassword(this.#password), this.#nonce, publicKeyPem);
    } catch (cause) {
      throw new ProtocolError(`${this.#target} sends an RSA public key that cannot be read`, { cause });
    }
  }

  #refusal(detail: string, hint: string): QuerycopError {
    return new QuerycopError("login.plugin", `${this.#target} ${detail}`, { hint });
  }
}
