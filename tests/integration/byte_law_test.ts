/**
 * The law of the relay: in the command phase a client gets through querycop the bytes it gets without, wherever its own
 * bytes, or the server's, are cut on the way. The login is left out, whose bytes rightly differ.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import net from "node:net";
import { bytes, packet } from "../support/bytes.ts";
import { CAPABILITY } from "../support/packets.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer, type TestServer } from "../support/servers.ts";
import {
  type Exchange,
  infileScript,
  QUERY_ATTRIBUTES,
  sessionScript,
  STATEMENT_ID,
} from "../support/session_script.ts";
import { WireClient } from "../support/wire_client.ts";

const SCHEMA = "law";
const PATIENCE_MS = 20_000;
/** Time for a first part to be read before the second comes. */
const CUT_MS = 1;
const AT_ONCE = 8;
/** Exchanges of the session that the server itself refuses. */
const REFUSED = [
  "error",
  "prepare of nonsense",
  "unknown statement",
  "empty query",
  "two statements refused",
  "unknown command",
];

/** What clients announce: the oldest form of results, the newest, and MySQL's query attributes. */
const DIALECTS: readonly {
  readonly name: string;
  readonly capabilities: number;
  readonly flavours: readonly Flavour[];
}[] = [
  {
    name: "EOF packets",
    capabilities: CAPABILITY.multiStatements | CAPABILITY.psMultiResults,
    flavours: ["mariadb", "mysql"],
  },
  {
    name: "no EOF packets, session tracking",
    capabilities: CAPABILITY.multiStatements | CAPABILITY.psMultiResults | CAPABILITY.deprecateEof |
      CAPABILITY.sessionTrack,
    flavours: ["mariadb", "mysql"],
  },
  {
    name: "query attributes",
    capabilities: CAPABILITY.multiStatements | CAPABILITY.deprecateEof | QUERY_ATTRIBUTES,
    flavours: ["mysql"],
  },
];

/** How a session's bytes are sent: the pieces to write one after the other, with a pause between. */
type Cutter = (stream: Uint8Array) => readonly Uint8Array[];

const whole: Cutter = (stream) => [stream];
const singly: Cutter = (stream) => Array.from(stream, (byte) => Uint8Array.of(byte));
const cutAt = (at: number): Cutter => (stream) => [stream.subarray(0, at), stream.subarray(at)];

for (const flavour of ["mariadb", "mysql"] as const satisfies readonly Flavour[]) {
  Deno.test(`${flavour}: a session's bytes are the same through querycop, however they are cut`, async (context) => {
    await using bench = await Bench.start(flavour);
    for (const dialect of DIALECTS.filter(({ flavours }) => flavours.includes(flavour))) {
      const script = sessionScript(flavour, SCHEMA, dialect.capabilities);
      const direct = await bench.lockStep(bench.server.port, dialect.capabilities, script);
      const refused = script.filter((_, index) => direct[index]?.[4] === 0xff).map(({ name }) => name);
      assert.deepEqual(refused, REFUSED);
      const expected = bytes(...direct);
      const stream = bytes(...script.map(({ request }) => request));
      const pipelined = async (port: number, cutter: Cutter): Promise<Uint8Array> => {
        const answer = await bench.pipelined(port, dialect.capabilities, cutter(stream), expected.length);
        let at = 0;
        for (const [index, { length }] of direct.entries()) {
          maskId(answer.subarray(at, at + length), script[index]);
          at += length;
        }
        return answer;
      };

      await context.step(`${dialect.name}: exchange by exchange`, async () => {
        const answers = await bench.lockStep(bench.querycop.port, dialect.capabilities, script, direct);
        for (const [index, answer] of answers.entries()) same(answer, direct[index], script[index]?.name);
      });
      await context.step(`${dialect.name}: coalesced into one write, and byte by byte`, async () => {
        for (const cutter of [whole, singly]) {
          same(await pipelined(bench.querycop.port, cutter), expected, dialect.name);
        }
      });
      await context.step(`${dialect.name}: cut in two at each of ${stream.length - 1} places`, async () => {
        const places = Array.from({ length: stream.length - 1 }, (_, index) => index + 1);
        await eachAtOnce(places, async (at) => {
          same(await pipelined(bench.querycop.port, cutAt(at)), expected, `cut at byte ${at}`);
        });
      });
      await context.step(`${dialect.name}: the server's bytes arrive one by one`, async () => {
        same(await pipelined(bench.crumbled.port, whole), expected, dialect.name);
      });
    }
  });

  Deno.test(`${flavour}: LOAD DATA LOCAL sends the same bytes, wherever the file is cut`, async () => {
    await using bench = await Bench.start(flavour);
    const capabilities = CAPABILITY.localFiles;
    const script = infileScript(SCHEMA, "/any/name.csv", "1,one\n2,two\n3,three\n");
    const direct = await bench.lockStep(bench.server.port, capabilities, script);
    const file = script.find(({ name }) => name === "file")?.request ?? new Uint8Array(0);
    await eachAtOnce(Array.from({ length: file.length - 1 }, (_, index) => index + 1), async (at) => {
      const answers = await bench.lockStep(bench.querycop.port, capabilities, script, direct, cutAt(at));
      for (const [index, answer] of answers.entries()) {
        same(answer, direct[index], `${script[index]?.name}, cut at ${at}`);
      }
    });
  });

  Deno.test(`${flavour}: statements and rows past 16 MB pass whole, cut where a packet ends`, async () => {
    await using bench = await Bench.start(flavour);
    const full = 0xffffff;
    const statement = bytes(3, "SELECT LENGTH('", "s".repeat(full - 16), "'), 1");
    const requests: readonly { readonly name: string; readonly request: Uint8Array }[] = [
      {
        name: "a statement of two packets",
        request: bytes(packet(0, statement.subarray(0, full)), packet(1, statement.subarray(full))),
      },
      {
        name: "a statement that fills its packet, and the empty one after it",
        request: bytes(
          packet(0, bytes(3, `SELECT LENGTH('${"s".repeat(full - 18)}')`)),
          packet(1, new Uint8Array(0)),
        ),
      },
      { name: "a row of two packets", request: packet(0, bytes(3, "SELECT REPEAT('r', 17 << 20), 'end'")) },
    ];
    for (const { name, request } of requests) {
      const script: Exchange[] = [{ name, request }, {
        name: "after",
        request: packet(0, bytes(3, "SELECT 'after'")),
      }];
      const direct = await bench.lockStep(bench.server.port, 0, script);
      const places = [1, 3, 4, 5, full + 3, full + 4, full + 5, full + 7, full + 8, full + 9].filter((at) =>
        at < request.length
      );
      for (const at of places) {
        const answers = await bench.lockStep(bench.querycop.port, 0, script, direct, cutAt(at));
        for (const [index, answer] of answers.entries()) same(answer, direct[index], `${name}, cut at ${at}`);
      }
    }
  });
}

/** A server, querycop before it, and querycop before a relay that hands the server's bytes on one by one. */
class Bench implements AsyncDisposable {
  readonly server: TestServer;
  readonly querycop: Querycop;
  readonly crumbled: Querycop;
  readonly #crumbler: net.Server;

  private constructor(server: TestServer, querycop: Querycop, crumbled: Querycop, crumbler: net.Server) {
    this.server = server;
    this.querycop = querycop;
    this.crumbled = crumbled;
    this.#crumbler = crumbler;
  }

  static async start(flavour: Flavour): Promise<Bench> {
    const server = await startServer({ flavour });
    await server.createUser({ name: "law", password: "law" });
    await server.sql(`CREATE DATABASE ${SCHEMA}`);
    const crumbler = await crumblingRelay(server.port);
    const env = { GATEKEEPER_BACKEND_TLS_MODE: "disable", GATEKEEPER_MODE: "monitor" };
    const [querycop, crumbled] = await Promise.all(
      [server.port, (crumbler.address() as net.AddressInfo).port].map(
        (port) => startQuerycop({ backend: { port }, env }),
      ),
    );
    if (querycop === undefined || crumbled === undefined) throw new Error("Two were started");
    return new Bench(server, querycop, crumbled, crumbler);
  }

  /**
   * Sends exchange after exchange, each cut by `cutter`, and resolves to the answers. How long an answer is, is known
   * from `expected`; without it an answer ends when the server falls silent.
   */
  async lockStep(
    port: number,
    capabilities: number,
    script: readonly Exchange[],
    expected?: readonly Uint8Array[],
    cutter: Cutter = whole,
  ): Promise<Uint8Array[]> {
    using client = await this.#login(port, capabilities);
    const answers: Uint8Array[] = [];
    for (const [index, { name, request }] of script.entries()) {
      for (const piece of cutter(request)) {
        await client.socket.write(piece);
        if (cutter !== whole) await pause();
      }
      const length = expected?.[index]?.length;
      const answer = length === undefined
        ? await untilSilent(client)
        : await within(client.socket.read(length), `the answer to ${name}`);
      maskId(answer, script[index]);
      answers.push(answer);
    }
    assert.equal(client.socket.available, 0, "bytes after the last answer");
    return answers;
  }

  /** Sends pieces one after the other without waiting for any answer, and resolves to `length` bytes of answers. */
  async pipelined(
    port: number,
    capabilities: number,
    pieces: readonly Uint8Array[],
    length: number,
  ): Promise<Uint8Array> {
    using client = await this.#login(port, capabilities);
    for (const piece of pieces) {
      await client.socket.write(piece);
      if (pieces.length === 2) await pause();
    }
    const answer = await within(client.socket.read(length), `${length} bytes`);
    assert.equal(client.socket.available, 0, "bytes after the last answer");
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.querycop.stop(), this.crumbled.stop()]);
    await new Promise((resolve) => this.#crumbler.close(resolve));
    await this.server.stop();
  }

  #login(port: number, capabilities: number): Promise<WireClient> {
    return WireClient.login({ port, user: "law", password: "law", capabilities });
  }
}

/** Passes a client's bytes on as they come, and the server's each in a write of its own. */
async function crumblingRelay(port: number): Promise<net.Server> {
  const server = net.createServer((client) => {
    const backend = net.connect(port, "127.0.0.1");
    backend.setNoDelay(true);
    client.setNoDelay(true);
    client.pipe(backend);
    backend.on("data", (chunk) => {
      for (const byte of chunk) client.write(Uint8Array.of(byte));
    });
    backend.on("close", () => client.destroy());
    for (const socket of [client, backend]) {
      socket.on("error", () => {
        client.destroy();
        backend.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Blanks the statement id in the answer to a prepare, which a server chooses as it likes. */
function maskId(answer: Uint8Array, exchange: Exchange | undefined): void {
  const { start, end } = STATEMENT_ID;
  if (exchange?.name.startsWith("prepare") === true && answer[4] === 0) answer.fill(0, start, end);
}

/** Equal bytes; on a difference tells where, with what is around it. */
function same(actual: Uint8Array, expected: Uint8Array | undefined, what = ""): void {
  if (expected !== undefined && digest(actual) === digest(expected)) return;
  const at = actual.findIndex((byte, index) => byte !== expected?.[index]);
  const near = (content?: Uint8Array): string =>
    Array.from(
      content?.subarray(Math.max(0, at - 8), at + 24) ?? [],
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join(" ");
  assert.fail(
    `${what}: byte ${at} of ${expected?.length} differs\n  querycop ${near(actual)}\n  direct   ${
      near(expected)
    }`,
  );
}

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const item of queue) await work(item);
  }));
}

async function untilSilent(client: WireClient): Promise<Uint8Array> {
  let seen = 0;
  for (let quiet = 0; seen === 0 || quiet < 3; quiet++) {
    if (client.socket.available !== seen) quiet = 0;
    seen = client.socket.available;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return await client.socket.read(seen);
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Timed out waiting for ${what}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CUT_MS));
}
