import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/base/errors.ts";
import {
  encodePackets,
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  readPayloadLength,
} from "../../src/protocol/framing.ts";
import { PacketReader } from "../../src/protocol/packet_reader.ts";
import { PacketWriter } from "../../src/protocol/packet_writer.ts";

const EDGES = [
  0,
  1,
  0xfa,
  0xfb,
  0xfc,
  0xff,
  0x100,
  0xffff,
  0x10000,
  0xffffff,
  0x1000000,
  2 ** 32,
  2 ** 53 - 1,
];

Deno.test("length-encoded integers come back from the bytes they were written to, at every edge", () => {
  const integer = fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
  fc.assert(fc.property(integer, (value) => {
    const bytes = new PacketWriter().writeLengthEncodedInteger(value).finish();
    const reader = new PacketReader(bytes);
    assert.equal(reader.readLengthEncodedInteger(), value);
    assert.equal(reader.remaining, 0);
  }));
});

Deno.test("length-encoded integers one byte short are a ProtocolError", () => {
  for (const value of EDGES) {
    const bytes = new PacketWriter().writeLengthEncodedInteger(value).finish();
    assert.throws(() => new PacketReader(bytes.subarray(0, -1)).readLengthEncodedInteger(), ProtocolError);
  }
});

Deno.test("bytes that start no length, and lengths past 2^53, are a ProtocolError", () => {
  for (const bytes of [[0xfb], [0xff], [0xfe, 0, 0, 0, 0, 0, 0, 0x20, 0]]) {
    assert.throws(() => new PacketReader(Uint8Array.from(bytes)).readLengthEncodedInteger(), ProtocolError);
  }
});

Deno.test("a declared length past the packet's end is a ProtocolError and allocates nothing", () => {
  const bytes = new PacketWriter().writeLengthEncodedInteger(2 ** 40).finish();
  assert.throws(() => new PacketReader(bytes).readLengthEncodedBytes(), ProtocolError);
  assert.throws(() => new PacketReader(Uint8Array.of(1, 2)).readNulTerminatedBytes(), ProtocolError);
});

Deno.test("encodePackets() splits at 16 MB and ends an exact multiple with an empty packet", () => {
  for (const length of [0, 1, MAX_PAYLOAD_BYTES - 1, MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES + 1]) {
    const payload = new Uint8Array(length).fill(7);
    const bytes = encodePackets(254, payload);
    let at = 0;
    let total = 0;
    let sequence = 254;
    for (;;) {
      const size = readPayloadLength(bytes, at);
      assert.equal(bytes[at + 3], sequence++ & 0xff);
      at += HEADER_BYTES + size;
      total += size;
      if (size < MAX_PAYLOAD_BYTES) break;
    }
    assert.equal(at, bytes.length);
    assert.equal(total, length);
  }
});
