/** A MySQL server on a real socket that does what a script says, for what a real server will not do on request. */
import net from "node:net";
import { bytes, text } from "./bytes.ts";
import { CAPABILITY, err, greeting, type GreetingOptions, ok, resultset } from "./packets.ts";
import { type PemPair, WireClosed, WireSocket } from "./wire_socket.ts";

/** What a scripted server does with one connection; `index` counts connections from 0. */
export type Script = (socket: WireSocket, index: number) => Promise<void>;

/** A listening scripted server. */
export class ScriptedServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: net.Server;
  readonly #sockets: Set<WireSocket>;
  readonly #failures: unknown[];
  readonly #counter: { accepted: number };

  /** Use {@link scriptServer}. */
  constructor(
    server: net.Server,
    sockets: Set<WireSocket>,
    failures: unknown[],
    counter: { accepted: number },
  ) {
    this.port = (server.address() as net.AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
    this.#failures = failures;
    this.#counter = counter;
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#counter.accepted;
  }

  /** Drops every connection and stops listening; throws the first error that a script ended with. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Listens on a free port and runs `script` for each connection. The connection is left as the script left it: a
 * script that returns at once is a server that says nothing.
 */
export async function scriptServer(script: Script): Promise<ScriptedServer> {
  const sockets = new Set<WireSocket>();
  const failures: unknown[] = [];
  const counter = { accepted: 0 };
  const server = net.createServer((connection) => {
    const socket = new WireSocket(connection);
    sockets.add(socket);
    script(socket, counter.accepted++).catch((error) => {
      // The other side leaving is what many scripts are about; a mistake in a script is not.
      if (!(error instanceof WireClosed) && !isGone(error)) failures.push(error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return new ScriptedServer(server, sockets, failures, counter);
}

/** What a client said of itself. */
export interface ClientLogin {
  /** Flags of the HandshakeResponse. */
  readonly capabilities: number;
  readonly tls: boolean;
  readonly user: string;
  readonly authResponse: Uint8Array;
  readonly plugin: string;
}

/** Sends the greeting and reads the client's login, over TLS where the client asks for it and `pair` is given. */
export async function serveHandshake(
  socket: WireSocket,
  options: GreetingOptions & { readonly pair?: PemPair } = {},
): Promise<ClientLogin> {
  await socket.send(greeting(options));
  const { payload } = await socket.readPacket();
  if (!isSslRequest(payload) || options.pair === undefined) return readLogin(payload, false);
  await socket.startTlsServer(options.pair);
  return readLogin((await socket.readPacket()).payload, true);
}

/** A server that lets everyone in: greeting, login, OK. */
export async function serveLogin(
  socket: WireSocket,
  options: GreetingOptions & { readonly pair?: PemPair } = {},
): Promise<ClientLogin> {
  const login = await serveHandshake(socket, options);
  await socket.send(ok());
  return login;
}

/** What a scripted server answers a command with: payloads, or nothing when the handler did the talking itself. */
export type CommandHandler = (
  command: number,
  argument: Uint8Array,
  socket: WireSocket,
) => Promise<readonly Uint8Array[]> | readonly Uint8Array[];

/** Reads commands until COM_QUIT and answers each with what `handle` returns. */
export async function serveCommands(socket: WireSocket, handle: CommandHandler): Promise<void> {
  while (true) {
    socket.resetSequence();
    const { payload } = await socket.readPacket();
    const command = payload[0] ?? 0;
    if (command === 0x01) return socket.end();
    const answer = await handle(command, payload.subarray(1), socket);
    if (answer.length > 0) await socket.send(...answer);
  }
}

/** Answers a ping with OK, any query with one row that holds its text, everything else with 1047. */
export function echo(login: ClientLogin): CommandHandler {
  const deprecateEof = (login.capabilities & CAPABILITY.deprecateEof) !== 0;
  return (command, argument) => {
    if (command === 0x03) return resultset("statement", [text(argument)], { deprecateEof });
    if (command === 0x0e || command === 0x02) return [ok()];
    return [err(1047, "08S01", `command handling not implemented yet: ${command}`)];
  };
}

/** Whether a payload is the 32 bytes that ask for TLS. */
function isSslRequest(payload: Uint8Array): boolean {
  return payload.length === 32 && ((payload[1] ?? 0) & (CAPABILITY.ssl >> 8)) !== 0;
}

/** Reads a HandshakeResponse41. */
function readLogin(payload: Uint8Array, tls: boolean): ClientLogin {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const capabilities = view.getUint32(0, true);
  let at = 32;
  const untilNul = (): string => {
    const end = payload.indexOf(0, at);
    const content = payload.subarray(at, end);
    at = end + 1;
    return text(content);
  };
  const user = untilNul();
  const length = payload[at] ?? 0;
  const authResponse = payload.slice(at + 1, at + 1 + length);
  at += 1 + length;
  if (capabilities & CAPABILITY.connectWithDb) untilNul();
  const plugin = capabilities & CAPABILITY.pluginAuth ? untilNul() : "";
  return { capabilities, tls, user, authResponse, plugin };
}

/** Bytes that XOR to nothing but with each other. */
export function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index % right.length] ?? 0));
}

/** The scramble of caching_sha2_password: SHA256(p) XOR SHA256(SHA256(SHA256(p)) nonce). */
export async function sha2Scramble(password: string, nonce: Uint8Array): Promise<Uint8Array> {
  const digest = async (content: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(content)));
  const once = await digest(bytes(password));
  return xor(once, await digest(bytes(await digest(once), nonce)));
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_DESTROYED" ||
    code === "ERR_STREAM_WRITE_AFTER_END";
}
