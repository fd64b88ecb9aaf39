import {
  CLIENT_CONNECT_ATTRS,
  CLIENT_PLUGIN_AUTH,
  CLIENT_SECURE_CONNECTION,
  hasCapability,
} from "../capabilities.ts";
import { COM_CHANGE_USER } from "../commands.ts";
import { PacketReader } from "../packet_reader.ts";
import { PacketWriter } from "../packet_writer.ts";
import { type ConnectAttributes, encodeConnectAttributes, readLoginTail } from "./handshake_response.ts";

/** A new login on a running session ("COM_CHANGE_USER"). */
export interface ChangeUser {
  readonly user: Uint8Array;
  readonly authResponse: Uint8Array;
  /** Empty for none. */
  readonly schema: Uint8Array;
  /** Collation id; `undefined` where the packet ends before it. */
  readonly collation: number | undefined;
  readonly authPlugin: string;
  readonly attributes: ConnectAttributes;
}

/** Parses the payload of COM_CHANGE_USER, command byte included. */
export function decodeChangeUser(payload: Uint8Array, capabilities: number): ChangeUser {
  const reader = new PacketReader(payload, 1);
  const user = reader.readNulTerminatedBytes();
  const authResponse = hasCapability(capabilities, CLIENT_SECURE_CONNECTION)
    ? reader.readBytes(reader.readUint8())
    : reader.readNulTerminatedBytes();
  const schema = reader.readNulTerminatedBytes();
  const collation = reader.remaining >= 2 ? reader.readUint16() : undefined;
  return { user, authResponse, schema, collation, ...readLoginTail(reader, capabilities) };
}

/** Builds the payload of COM_CHANGE_USER, command byte included. */
export function encodeChangeUser(request: ChangeUser, capabilities: number): Uint8Array {
  const writer = new PacketWriter(256).writeUint8(COM_CHANGE_USER).writeNulTerminatedBytes(request.user);
  if (hasCapability(capabilities, CLIENT_SECURE_CONNECTION)) {
    writer.writeUint8(request.authResponse.length).writeBytes(request.authResponse);
  } else {
    writer.writeNulTerminatedBytes(request.authResponse);
  }
  writer.writeNulTerminatedBytes(request.schema);
  if (request.collation === undefined) return writer.finish();
  writer.writeUint16(request.collation);
  if (hasCapability(capabilities, CLIENT_PLUGIN_AUTH)) writer.writeText(request.authPlugin).writeUint8(0);
  if (hasCapability(capabilities, CLIENT_CONNECT_ATTRS)) {
    writer.writeLengthEncodedBytes(encodeConnectAttributes(request.attributes));
  }
  return writer.finish();
}
