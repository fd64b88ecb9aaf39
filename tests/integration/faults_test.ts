/** What peers do wrong: they die at every point, break the protocol, fall silent. Nobody hangs and querycop lives. */
import assert from "node:assert/strict";
import { bytes, packet, uint } from "../support/bytes.ts";
import { authority, issue } from "../support/certificates.ts";
import { DEPARTURES, FaultBench, TLS_CAPABILITIES, within } from "../support/fault_bench.ts";
import { authMore, authSwitch, column, eof, greeting, ok, resultset, row } from "../support/packets.ts";
import { echo, type Script, serveCommands, serveHandshake, serveLogin } from "../support/scripted_peer.ts";
import { capabilitiesFor, loginHead, readGreeting, WireError } from "../support/wire_client.ts";
import { WireSocket } from "../support/wire_socket.ts";

const certificate = issue(authority(), { dns: ["localhost"] });
const pair = { cert: certificate.pem, key: certificate.keyPem };
const RESULT = resultset("v", ["one", "two".repeat(400), "three"]);

/** Points at which a backend dies: what it does before, and whether the client is past its login by then. */
const DEATHS: readonly {
  readonly name: string;
  readonly loggedIn: boolean;
  readonly before: Script;
}[] = [
  { name: "before its greeting", loggedIn: false, before: () => Promise.resolve() },
  {
    name: "within its greeting",
    loggedIn: false,
    before: (socket) => socket.write(socket.frame(greeting()).subarray(0, 20)),
  },
  { name: "after its greeting", loggedIn: false, before: (socket) => socket.send(greeting()) },
  {
    name: "after the login came",
    loggedIn: false,
    before: async (socket) => void await serveHandshake(socket),
  },
  {
    name: "after it asked for another plugin",
    loggedIn: false,
    before: async (socket) => {
      await serveHandshake(socket);
      await socket.send(authSwitch("mysql_native_password"));
      await socket.readPacket();
    },
  },
  {
    name: "within the authentication",
    loggedIn: false,
    before: async (socket) => {
      await serveHandshake(socket);
      await socket.send(authMore(Uint8Array.of(3)));
    },
  },
  { name: "once logged in", loggedIn: true, before: async (socket) => void await serveLogin(socket) },
  {
    name: "after a command came",
    loggedIn: true,
    before: async (socket) => {
      await serveLogin(socket);
      await socket.readPacket();
    },
  },
  ...[
    { name: "within the column count's packet", size: 4 },
    { name: "within a column definition", size: 20 },
    { name: "between the definitions and the rows", size: lengthOf(RESULT.slice(0, 3)) },
    { name: "within a row's header", size: lengthOf(RESULT.slice(0, 3)) + 2 },
    { name: "in the middle of a row", size: lengthOf(RESULT.slice(0, 4)) + 500 },
    { name: "between two rows", size: lengthOf(RESULT.slice(0, 4)) },
    { name: "before the packet that ends the rows", size: lengthOf(RESULT.slice(0, 6)) },
  ].map(({ name, size }) => ({
    name,
    loggedIn: true,
    before: async (socket: WireSocket) => {
      await serveLogin(socket);
      socket.resetSequence();
      await socket.readPacket();
      await socket.write(socket.frame(...RESULT).subarray(0, size));
    },
  })),
];

Deno.test("a backend that dies, at every point and either way, ends its client's session and no other", async (context) => {
  await using bench = await FaultBench.start();
  for (const { name, loggedIn, before } of DEATHS) {
    for (const departure of DEPARTURES) {
      await context.step(`${departure.name} ${name}`, async () => {
        bench.use(async (socket, index) => {
          await before(socket, index);
          departure.leave(socket);
        });
        if (!loggedIn) {
          await assert.rejects(within(bench.login(), "the end of the login"), isEnd);
        } else {
          using client = await within(bench.login(), "the login");
          // The session may be over before the query is sent, or within its answer; a whole answer it never gets.
          await assert.rejects(within(client.query("SELECT v"), "the end of the session"), isEnd);
          await within(client.socket.closed(), "the end of the connection");
        }
        await bench.assertServes();
      });
    }
  }
});

Deno.test("a client that leaves, at every point and either way, takes its backend session along", async (context) => {
  await using bench = await FaultBench.start();
  const points: readonly {
    readonly name: string;
    readonly before: (socket: WireSocket) => Promise<unknown>;
  }[] = [
    { name: "before its login", before: (socket) => socket.readPacket() },
    {
      name: "within its login",
      before: async (socket) => {
        await socket.readPacket();
        await socket.write(
          socket.frame(loginHead(capabilitiesFor({ port: 0, user: "", password: "" }))).subarray(0, 30),
        );
      },
    },
  ];
  for (const departure of DEPARTURES) {
    for (const { name, before } of points) {
      await context.step(`${departure.name} ${name}`, async () => {
        const gone = Promise.withResolvers<void>();
        bench.use(async (socket) => {
          await socket.send(greeting());
          await socket.closed();
          gone.resolve();
        });
        const socket = await WireSocket.connect(bench.querycop.port);
        await before(socket);
        departure.leave(socket);
        await within(gone.promise, "the end of the backend's connection");
        socket.close();
        await bench.assertServes();
      });
    }
    await context.step(`${departure.name} in the middle of a result`, async () => {
      const gone = Promise.withResolvers<void>();
      bench.use(async (socket) => {
        await serveLogin(socket);
        socket.resetSequence();
        await socket.readPacket();
        await socket.send(...RESULT.slice(0, 4));
        await socket.closed();
        gone.resolve();
      });
      const client = await bench.login();
      await client.socket.write(packet(0, bytes(3, "SELECT v")));
      await client.socket.read(20);
      departure.leave(client.socket);
      await within(gone.promise, "the end of the backend's connection");
      client.socket.close();
      await bench.assertServes();
    });
  }
});

Deno.test("a backend that breaks the protocol ends its client's session and no other", async (context) => {
  await using bench = await FaultBench.start();
  const answers: readonly { readonly name: string; readonly answer: Uint8Array }[] = [
    { name: "an empty packet", answer: packet(1, new Uint8Array(0)) },
    { name: "an OK of one byte", answer: packet(1, Uint8Array.of(0)) },
    { name: "an OK whose integer has no end", answer: packet(1, bytes(0, 0xfe, 1, 2)) },
    { name: "an ERR of one byte", answer: packet(1, Uint8Array.of(0xff)) },
    { name: "a column count of eight bytes", answer: packet(1, bytes(0xfe, uint(2 ** 48, 8))) },
    {
      name: "more definitions than it announced",
      answer: bytes(packet(1, bytes(1)), packet(2, column("a")), packet(3, column("b")), packet(4, eof())),
    },
    {
      name: "packets out of order",
      answer: bytes(packet(1, bytes(1)), packet(9, column("a")), packet(4, eof()), packet(200, eof())),
    },
    {
      name: "a second answer that nobody asked for",
      answer: bytes(packet(1, ok()), packet(1, ok()), packet(2, row("x"))),
    },
  ];
  for (const { name, answer } of answers) {
    await context.step(name, async () => {
      bench.use(async (socket) => {
        await serveLogin(socket);
        await socket.readPacket();
        await socket.write(answer);
        socket.end();
      });
      using client = await bench.login();
      await client.socket.write(packet(0, bytes(3, "SELECT v")));
      await within(client.socket.readToEnd(), "the end of the connection");
      await bench.assertServes();
    });
  }
  const greetings: readonly { readonly name: string; readonly payload: Uint8Array }[] = [
    { name: "an empty greeting", payload: new Uint8Array(0) },
    { name: "a greeting of protocol 9", payload: bytes(9, "3.23", 0, uint(1, 4), "abcdefgh", 0) },
    { name: "a greeting cut short", payload: greeting().subarray(0, 25) },
    { name: "a greeting whose version never ends", payload: bytes(10, "8".repeat(200)) },
  ];
  for (const { name, payload } of greetings) {
    await context.step(name, async () => {
      bench.use(async (socket) => {
        await socket.send(payload);
        await socket.closed();
      });
      await assert.rejects(within(bench.login(), "the end of the login"), isEnd);
      await bench.assertServes();
    });
  }
});

Deno.test("a client that breaks the protocol is refused and harms no other", async (context) => {
  await using bench = await FaultBench.start();
  const head = loginHead(capabilitiesFor({ port: 0, user: "", password: "" }));
  const logins: readonly { readonly name: string; readonly login: Uint8Array }[] = [
    { name: "an empty login", login: packet(1, new Uint8Array(0)) },
    { name: "three bytes", login: packet(1, bytes(1, 2, 3)) },
    { name: "no user", login: packet(1, head) },
    { name: "a user without an end", login: packet(1, bytes(head, "root")) },
    {
      name: "an auth response longer than its packet",
      login: packet(1, bytes(head, "root", 0, 0xfd, uint(0xffffff, 3), "x")),
    },
    {
      name: "an auth response of 2^64 bytes",
      login: packet(1, bytes(head, "root", 0, 0xfe, new Uint8Array(8).fill(255))),
    },
    { name: "not MySQL at all", login: bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
  ];
  for (const { name, login } of logins) {
    await context.step(name, async () => {
      bench.use(async (socket) => {
        await serveHandshake(socket);
        await socket.closed();
      });
      const socket = await WireSocket.connect(bench.querycop.port);
      await readGreeting(socket);
      await socket.write(login);
      await within(socket.closed(), "the end of the connection");
      socket.close();
      await bench.assertServes();
    });
  }
  const commands: readonly { readonly name: string; readonly command: Uint8Array }[] = [
    { name: "an empty command", command: packet(0, new Uint8Array(0)) },
    { name: "a command out of order", command: packet(3, bytes(3, "SELECT 1")) },
    { name: "an unknown command", command: packet(0, bytes(0xee, "what")) },
    { name: "a change of user cut short", command: packet(0, bytes(0x11, "root")) },
    { name: "an execute without its statement", command: packet(0, bytes(0x17, 1)) },
    { name: "an option cut short", command: packet(0, bytes(0x1b, 0)) },
  ];
  for (const { name, command } of commands) {
    await context.step(name, async () => {
      bench.use(async (socket) => await serveCommands(socket, echo(await serveLogin(socket))));
      using client = await bench.login();
      await client.socket.write(command);
      client.socket.end();
      await within(client.socket.readToEnd(), "the end of the connection");
      await bench.assertServes();
    });
  }
});

Deno.test("silence ends in an error for whoever waits", async (context) => {
  await using bench = await FaultBench.start({ certificate });
  const silences: readonly { readonly name: string; readonly script: Script }[] = [
    { name: "a backend without a greeting", script: () => Promise.resolve() },
    {
      name: "a backend that offers TLS and does not begin it",
      script: async (socket) => {
        await socket.send(greeting({ capabilities: TLS_CAPABILITIES }));
        await socket.readPacket();
      },
    },
    {
      name: "a backend that never answers the login",
      script: async (socket) => void await serveHandshake(socket, { pair, capabilities: TLS_CAPABILITIES }),
    },
  ];
  for (const { name, script } of silences) {
    await context.step(name, async () => {
      bench.use(script);
      await assert.rejects(within(bench.login(), "an error"), isEnd);
      await bench.assertServes();
    });
  }
  await context.step("a client that never logs in is let go of", async () => {
    const gone = Promise.withResolvers<void>();
    bench.use(async (socket) => {
      await socket.send(greeting({ capabilities: TLS_CAPABILITIES }));
      await socket.closed();
      gone.resolve();
    });
    const socket = await WireSocket.connect(bench.querycop.port);
    await within(socket.closed(), "the end of the connection");
    await within(gone.promise, "the end of the backend's connection");
    socket.close();
    await bench.assertServes();
  });
});

/** Dying shows as an error packet or as the end of the connection, never as a result. */
function isEnd(error: Error): boolean {
  if (error instanceof WireError) return error.message.includes("querycop");
  return error.name === "WireClosed" ||
    /EPIPE|ECONNRESET|ended by the other party|destroyed|reset by peer/i.test(error.message);
}

function lengthOf(payloads: readonly Uint8Array[]): number {
  return payloads.reduce((sum, payload) => sum + 4 + payload.length, 0);
}
