import { ER_ACCESS_DENIED_ERROR } from "../protocol/error_codes.ts";
import {
  AUTH_MORE_DATA_HEADER,
  AUTH_NEXT_FACTOR_HEADER,
  AUTH_SWITCH_HEADER,
  decodeAuthSwitchRequest,
  encodeAuthSwitchRequest,
} from "../protocol/packets/auth_switch_request.ts";
import { encodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import { OK_HEADER } from "../protocol/packets/ok.ts";

/** The RSA side of an authentication whose legs differ. Passwords are with their closing NUL. */
export interface PasswordSealer {
  /** The key that clients on a plaintext leg seal their password with. */
  readonly publicKeyPem: Uint8Array;
  /** The password in what a client sealed with our key and the nonce; `undefined` where it does not open. */
  open(sealed: Uint8Array, nonce: Uint8Array): Uint8Array | undefined;
  /** The password sealed with a server's key and the nonce. */
  seal(password: Uint8Array, nonce: Uint8Array, publicKeyPem: Uint8Array): Uint8Array;
}

/** One payload for one leg. */
export interface AuthMessage {
  readonly to: "client" | "backend";
  readonly payload: Uint8Array;
}

export interface AuthRelayOptions {
  readonly clientSecure: boolean;
  readonly backendSecure: boolean;
  /**
   * The client is MySQL's own library. Without TLS it does not ask for a key in caching_sha2_password unless it is
   * told to (--get-server-public-key), and gives up with 2061; in sha256_password it asks by itself.
   */
  readonly clientIsLibmysql: boolean;
  readonly sealer: PasswordSealer;
}

const CACHING_SHA2 = "caching_sha2_password";
const SHA256 = "sha256_password";
const CLEAR = "mysql_clear_password";
const FAST_AUTHENTICATION_OK = 0x03;
const FULL_AUTHENTICATION = 0x04;
const CACHING_SHA2_KEY_REQUEST = 0x02;
const SHA256_KEY_REQUEST = 0x01;

/**
 * Relays an authentication between two legs, payload by payload, and keeps nothing of it.
 *
 * Where both legs are alike every payload passes unchanged, whatever the plugin. Where one has TLS and the other has
 * none, caching_sha2_password and sha256_password say different things on each, and the relay speaks for the other
 * side: it gives a client without TLS a key of its own and sends the opened password through the backend's TLS, which
 * is all that Vitess accepts; and the reverse. A server with TLS takes the client's request for a key as a password.
 */
export class AuthRelay {
  readonly #options: AuthRelayOptions;
  #plugin: string;
  #nonce: Uint8Array;
  /** A password that waits for the backend's public key. */
  #password: Uint8Array | undefined;
  /** The plugin the client is in; the backend's but for a libmysql without TLS, see {@link AuthRelayOptions}. */
  #clientPlugin: string;
  /** The client has switched plugins once, which is as often as libmysql does. */
  #hasSwitched = false;
  /** The client was given our key, or a challenge whose answer is a password. */
  #expectsPassword = false;
  #outcome: "ok" | "error" | undefined;
  /** Payloads that the client was sent and has not answered. */
  #asked = 0;

  constructor(plugin: string, nonce: Uint8Array, options: AuthRelayOptions) {
    this.#plugin = plugin;
    this.#clientPlugin = plugin;
    this.#nonce = nonce;
    this.#options = options;
  }

  /** How the authentication ended; `undefined` while it goes on. */
  get outcome(): "ok" | "error" | undefined {
    return this.#outcome;
  }

  get plugin(): string {
    return this.#plugin;
  }

  /**
   * What the backend is told in place of the auth response that came with the client's handshake response or
   * COM_CHANGE_USER. `undefined`: send `messages` to the client and give its next payload to {@link openInitial}.
   */
  initial(
    authResponse: Uint8Array,
  ): { readonly authResponse: Uint8Array | undefined; readonly messages: AuthMessage[] } {
    const { clientSecure, backendSecure, sealer } = this.#options;
    if (this.#plugin === CLEAR && clientSecure && !backendSecure) {
      return { authResponse: undefined, messages: this.#refuseClear() };
    }
    if (this.#plugin !== SHA256 || clientSecure === backendSecure || authResponse.length === 0) {
      return { authResponse, messages: [] };
    }
    if (backendSecure) {
      if (authResponse.length !== 1 || authResponse[0] !== SHA256_KEY_REQUEST) {
        return { authResponse, messages: [] };
      }
      return {
        authResponse: undefined,
        messages: [{ to: "client", payload: withHeader(sealer.publicKeyPem) }],
      };
    }
    this.#password = authResponse.slice();
    return { authResponse: Uint8Array.of(SHA256_KEY_REQUEST), messages: [] };
  }

  /** The auth response in the client's answer to our key; `undefined` with `messages` for the client on failure. */
  openInitial(
    sealed: Uint8Array,
  ): { readonly authResponse: Uint8Array | undefined; readonly messages: AuthMessage[] } {
    const authResponse = this.#options.sealer.open(sealed, this.#nonce);
    return { authResponse, messages: authResponse === undefined ? this.#refuseSealed() : [] };
  }

  /**
   * Whether the client has something to answer. What it sends before is no part of the login: it stays where it is and
   * is a command when the login is over.
   */
  get awaitsClient(): boolean {
    return this.#asked > 0;
  }

  /** What follows from a payload of the backend. */
  fromBackend(payload: Uint8Array): AuthMessage[] {
    return this.#count(this.#followBackend(payload));
  }

  /** What follows from a payload of the client. */
  fromClient(payload: Uint8Array): AuthMessage[] {
    this.#asked--;
    return this.#count(this.#followClient(payload));
  }

  /** Takes note of what the client is asked; that its fast authentication went well asks for nothing. */
  #count(messages: AuthMessage[]): AuthMessage[] {
    for (const { to, payload } of messages) {
      const isNews = payload[0] === AUTH_MORE_DATA_HEADER && payload[1] === FAST_AUTHENTICATION_OK &&
        payload.length === 2;
      if (to === "client" && !isNews) this.#asked++;
    }
    return messages;
  }

  #followBackend(payload: Uint8Array): AuthMessage[] {
    const pass: AuthMessage[] = [{ to: "client", payload }];
    switch (payload[0]) {
      case OK_HEADER:
        this.#outcome = "ok";
        return pass;
      case ERR_HEADER:
        this.#outcome = "error";
        return pass;
      case AUTH_SWITCH_HEADER:
      case AUTH_NEXT_FACTOR_HEADER:
        return this.#switched(payload, pass);
      case AUTH_MORE_DATA_HEADER:
        return this.#moreData(payload, pass);
      default:
        return pass;
    }
  }

  #followClient(payload: Uint8Array): AuthMessage[] {
    const { clientSecure, backendSecure, sealer } = this.#options;
    const pass: AuthMessage[] = [{ to: "backend", payload }];
    if (!this.#expectsPassword || clientSecure === backendSecure) return pass;
    if (backendSecure) {
      const request = this.#clientPlugin === SHA256 ? SHA256_KEY_REQUEST : CACHING_SHA2_KEY_REQUEST;
      if (payload.length === 1 && payload[0] === request) {
        return [{ to: "client", payload: withHeader(sealer.publicKeyPem) }];
      }
      this.#expectsPassword = false;
      // A password in clear over a plaintext leg is the client's own choice: drivers do it on request.
      if (payload.length < 128) return pass;
      const password = sealer.open(payload, this.#nonce);
      return password === undefined ? this.#refuseSealed() : [{ to: "backend", payload: password }];
    }
    this.#expectsPassword = false;
    this.#password = payload.slice();
    payload.fill(0);
    const request = this.#plugin === SHA256 ? SHA256_KEY_REQUEST : CACHING_SHA2_KEY_REQUEST;
    return [{ to: "backend", payload: Uint8Array.of(request) }];
  }

  #switched(payload: Uint8Array, pass: AuthMessage[]): AuthMessage[] {
    const request = decodeAuthSwitchRequest(payload);
    this.#plugin = request.plugin;
    this.#clientPlugin = request.plugin;
    this.#hasSwitched = true;
    this.#nonce = request.nonce;
    const { clientSecure, backendSecure } = this.#options;
    if (request.plugin === CLEAR && clientSecure && !backendSecure) return this.#refuseClear();
    this.#expectsPassword = request.plugin === SHA256;
    return pass;
  }

  #moreData(payload: Uint8Array, pass: AuthMessage[]): AuthMessage[] {
    const { clientSecure, backendSecure, clientIsLibmysql, sealer } = this.#options;
    if (this.#password !== undefined && !backendSecure) {
      const sealed = sealer.seal(this.#password, this.#nonce, payload.subarray(1));
      this.#password.fill(0);
      this.#password = undefined;
      return [{ to: "backend", payload: sealed }];
    }
    if (
      this.#plugin === CACHING_SHA2 && payload[1] === FULL_AUTHENTICATION && clientSecure !== backendSecure
    ) {
      this.#expectsPassword = true;
      if (!clientSecure && clientIsLibmysql && !this.#hasSwitched) return this.#switchToSha256();
    }
    return pass;
  }

  /** In place of the backend's call for full authentication: the plugin in which the client asks us for our key. */
  #switchToSha256(): AuthMessage[] {
    this.#clientPlugin = SHA256;
    this.#hasSwitched = true;
    return [{ to: "client", payload: encodeAuthSwitchRequest({ plugin: SHA256, nonce: this.#nonce }) }];
  }

  #refuseSealed(): AuthMessage[] {
    return this.#refuse(
      "querycop: cannot open the password, since the client sealed it with another key; unset the client's server " +
        "public key, or give querycop a certificate (GATEKEEPER_PROXY_TLS_CERT) and let the client use TLS",
    );
  }

  #refuseClear(): AuthMessage[] {
    return this.#refuse(
      "querycop: will not pass a clear-text password on to a backend without TLS; set " +
        "GATEKEEPER_BACKEND_TLS_MODE=verify-full",
    );
  }

  #refuse(message: string): AuthMessage[] {
    this.#outcome = "error";
    const { errno, sqlState } = ER_ACCESS_DENIED_ERROR;
    return [{ to: "client", payload: encodeErr(errno, sqlState, message) }];
  }
}

function withHeader(data: Uint8Array): Uint8Array {
  const payload = new Uint8Array(data.length + 1);
  payload[0] = AUTH_MORE_DATA_HEADER;
  payload.set(data, 1);
  return payload;
}
