import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/base/errors.ts";
import { decodeProxyHeader, MAX_PROXY_HEADER_BYTES } from "../../src/net/proxy_header.ts";
import { readProxyHeader } from "../../src/net/read_proxy_header.ts";
import type { Stream } from "../../src/net/stream.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

function v1(line: string): Uint8Array {
  return new TextEncoder().encode(line);
}

/** A version 2 header: version and command, family and transport, then what its length counts. */
function v2(command: number, family: number, body: readonly number[]): Uint8Array {
  return Uint8Array.of(...SIGNATURE, command, family, body.length >> 8, body.length & 0xff, ...body);
}

const IPV4_BODY = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0x0c, 0xea];
const IPV6_BODY = [
  ...[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  ...[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  ...[0xdc, 0x04, 0x0c, 0xea],
];
const TLV = [0x04, 0x00, 0x02, 0xaa, 0xbb];

const GOOD: readonly (readonly [name: string, header: Uint8Array, client: string | undefined])[] = [
  ["TCP4", v1("PROXY TCP4 192.0.2.7 198.51.100.1 56324 3306\r\n"), "192.0.2.7 56324"],
  ["TCP6", v1("PROXY TCP6 2001:DB8::1 2001:db8::2 56324 3306\r\n"), "2001:db8::1 56324"],
  ["UNKNOWN", v1("PROXY UNKNOWN\r\n"), undefined],
  ["UNKNOWN with words", v1("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), undefined],
  ["v2 TCP over IPv4", v2(0x21, 0x11, IPV4_BODY), "192.0.2.7 56324"],
  ["v2 TCP over IPv6", v2(0x21, 0x21, IPV6_BODY), "2001:db8::1 56324"],
  ["v2 with TLVs", v2(0x21, 0x11, [...IPV4_BODY, ...TLV]), "192.0.2.7 56324"],
  ["v2 LOCAL", v2(0x20, 0x00, []), undefined],
  ["v2 LOCAL with addresses", v2(0x20, 0x11, IPV4_BODY), undefined],
  ["v2 unspecified", v2(0x21, 0x00, TLV), undefined],
  ["v2 Unix socket", v2(0x21, 0x31, new Array(216).fill(0)), undefined],
];

const BAD: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["no header", v1("SELECT 1")],
  ["a MySQL packet", Uint8Array.of(0x20, 0, 0, 1)],
  ["lower case", v1("proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n")],
  ["no CRLF", v1("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n")],
  ["too long", v1(`PROXY UNKNOWN ${"x".repeat(107)}`)],
  ["a leading zero", v1("PROXY TCP4 01.2.3.4 1.2.3.4 1 1\r\n")],
  ["an octet past 255", v1("PROXY TCP4 1.2.3.256 1.2.3.4 1 1\r\n")],
  ["three octets", v1("PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n")],
  ["IPv6 in TCP4", v1("PROXY TCP4 ::1 ::1 1 1\r\n")],
  ["IPv4 in TCP6", v1("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n")],
  ["no IPv6 address", v1("PROXY TCP6 1:2::3::4 ::1 1 1\r\n")],
  ["a port past 65535", v1("PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n")],
  ["a missing field", v1("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")],
  ["a field too many", v1("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n")],
  ["UDP", v1("PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n")],
  ["v2 of version 1", v2(0x11, 0x11, IPV4_BODY)],
  ["v2 with command 2", v2(0x22, 0x11, IPV4_BODY)],
  ["v2 over UDP", v2(0x21, 0x12, IPV4_BODY)],
  ["v2 too short for its addresses", v2(0x21, 0x11, IPV4_BODY.slice(1))],
  ["v2 too long", Uint8Array.of(...SIGNATURE, 0x21, 0x11, 0xff, 0xff)],
];

for (const [name, header, client] of GOOD) {
  Deno.test(`decodeProxyHeader() takes ${name}, and wants more for every part of it`, () => {
    const decoded = decodeProxyHeader(Uint8Array.of(...header, 1, 2, 3));
    assert.equal(decoded?.length, header.length);
    assert.equal(decoded.client && `${decoded.client.host} ${decoded.client.port}`, client);
    for (let length = 0; length < header.length; length++) {
      assert.equal(decodeProxyHeader(header.subarray(0, length)), undefined, `${length} bytes`);
    }
  });
}

for (const [name, bytes] of BAD) {
  Deno.test(`decodeProxyHeader() refuses ${name}`, () => {
    assert.throws(() => decodeProxyHeader(bytes), ProtocolError);
  });
}

Deno.test("decodeProxyHeader() throws nothing but ProtocolError", () => {
  const start = fc.constantFrom(
    new Uint8Array(0),
    v1("PROXY "),
    v1("PROXY TCP6 "),
    Uint8Array.from(SIGNATURE),
  );
  fc.assert(fc.property(start, fc.uint8Array({ maxLength: 400 }), (prefix, rest) => {
    try {
      const decoded = decodeProxyHeader(Uint8Array.of(...prefix, ...rest));
      if (decoded !== undefined) assert.ok(decoded.length <= MAX_PROXY_HEADER_BYTES);
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error));
    }
  }));
});

Deno.test("readProxyHeader() gives the client and every byte after the header, however the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...GOOD),
      fc.uint8Array({ maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }),
      async ([_name, header, client], after, cuts) => {
        const stream = streamOf(Uint8Array.of(...header, ...after), cuts);
        const { client: endpoint, leftover } = await readProxyHeader(stream, 60_000);
        assert.equal(`${endpoint.host} ${endpoint.port}`, client ?? "127.0.0.1 1");
        const rest: number[] = [...leftover];
        const buffer = new Uint8Array(64);
        for (let count = await stream.read(buffer); count !== null; count = await stream.read(buffer)) {
          rest.push(...buffer.subarray(0, count));
        }
        assert.deepEqual(rest, [...after]);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("readProxyHeader() refuses a stream that ends within the header", async () => {
  await assert.rejects(readProxyHeader(streamOf(v1("PROXY TCP4"), []), 60_000), ProtocolError);
});

Deno.test("readProxyHeader() gives up on a silent peer and closes it", async () => {
  let closed = false;
  let fail = (_: Error): void => {};
  const silent: Stream = {
    ...streamOf(new Uint8Array(0), []),
    read: () => new Promise((_, reject) => fail = reject),
    close: () => {
      closed = true;
      fail(new Error("closed"));
    },
  };
  await assert.rejects(readProxyHeader(silent, 1), (error) => {
    return error instanceof ProtocolError && /within 1ms/.test(error.message);
  });
  assert.ok(closed);
});

/** A stream that gives `bytes` in pieces of the sizes in `cuts`, then the rest, then its end. */
function streamOf(bytes: Uint8Array, cuts: readonly number[]): Stream {
  const sizes = [...cuts];
  let at = 0;
  return {
    remote: { host: "127.0.0.1", port: 1 },
    local: { host: "127.0.0.1", port: 2 },
    tls: undefined,
    read: (buffer) => {
      if (at === bytes.length) return Promise.resolve(null);
      const count = Math.min(sizes.shift() ?? bytes.length, bytes.length - at, buffer.length);
      buffer.set(bytes.subarray(at, at + count));
      at += count;
      return Promise.resolve(count);
    },
    write: () => Promise.resolve(),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
}
