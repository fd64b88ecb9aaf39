import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/base/errors.ts";
import * as capability from "../../src/protocol/capabilities.ts";
import { decodeChangeUser, encodeChangeUser } from "../../src/protocol/packets/change_user.ts";
import { decodeErr, encodeErr } from "../../src/protocol/packets/err.ts";
import { decodeGreeting, encodeGreeting } from "../../src/protocol/packets/greeting.ts";
import {
  decodeHandshakeResponse,
  encodeHandshakeResponse,
  encodeSslRequest,
  SSL_REQUEST_BYTES,
} from "../../src/protocol/packets/handshake_response.ts";
import { decodeOk } from "../../src/protocol/packets/ok.ts";
import { queryTextOffset } from "../../src/protocol/packets/query.ts";
import { PacketWriter } from "../../src/protocol/packet_writer.ts";

const bytes = (max: number) => fc.uint8Array({ maxLength: max });
const noNul = (max: number) => bytes(max).map((value) => value.map((byte) => byte === 0 ? 1 : byte));
const attributes = fc.array(fc.tuple(bytes(300), bytes(300)), { maxLength: 5 });
const optional = (flags: readonly number[]) =>
  fc.subarray([...flags]).map((chosen) =>
    chosen.reduce((all, flag) => all | flag, capability.CLIENT_PROTOCOL_41)
  );

/** Every payload cut short, and random bytes, may give a packet or a ProtocolError and nothing else. */
function onlyProtocolErrors(decode: (payload: Uint8Array) => unknown, payload: Uint8Array): void {
  for (let length = 0; length <= payload.length; length++) {
    try {
      decode(payload.subarray(0, length));
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }
}

Deno.test("a greeting comes back from its bytes, whatever of it the server has", () => {
  const flags = optional([
    capability.CLIENT_PLUGIN_AUTH,
    capability.CLIENT_LONG_PASSWORD,
    capability.CLIENT_SSL,
  ])
    .map((chosen) => (chosen | capability.CLIENT_SECURE_CONNECTION) >>> 0);
  fc.assert(fc.property(flags, fc.nat(0xffffffff), (capabilities, connectionId) => {
    const greeting = {
      serverVersion: "8.0.40-Vitess",
      connectionId,
      nonce: new Uint8Array(20).fill(0x41),
      capabilities,
      mariadbCapabilities: capabilities & capability.CLIENT_LONG_PASSWORD ? 0 : 0x1d,
      collation: 255,
      status: 2,
      authPlugin: capabilities & capability.CLIENT_PLUGIN_AUTH ? "caching_sha2_password" : "",
    };
    const payload = encodeGreeting(greeting);
    assert.deepEqual(decodeGreeting(payload), greeting);
    onlyProtocolErrors(decodeGreeting, payload);
  }));
});

Deno.test("a handshake response comes back from its bytes for every layout its flags choose", () => {
  const flags = optional([
    capability.CLIENT_SECURE_CONNECTION,
    capability.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA,
    capability.CLIENT_CONNECT_WITH_DB,
    capability.CLIENT_PLUGIN_AUTH,
    capability.CLIENT_CONNECT_ATTRS,
  ]);
  fc.assert(
    fc.property(
      flags,
      noNul(32),
      noNul(255),
      noNul(64),
      attributes,
      (capabilities, user, auth, schema, pairs) => {
        const response = {
          capabilities,
          mariadbCapabilities: 4,
          maxPacketBytes: 0x1000000,
          collation: 45,
          user,
          authResponse: auth,
          schema: capabilities & capability.CLIENT_CONNECT_WITH_DB ? schema : new Uint8Array(0),
          authPlugin: capabilities & capability.CLIENT_PLUGIN_AUTH ? "mysql_native_password" : "",
          attributes: capabilities & capability.CLIENT_CONNECT_ATTRS ? pairs : [],
          trailer: new Uint8Array(0),
        };
        const payload = encodeHandshakeResponse(response);
        assert.deepEqual(decodeHandshakeResponse(payload), response);
        assert.deepEqual(payload.subarray(0, SSL_REQUEST_BYTES), encodeSslRequest(response));
        onlyProtocolErrors(decodeHandshakeResponse, payload);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("COM_CHANGE_USER comes back from its bytes", () => {
  const flags = capability.CLIENT_SECURE_CONNECTION | capability.CLIENT_PLUGIN_AUTH |
    capability.CLIENT_CONNECT_ATTRS;
  fc.assert(
    fc.property(noNul(32), bytes(32), noNul(64), attributes, (user, authResponse, schema, pairs) => {
      const request = { user, authResponse, schema, collation: 45, authPlugin: "p", attributes: pairs };
      const payload = encodeChangeUser(request, flags);
      assert.deepEqual(decodeChangeUser(payload, flags), request);
      onlyProtocolErrors((cut) => decodeChangeUser(cut, flags), payload);
    }),
    { numRuns: 60 },
  );
});

Deno.test("an ERR packet keeps number, state and text, and reads the one without a state before the greeting", () => {
  const payload = encodeErr(1227, "42000", "querycop: blocked é");
  assert.deepEqual(decodeErr(payload), { errno: 1227, sqlState: "42000", message: "querycop: blocked é" });
  const early = encodeErr(1040, undefined, "Too many connections");
  assert.deepEqual(Array.from(early.subarray(0, 5)), [0xff, 0x10, 0x04, 0x54, 0x6f]);
  assert.deepEqual(decodeErr(early), { errno: 1040, sqlState: "HY000", message: "Too many connections" });
});

Deno.test("an OK packet gives status, and the variables and schema that session tracking reports", () => {
  const variable = new PacketWriter().writeLengthEncodedInteger(8).writeText("sql_mode")
    .writeLengthEncodedInteger(11).writeText("ANSI_QUOTES").finish();
  const schema = new PacketWriter().writeLengthEncodedInteger(4).writeText("shop").finish();
  const tracked = new PacketWriter().writeUint8(0).writeLengthEncodedBytes(variable).writeUint8(1)
    .writeLengthEncodedBytes(schema).finish();
  const payload = new PacketWriter().writeUint8(0).writeUint8(3).writeUint8(0).writeUint16(0x4002)
    .writeUint16(1)
    .writeLengthEncodedInteger(0).writeLengthEncodedBytes(tracked).finish();
  const decode = (cut: Uint8Array) => decodeOk(cut, capability.CLIENT_SESSION_TRACK);
  assert.deepEqual(decode(payload), {
    affectedRows: 3,
    lastInsertId: 0,
    status: 0x4002,
    warnings: 1,
    tracked: [{ kind: "variable", name: "sql_mode", value: "ANSI_QUOTES" }, { kind: "schema", name: "shop" }],
  });
  onlyProtocolErrors(decode, payload);
});

Deno.test("queryTextOffset() finds the text behind query attributes of every type", () => {
  // The manual's own example: one attribute a='1' before the text.
  const manual = new PacketWriter().writeBytes(
    Uint8Array.of(0x03, 0x01, 0x01, 0x00, 0x01, 0xfe, 0x00, 0x01, 0x61, 0x01, 0x31),
  ).writeText("select @@version").finish();
  assert.equal(new TextDecoder().decode(manual.subarray(queryTextOffset(manual))), "select @@version");
  assert.equal(queryTextOffset(Uint8Array.of(3, 0, 1, 0x53)), 3);
  const value = fc.constantFrom<[number, number[]]>(
    [0x01, [1]],
    [0x02, [1, 2]],
    [0x03, [1, 2, 3, 4]],
    [0x05, [1, 2, 3, 4, 5, 6, 7, 8]],
    [0x08, [1, 2, 3, 4, 5, 6, 7, 8]],
    [0x0c, [4, 1, 2, 3, 4]],
    [0x0b, [0]],
    [0xfd, [3, 0x3b, 0x53, 0x45]],
    [0xf6, [1, 0x31]],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(value, fc.boolean()), { minLength: 1, maxLength: 20 }), (values) => {
      const writer = new PacketWriter().writeUint8(3).writeLengthEncodedInteger(values.length).writeUint8(1);
      const nulls = new Uint8Array((values.length + 7) >> 3);
      values.forEach(([, isNull], index) => {
        if (isNull) nulls[index >> 3] = (nulls[index >> 3] as number) | (1 << (index & 7));
      });
      writer.writeBytes(nulls).writeUint8(1);
      for (const [[type]] of values) writer.writeUint16(type).writeLengthEncodedInteger(1).writeText("n");
      for (const [[, data], isNull] of values) if (!isNull) writer.writeBytes(Uint8Array.from(data));
      const payload = writer.writeText("SELECT 1").finish();
      assert.equal(new TextDecoder().decode(payload.subarray(queryTextOffset(payload))), "SELECT 1");
      onlyProtocolErrors(queryTextOffset, payload);
    }),
  );
});

Deno.test("random bytes give a packet or a ProtocolError from every decoder", () => {
  fc.assert(
    fc.property(bytes(200), (payload) => {
      for (
        const decode of [
          decodeGreeting,
          decodeHandshakeResponse,
          queryTextOffset,
          (cut: Uint8Array) => decodeOk(cut, -1),
        ]
      ) {
        onlyProtocolErrors(decode, payload);
      }
      if (payload.length >= 3) {
        decodeErr(payload);
      }
    }),
    { numRuns: 200 },
  );
});
