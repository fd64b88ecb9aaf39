import assert from "node:assert/strict";
import fc from "fast-check";
import { ConnectError, ProtocolError, QuerycopError, ServerError } from "../../src/base/errors.ts";
import { PacketChannel } from "../../src/client/channel.ts";
import { logIn } from "../../src/client/login.ts";
import { MysqlConnection } from "../../src/client/mysql_connection.ts";
import type { Stream } from "../../src/net/mod.ts";
import { encodePackets } from "../../src/protocol/framing.ts";
import { encodeColumnDefinition } from "../../src/protocol/packets/column_definition.ts";
import { encodeErr } from "../../src/protocol/packets/err.ts";
import type { Greeting } from "../../src/protocol/packets/greeting.ts";
import { encodeTextRow } from "../../src/protocol/packets/text_row.ts";

const GREETING: Greeting = {
  serverVersion: "8.4.0",
  connectionId: 1,
  nonce: new Uint8Array(20).fill(1),
  capabilities: 0xffffffff,
  mariadbCapabilities: 0,
  collation: 45,
  status: 2,
  authPlugin: "caching_sha2_password",
};
const signal = new AbortController().signal;
const OK = Uint8Array.of(0, 0, 0, 2, 0, 0, 0);
/** Ends rows under CLIENT_DEPRECATE_EOF. */
const END = Uint8Array.of(0xfe, 0, 0, 2, 0, 0, 0);

/** A server that says these bytes, in pieces of that size, whatever it is told, and then hangs up. */
function channelOf(bytes: Uint8Array, pieceBytes = bytes.length): PacketChannel {
  let at = 0;
  const stream: Stream = {
    remote: { host: "127.0.0.1", port: 3306 },
    local: { host: "127.0.0.1", port: 1 },
    tls: undefined,
    read: (buffer) => {
      if (at >= bytes.length) return Promise.resolve(null);
      const count = Math.min(pieceBytes, buffer.length, bytes.length - at);
      buffer.set(bytes.subarray(at, at + count));
      at += count;
      return Promise.resolve(count);
    },
    write: () => Promise.resolve(),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  return new PacketChannel(stream, "db:3306");
}

/** Payloads as packets whose sequence ids start at `from`. */
function packets(payloads: readonly Uint8Array[], from = 1): Uint8Array {
  return Uint8Array.from(
    payloads.flatMap((payload, index) => [...encodePackets((from + index) & 0xff, payload)]),
  );
}

function connection(answer: Uint8Array, pieceBytes?: number): MysqlConnection {
  const session = { capabilities: 1 << 24, authentication: "" };
  return new MysqlConnection(channelOf(answer, pieceBytes), GREETING, session);
}

const COLUMN = encodeColumnDefinition({
  schema: "",
  table: "",
  originalTable: "",
  name: "a",
  originalName: "",
  collation: 45,
  maxLengthBytes: 10,
  type: 253,
  flags: 0,
  decimals: 0,
});

Deno.test("a result is the same however its bytes are cut", async () => {
  const answer = packets([
    Uint8Array.of(2),
    COLUMN,
    COLUMN,
    encodeTextRow(["ü", null]),
    encodeTextRow(["", "1"]),
    END,
  ]);
  for (let piece = 1; piece <= answer.length; piece++) {
    const { rows, columns } = await connection(answer, piece).query("SELECT", signal);
    assert.deepEqual(rows, [["ü", null], ["", "1"]]);
    assert.deepEqual(columns.map(({ name }) => name), ["a", "a"]);
  }
});

Deno.test("an ERR amid the rows is a ServerError", async () => {
  const answer = packets([
    Uint8Array.of(1),
    COLUMN,
    encodeTextRow(["1"]),
    encodeErr(1317, "70100", "interrupted"),
  ]);
  await assert.rejects(
    connection(answer).query("SELECT", signal),
    (error) => error instanceof ServerError && error.errno === 1317 && error.sqlState === "70100",
  );
});

const BROKEN: readonly (readonly [string, Uint8Array])[] = [
  ["a row of more values than columns", packets([Uint8Array.of(1), COLUMN, encodeTextRow(["1", "2"]), END])],
  ["a row of fewer values", packets([Uint8Array.of(2), COLUMN, COLUMN, encodeTextRow(["1"]), END])],
  ["a value longer than its packet", packets([Uint8Array.of(1), COLUMN, Uint8Array.of(5, 1), END])],
  ["more columns than any table has", packets([Uint8Array.of(0xfd, 0xff, 0xff, 0xff)])],
  ["a request for a local file", packets([Uint8Array.of(0xfb, 0x2f, 0x65)])],
  ["a sequence id out of order", packets([OK], 5)],
  ["an empty answer", packets([new Uint8Array(0)])],
];

for (const [name, answer] of BROKEN) {
  Deno.test(`a statement answered with ${name} is a ProtocolError`, async () => {
    await assert.rejects(connection(answer).query("SELECT", signal), ProtocolError);
  });
}

Deno.test("a connection that ends within an answer is a ConnectError", async () => {
  const answer = packets([Uint8Array.of(1), COLUMN, encodeTextRow(["1"])]);
  for (let length = 0; length < answer.length; length++) {
    await assert.rejects(connection(answer.subarray(0, length)).query("SELECT", signal), ConnectError);
  }
});

Deno.test("a login that never ends is given up", async () => {
  const request = Uint8Array.of(0xfe, ...new TextEncoder().encode("mysql_native_password\0"), 1);
  // No greeting came before: the login is packet 0, and each request follows the client's answer.
  const requests = Array.from({ length: 20 }, (_, index) => [...encodePackets(1 + 2 * index, request)]);
  await assert.rejects(
    logIn(channelOf(Uint8Array.from(requests.flat())), GREETING, { user: "a" }, signal),
    (error) => error instanceof ProtocolError && /without end/.test(error.message),
  );
});

Deno.test("nothing that a server says breaks the client in another way than by its own errors", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      OK,
      END,
      COLUMN,
      Uint8Array.of(1),
      Uint8Array.of(2),
      encodeTextRow(["1"]),
      Uint8Array.of(1, 4),
    ),
  );
  const answer = fc.tuple(fc.array(piece, { maxLength: 8 }), fc.uint8Array({ maxLength: 12 })).map((
    [payloads, tail],
  ) => Uint8Array.of(...packets(payloads), ...tail));
  await fc.assert(fc.asyncProperty(answer, async (bytes) => {
    const expected = (error: unknown) => assert.ok(error instanceof QuerycopError, String(error));
    await connection(bytes).query("SELECT", signal).catch(expected);
    await logIn(channelOf(bytes), GREETING, { user: "a" }, signal).catch(expected);
  }));
});
