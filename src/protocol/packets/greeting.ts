import { ProtocolError } from "../../base/errors.ts";
import {
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from "../capabilities.ts";
import { decodeLatin1, PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** The server's first packet, protocol version 10 ("Protocol::HandshakeV10"). */
export interface Greeting {
  readonly serverVersion: string;
  readonly connectionId: number;
  /** Challenge for the first authentication plugin, without its closing NUL; 20 bytes from every current server. */
  readonly nonce: Uint8Array;
  readonly capabilities: number;
  /** MariaDB's extended capabilities; 0 from MySQL. */
  readonly mariadbCapabilities: number;
  /** Low byte of the server's default collation. */
  readonly collation: number;
  readonly status: number;
  /** Empty where the server lacks CLIENT_PLUGIN_AUTH. */
  readonly authPlugin: string;
}

/** Type of the message that MySQL's X protocol greets with, where a greeting has its version. */
const X_NOTICE = 11;

/** Parses a greeting's payload; a protocol version other than 10 and short fields are a {@link ProtocolError}. */
export function decodeGreeting(payload: Uint8Array): Greeting {
  const reader = new PacketReader(payload);
  const version = reader.readUint8();
  if (version === X_NOTICE) {
    throw new ProtocolError(
      "Cannot read the greeting: this is MySQL's X protocol (port 33060), not the classic one",
    );
  }
  if (version !== 10) {
    throw new ProtocolError(`Cannot read the greeting: protocol version ${version} is not 10`);
  }
  const serverVersion = decodeLatin1(reader.readNulTerminatedBytes());
  const connectionId = reader.readUint32();
  const nonceStart = reader.readBytes(8);
  reader.skip(1);
  let capabilities = reader.readUint16();
  if (reader.remaining === 0) {
    return {
      serverVersion,
      connectionId,
      nonce: nonceStart.slice(),
      capabilities,
      mariadbCapabilities: 0,
      collation: 0,
      status: 0,
      authPlugin: "",
    };
  }
  const collation = reader.readUint8();
  const status = reader.readUint16();
  capabilities = (capabilities | (reader.readUint16() << 16)) >>> 0;
  const nonceLength = reader.readUint8();
  reader.skip(6);
  const extension = reader.readUint32();
  let nonceRest: Uint8Array = new Uint8Array(0);
  if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) {
    nonceRest = reader.readBytes(Math.min(Math.max(13, nonceLength - 8), reader.remaining));
    if (nonceRest.at(-1) === 0) nonceRest = nonceRest.subarray(0, -1);
  }
  let authPlugin = "";
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) {
    // Some old servers leave the closing NUL out (MySQL bug 59453).
    const name = reader.readRest();
    const end = name.indexOf(0);
    authPlugin = decodeLatin1(end < 0 ? name : name.subarray(0, end));
  }
  const nonce = new Uint8Array(nonceStart.length + nonceRest.length);
  nonce.set(nonceStart);
  nonce.set(nonceRest, nonceStart.length);
  return {
    serverVersion,
    connectionId,
    nonce,
    capabilities,
    mariadbCapabilities: hasCapability(capabilities, CLIENT_LONG_PASSWORD) ? 0 : extension,
    collation,
    status,
    authPlugin,
  };
}

/** Builds a greeting's payload. */
export function encodeGreeting(greeting: Greeting): Uint8Array {
  const writer = new PacketWriter(160)
    .writeUint8(10)
    .writeText(greeting.serverVersion)
    .writeUint8(0)
    .writeUint32(greeting.connectionId)
    .writeBytes(greeting.nonce.subarray(0, 8))
    .writeUint8(0)
    .writeUint16(greeting.capabilities & 0xffff)
    .writeUint8(greeting.collation)
    .writeUint16(greeting.status)
    .writeUint16(greeting.capabilities >>> 16)
    .writeUint8(hasCapability(greeting.capabilities, CLIENT_PLUGIN_AUTH) ? greeting.nonce.length + 1 : 0)
    .writeZeros(6)
    .writeUint32(
      hasCapability(greeting.capabilities, CLIENT_LONG_PASSWORD) ? 0 : greeting.mariadbCapabilities,
    );
  if (hasCapability(greeting.capabilities, CLIENT_SECURE_CONNECTION)) {
    const rest = greeting.nonce.subarray(8);
    writer.writeBytes(rest).writeZeros(Math.max(1, 13 - rest.length));
  }
  if (hasCapability(greeting.capabilities, CLIENT_PLUGIN_AUTH)) {
    writer.writeText(greeting.authPlugin).writeUint8(0);
  }
  return writer.finish();
}
