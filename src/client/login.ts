import { ProtocolError, ServerError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { VERSION } from "../base/version.ts";
import { CLIENT_SSL } from "../protocol/capabilities.ts";
import {
  AUTH_MORE_DATA_HEADER,
  AUTH_NEXT_FACTOR_HEADER,
  AUTH_SWITCH_HEADER,
  decodeAuthSwitchRequest,
} from "../protocol/packets/auth_switch_request.ts";
import { decodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import type { Greeting } from "../protocol/packets/greeting.ts";
import { encodeHandshakeResponse } from "../protocol/packets/handshake_response.ts";
import { OK_HEADER } from "../protocol/packets/ok.ts";
import { CLIENT_CAPABILITIES, COLLATION, MAX_PACKET_BYTES } from "./capabilities.ts";
import type { PacketChannel } from "./channel.ts";
import { Challenge } from "./challenge.ts";

/** Who logs in. */
export interface Credentials {
  readonly user: string;
  /** Left out for an account without one. */
  readonly password?: Secret | undefined;
  readonly schema?: string | undefined;
  /** Added to the connection attributes that every login sends. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** What a login settled. */
export interface Session {
  /** Capabilities that both sides have. */
  readonly capabilities: number;
  /** The plugin that decided, and what it took: `caching_sha2_password (fast)`, `... (full)`. */
  readonly authentication: string;
}

/** Rounds of authentication after which a server is given up. Real ones need three. */
const MAX_ROUNDS = 10;

/** Logs in with whatever plugin the server asks for. */
export async function logIn(
  channel: PacketChannel,
  greeting: Greeting,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Session> {
  const secure = channel.stream.tls !== undefined;
  const wanted = secure ? CLIENT_CAPABILITIES | CLIENT_SSL : CLIENT_CAPABILITIES;
  const capabilities = (wanted & greeting.capabilities) >>> 0;
  const password = encoder.encode(credentials.password?.reveal() ?? "");
  const challenge = new Challenge(password, secure, channel.target);
  const first = challenge.start(greeting.authPlugin, greeting.nonce);
  await channel.write(
    encodeHandshakeResponse({
      capabilities,
      mariadbCapabilities: 0,
      maxPacketBytes: MAX_PACKET_BYTES,
      collation: COLLATION,
      user: encoder.encode(credentials.user),
      authResponse: first.response,
      schema: encoder.encode(credentials.schema ?? ""),
      authPlugin: first.plugin,
      attributes: Object.entries({ ...ATTRIBUTES, ...credentials.attributes })
        .map(([name, value]) => [encoder.encode(name), encoder.encode(value)]),
      trailer: new Uint8Array(0),
    }),
    signal,
  );
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const payload = await channel.read(signal);
    switch (payload[0]) {
      case OK_HEADER:
        return { capabilities, authentication: challenge.describe() };
      case ERR_HEADER: {
        const { errno, sqlState, message } = decodeErr(payload);
        throw new ServerError(errno, sqlState, message);
      }
      case AUTH_SWITCH_HEADER: {
        const { plugin, nonce } = decodeAuthSwitchRequest(payload);
        await channel.write(challenge.switchTo(plugin, nonce), signal);
        break;
      }
      case AUTH_MORE_DATA_HEADER: {
        const answer = challenge.moreData(payload.subarray(1));
        if (answer !== undefined) await channel.write(answer, signal);
        break;
      }
      case AUTH_NEXT_FACTOR_HEADER:
        throw new ProtocolError(
          `${channel.target} asks for a second factor, which this client does not have`,
        );
      default:
        throw new ProtocolError(
          `${channel.target} answers the login with packet type ${payload[0] ?? "(empty)"}`,
        );
    }
  }
  throw new ProtocolError(`${channel.target} asks for authentication without end`);
}

const encoder = new TextEncoder();

/** What the server shows of a login in performance_schema.session_connect_attrs. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  _client_name: "querycop",
  _client_version: VERSION,
  _os: Deno.build.os,
  _platform: Deno.build.arch,
  program_name: "querycop",
};
