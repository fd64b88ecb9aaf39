/** Logins of old drivers that servers take although they are not as the protocol's description has them. */
import assert from "node:assert/strict";
import * as capability from "../../src/protocol/capabilities.ts";
import { COM_CHANGE_USER } from "../../src/protocol/commands.ts";
import { ProtocolError } from "../../src/base/errors.ts";
import { PacketWriter } from "../../src/protocol/packet_writer.ts";
import { decodeChangeUser } from "../../src/protocol/packets/change_user.ts";
import { decodeHandshakeResponse } from "../../src/protocol/packets/handshake_response.ts";
import { decodeOk } from "../../src/protocol/packets/ok.ts";

const FLAGS = capability.CLIENT_PROTOCOL_41 | capability.CLIENT_SECURE_CONNECTION |
  capability.CLIENT_PLUGIN_AUTH | capability.CLIENT_CONNECT_ATTRS | capability.CLIENT_LONG_PASSWORD;
const encoder = new TextEncoder();
const PLUGIN = encoder.encode("mysql_native_password\0");
/** `a` with the value `b`. */
const ATTRIBUTES = Uint8Array.of(4, 1, 0x61, 1, 0x62);

/** What may end a login, and what is read of it. */
const TAILS: readonly {
  readonly name: string;
  readonly bytes: readonly Uint8Array[];
  readonly authPlugin: string;
  readonly attributes: number;
}[] = [
  { name: "as described", bytes: [PLUGIN, ATTRIBUTES], authPlugin: "mysql_native_password", attributes: 1 },
  {
    name: "a NUL before the plugin, as Connector/J 5.1 has it without a schema",
    bytes: [Uint8Array.of(0), PLUGIN, ATTRIBUTES],
    authPlugin: "",
    attributes: 0,
  },
  { name: "a plugin without its NUL", bytes: [PLUGIN.subarray(0, -1)], authPlugin: "", attributes: 0 },
  {
    name: "a key without a value",
    bytes: [PLUGIN, Uint8Array.of(2, 1, 0x61)],
    authPlugin: "mysql_native_password",
    attributes: 0,
  },
  {
    name: "attributes longer than the packet",
    bytes: [PLUGIN, Uint8Array.of(200, 1, 0x61)],
    authPlugin: "mysql_native_password",
    attributes: 0,
  },
  {
    name: "a length that starts none",
    bytes: [PLUGIN, Uint8Array.of(0xfb)],
    authPlugin: "mysql_native_password",
    attributes: 0,
  },
  { name: "nothing", bytes: [], authPlugin: "", attributes: 0 },
];

for (const { name, bytes, authPlugin, attributes } of TAILS) {
  Deno.test(`a login, and a change of user, that end in ${name} are read as servers read them`, () => {
    const handshake = new PacketWriter().writeUint32(FLAGS).writeUint32(1 << 24).writeUint8(45).writeZeros(23)
      .writeNulTerminatedBytes(encoder.encode("app")).writeUint8(0);
    const change = new PacketWriter().writeUint8(COM_CHANGE_USER)
      .writeNulTerminatedBytes(encoder.encode("app")).writeUint8(0).writeUint8(0).writeUint16(45);
    for (const part of bytes) {
      handshake.writeBytes(part);
      change.writeBytes(part);
    }
    const logins = [decodeHandshakeResponse(handshake.finish()), decodeChangeUser(change.finish(), FLAGS)];
    for (const login of logins) {
      assert.equal(new TextDecoder().decode(login.user), "app");
      assert.equal(login.authPlugin, authPlugin);
      assert.equal(login.attributes.length, attributes);
    }
  });
}

Deno.test("user, auth response and schema stay strict", () => {
  const start = () =>
    new PacketWriter().writeUint32(FLAGS).writeUint32(1 << 24).writeUint8(45).writeZeros(23);
  const noNul = start().writeText("app").finish();
  const longAuth = start().writeText("app").writeUint8(0).writeUint8(20).writeText("x").finish();
  for (const payload of [noNul, longAuth]) {
    assert.throws(() => decodeHandshakeResponse(payload), ProtocolError);
  }
});

Deno.test("an OK packet whose affected rows and insert id are past 2^53 is read, without their last digits", () => {
  const eight = Uint8Array.of(0xfe, 1, 0, 0, 0, 0, 0, 0, 0x80);
  const payload = new PacketWriter().writeUint8(0).writeBytes(eight).writeBytes(eight).writeUint16(2)
    .writeUint16(0).finish();
  const { affectedRows, lastInsertId, status } = decodeOk(payload, 0);
  assert.deepEqual([affectedRows, lastInsertId, status], [2 ** 63, 2 ** 63, 2]);
});
