import { ProtocolError } from "../../base/errors.ts";
import {
  CLIENT_CONNECT_ATTRS,
  CLIENT_CONNECT_WITH_DB,
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from "../capabilities.ts";
import { decodeLatin1, PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";

/** Connection attributes as they travel: pairs in their order, undecoded. */
export type ConnectAttributes = readonly (readonly [name: Uint8Array, value: Uint8Array])[];

/** The client's answer to the greeting ("Protocol::HandshakeResponse41"). */
export interface HandshakeResponse {
  readonly capabilities: number;
  /** MariaDB's extended capabilities; sent only by a client without CLIENT_LONG_PASSWORD. */
  readonly mariadbCapabilities: number;
  readonly maxPacketBytes: number;
  readonly collation: number;
  readonly user: Uint8Array;
  readonly authResponse: Uint8Array;
  /** Empty for none. */
  readonly schema: Uint8Array;
  /** Empty where the client lacks CLIENT_PLUGIN_AUTH. */
  readonly authPlugin: string;
  readonly attributes: ConnectAttributes;
  /** What followed the known fields, passed on unread: the zstd level where that is negotiated. */
  readonly trailer: Uint8Array;
}

/** Bytes of an SSLRequest, which is a handshake response cut off before the user name. */
export const SSL_REQUEST_BYTES = 32;

/** Parses a handshake response's payload; views point into it. */
export function decodeHandshakeResponse(payload: Uint8Array): HandshakeResponse {
  const reader = new PacketReader(payload);
  const capabilities = reader.readUint32();
  if (!hasCapability(capabilities, CLIENT_PROTOCOL_41)) {
    throw new ProtocolError("Cannot read the handshake response: the client lacks CLIENT_PROTOCOL_41");
  }
  const maxPacketBytes = reader.readUint32();
  const collation = reader.readUint8();
  reader.skip(19);
  const extension = reader.readUint32();
  const user = reader.readNulTerminatedBytes();
  const authResponse = readAuthResponse(reader, capabilities);
  const schema = hasCapability(capabilities, CLIENT_CONNECT_WITH_DB) && reader.remaining > 0
    ? reader.readNulTerminatedBytes()
    : new Uint8Array(0);
  const { authPlugin, attributes } = readLoginTail(reader, capabilities);
  return {
    capabilities,
    mariadbCapabilities: hasCapability(capabilities, CLIENT_LONG_PASSWORD) ? 0 : extension,
    maxPacketBytes,
    collation,
    user,
    authResponse,
    schema,
    authPlugin,
    attributes,
    trailer: reader.readRest(),
  };
}

/** Builds a handshake response's payload; which fields are written follows from `capabilities`. */
export function encodeHandshakeResponse(response: HandshakeResponse): Uint8Array {
  const { capabilities } = response;
  const writer = new PacketWriter(256);
  writeStart(writer, response);
  writer.writeNulTerminatedBytes(response.user);
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
    writer.writeLengthEncodedBytes(response.authResponse);
  } else if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) {
    if (response.authResponse.length > 255) {
      throw new ProtocolError(
        "Cannot write the handshake response: the auth response is longer than 255 bytes",
      );
    }
    writer.writeUint8(response.authResponse.length).writeBytes(response.authResponse);
  } else {
    writer.writeNulTerminatedBytes(response.authResponse);
  }
  if (hasCapability(capabilities, CLIENT_CONNECT_WITH_DB)) writer.writeNulTerminatedBytes(response.schema);
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) writer.writeText(response.authPlugin).writeUint8(0);
  if (hasCapability(capabilities, CLIENT_CONNECT_ATTRS)) {
    writer.writeLengthEncodedBytes(encodeConnectAttributes(response.attributes));
  }
  return writer.writeBytes(response.trailer).finish();
}

/** Builds the SSLRequest that precedes this handshake response; `capabilities` must hold CLIENT_SSL. */
export function encodeSslRequest(
  response: Pick<HandshakeResponse, "capabilities" | "mariadbCapabilities" | "maxPacketBytes" | "collation">,
): Uint8Array {
  const writer = new PacketWriter(SSL_REQUEST_BYTES);
  writeStart(writer, response);
  return writer.finish();
}

/**
 * Reads the plugin and the attributes that end a login, as leniently as servers do: old drivers put a NUL before the
 * plugin's name, leave out the one behind it, or send attributes that do not parse. A name without its NUL is none, and
 * so are attributes that cannot be read; nothing behind those can be read either.
 */
export function readLoginTail(
  reader: PacketReader,
  capabilities: number,
): Pick<HandshakeResponse, "authPlugin" | "attributes"> {
  const none: ConnectAttributes = [];
  let authPlugin = "";
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH) && reader.remaining > 0) {
    const name = readable(() => reader.readNulTerminatedBytes());
    if (name === undefined) {
      reader.readRest();
      return { authPlugin, attributes: none };
    }
    authPlugin = decodeLatin1(name);
  }
  if (!hasCapability(capabilities, CLIENT_CONNECT_ATTRS) || reader.remaining === 0) {
    return { authPlugin, attributes: none };
  }
  const attributes = readable(() => decodeConnectAttributes(reader.readLengthEncodedBytes()));
  if (attributes === undefined) reader.readRest();
  return { authPlugin, attributes: attributes ?? none };
}

/** What `read` gives; undefined where the packet has it not. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}

/** Parses the pairs of connection attributes. */
function decodeConnectAttributes(bytes: Uint8Array): ConnectAttributes {
  const reader = new PacketReader(bytes);
  const attributes: [Uint8Array, Uint8Array][] = [];
  while (reader.remaining > 0) {
    attributes.push([reader.readLengthEncodedBytes(), reader.readLengthEncodedBytes()]);
  }
  return attributes;
}

/** Builds the pairs of connection attributes, without their total length. */
export function encodeConnectAttributes(attributes: ConnectAttributes): Uint8Array {
  const writer = new PacketWriter();
  for (const [name, value] of attributes) writer.writeLengthEncodedBytes(name).writeLengthEncodedBytes(value);
  return writer.finish();
}

function writeStart(
  writer: PacketWriter,
  response: Pick<HandshakeResponse, "capabilities" | "mariadbCapabilities" | "maxPacketBytes" | "collation">,
): void {
  writer
    .writeUint32(response.capabilities)
    .writeUint32(response.maxPacketBytes)
    .writeUint8(response.collation)
    .writeZeros(19)
    .writeUint32(
      hasCapability(response.capabilities, CLIENT_LONG_PASSWORD) ? 0 : response.mariadbCapabilities,
    );
}

function readAuthResponse(reader: PacketReader, capabilities: number): Uint8Array {
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
    return reader.readLengthEncodedBytes();
  }
  if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) return reader.readBytes(reader.readUint8());
  return reader.readNulTerminatedBytes();
}
