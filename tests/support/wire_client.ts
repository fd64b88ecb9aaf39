/** A MySQL client on a real socket whose every byte the test decides. */
import { constants, createHash, publicEncrypt } from "node:crypto";
import type tls from "node:tls";
import { bytes, lenencString, text, uint } from "./bytes.ts";
import { CAPABILITY } from "./packets.ts";
import { sha2Scramble, xor } from "./scripted_peer.ts";
import { WireSocket } from "./wire_socket.ts";

/** How a client logs in. */
export interface LoginOptions {
  readonly port: number;
  readonly host?: string;
  readonly user: string;
  readonly password: string;
  readonly schema?: string;
  /** Plugin that the client names; by default the greeting's. */
  readonly plugin?: string;
  /** Ask for TLS with these options of node:tls; no certificate is verified unless they say so. */
  readonly tls?: tls.ConnectionOptions;
  /** Flags beyond those that every login needs. */
  readonly capabilities?: number;
  /** Collation id of the login, by which its character set is told; 45, utf8mb4, by default. */
  readonly collation?: number;
}

/** What a server said in its greeting. */
export interface ServerGreeting {
  readonly version: string;
  readonly connectionId: number;
  readonly capabilities: number;
  readonly nonce: Uint8Array;
  readonly plugin: string;
}

/** An ERR packet. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly errno: number;
  /** Five characters; empty where the packet carried none. */
  readonly sqlState: string;
  constructor(payload: Uint8Array) {
    const marked = payload[3] === 0x23;
    super(text(payload.subarray(marked ? 9 : 3)));
    this.errno = (payload[1] ?? 0) | (payload[2] ?? 0) << 8;
    this.sqlState = marked ? text(payload.subarray(4, 9)) : "";
  }
}

const BASE = CAPABILITY.longPassword | CAPABILITY.protocol41 | CAPABILITY.transactions |
  CAPABILITY.secureConnection | CAPABILITY.multiResults | CAPABILITY.pluginAuth | CAPABILITY.lenencAuth;

/** A logged-in client. */
export class WireClient implements Disposable {
  readonly socket: WireSocket;
  readonly greeting: ServerGreeting;
  /** What happened at login, in order: plugin names, `fast`, `full`, `rsa`, `clear`. */
  readonly path: readonly string[];
  readonly #deprecateEof: boolean;

  private constructor(
    socket: WireSocket,
    greeting: ServerGreeting,
    path: readonly string[],
    capabilities: number,
  ) {
    this.socket = socket;
    this.greeting = greeting;
    this.path = path;
    this.#deprecateEof = (capabilities & greeting.capabilities & CAPABILITY.deprecateEof) !== 0;
  }

  /** Connects and logs in; {@link WireError} when the server refuses. */
  static async login(options: LoginOptions): Promise<WireClient> {
    const socket = await WireSocket.connect(options.port, options.host);
    try {
      const greeting = await readGreeting(socket);
      const capabilities = capabilitiesFor(options);
      if (options.tls !== undefined) {
        await socket.send(loginHead(capabilities, options.collation));
        await socket.startTlsClient({ rejectUnauthorized: false, ...options.tls });
      }
      const plugin = options.plugin ?? greeting.plugin;
      const path = [plugin];
      await socket.send(bytes(
        loginHead(capabilities, options.collation),
        options.user,
        0,
        lenencString(await scramble(plugin, options.password, greeting.nonce)),
        ...(options.schema === undefined ? [] : [options.schema, 0]),
        plugin,
        0,
      ));
      await finishLogin(socket, options, greeting, plugin, path);
      return new WireClient(socket, greeting, path, capabilities);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Runs one statement (text, or bytes in the connection's character set) and resolves to the rows of its first result as text; {@link WireError} where it fails. */
  async query(sql: string | Uint8Array): Promise<(string | null)[][]> {
    this.socket.resetSequence();
    await this.socket.send(bytes(3, sql));
    return await this.readResult();
  }

  /** Reads one result: an OK is no rows. */
  async readResult(): Promise<(string | null)[][]> {
    const head = (await this.socket.readPacket()).payload;
    if (head[0] === 0xff) throw new WireError(head);
    if (head[0] === 0x00) return [];
    const columns = head[0] ?? 0;
    for (let index = 0; index < columns + (this.#deprecateEof ? 0 : 1); index++) {
      await this.socket.readPacket();
    }
    const rows: (string | null)[][] = [];
    while (true) {
      const { payload } = await this.socket.readPacket();
      if (payload[0] === 0xff) throw new WireError(payload);
      if (payload[0] === 0xfe && payload.length < 0xffffff) return rows;
      rows.push(readRow(payload));
    }
  }

  /** Logs in anew by COM_CHANGE_USER, without connection attributes; {@link WireError} when the server refuses. */
  async changeUser(options: LoginOptions): Promise<void> {
    this.socket.resetSequence();
    const plugin = options.plugin ?? this.greeting.plugin;
    await this.socket.send(bytes(
      0x11,
      options.user,
      0,
      // The challenge of the login is spent: the server asks with a new one.
      0,
      options.schema ?? "",
      0,
      uint(options.collation ?? 45, 2),
      plugin,
      0,
    ));
    await finishLogin(this.socket, options, this.greeting, plugin, []);
  }

  /** Says goodbye and lets go. */
  async quit(): Promise<void> {
    this.socket.resetSequence();
    await this.socket.send(Uint8Array.of(1));
    await this.socket.closed();
    this.socket.close();
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}

/** Reads a greeting; {@link WireError} where the server sends an error in its place. */
export async function readGreeting(socket: WireSocket): Promise<ServerGreeting> {
  const { payload } = await socket.readPacket();
  if (payload[0] === 0xff) throw new WireError(payload);
  const end = payload.indexOf(0, 1);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    version: text(payload.subarray(1, end)),
    connectionId: view.getUint32(end + 1, true),
    capabilities: (view.getUint16(end + 14, true) | view.getUint16(end + 19, true) << 16) >>> 0,
    nonce: bytes(payload.subarray(end + 5, end + 13), payload.subarray(end + 32, end + 44)),
    plugin: text(payload.subarray(end + 45, payload.indexOf(0, end + 45))),
  };
}

/** The SSLRequest, which is also how a HandshakeResponse41 begins. */
export function loginHead(capabilities: number, collation = 45): Uint8Array {
  return bytes(uint(capabilities, 4), uint(1 << 24, 4), collation, new Uint8Array(23));
}

/** Flags of a login with these options. */
export function capabilitiesFor(options: LoginOptions): number {
  return (BASE | (options.capabilities ?? 0) |
    (options.schema === undefined ? 0 : CAPABILITY.connectWithDb) |
    (options.tls === undefined ? 0 : CAPABILITY.ssl)) >>> 0;
}

async function finishLogin(
  socket: WireSocket,
  options: LoginOptions,
  greeting: ServerGreeting,
  firstPlugin: string,
  path: string[],
): Promise<void> {
  let plugin = firstPlugin;
  let nonce = greeting.nonce;
  while (true) {
    const { payload } = await socket.readPacket();
    if (payload[0] === 0xff) throw new WireError(payload);
    if (payload[0] === 0x00) return;
    if (payload[0] === 0xfe) {
      const end = payload.indexOf(0, 1);
      plugin = text(payload.subarray(1, end));
      nonce = payload.slice(end + 1, end + 21);
      path.push(plugin);
      await socket.send(await scramble(plugin, options.password, nonce));
    } else if (payload[1] === 3) {
      path.push("fast");
    } else if (payload[1] === 4) {
      path.push("full");
      await sendPassword(socket, options, nonce, path);
    } else {
      throw new Error(`A login packet that this client does not know: ${payload[0]} ${payload[1]}`);
    }
  }
}

async function sendPassword(
  socket: WireSocket,
  options: LoginOptions,
  nonce: Uint8Array,
  path: string[],
): Promise<void> {
  const password = bytes(options.password, 0);
  if (options.tls !== undefined) {
    path.push("clear");
    return await socket.send(password);
  }
  path.push("rsa");
  await socket.send(Uint8Array.of(2));
  const { payload } = await socket.readPacket();
  if (payload[0] === 0xff) throw new WireError(payload);
  await socket.send(publicEncrypt(
    { key: text(payload.subarray(1)), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
    xor(password, nonce),
  ));
}

async function scramble(plugin: string, password: string, nonce: Uint8Array): Promise<Uint8Array> {
  if (password === "") return new Uint8Array(0);
  if (plugin === "caching_sha2_password") return await sha2Scramble(password, nonce);
  if (plugin === "mysql_native_password") {
    const digest = (content: Uint8Array): Uint8Array => createHash("sha1").update(content).digest();
    const once = digest(bytes(password));
    return xor(once, digest(bytes(nonce, digest(once))));
  }
  if (plugin === "mysql_clear_password" || plugin === "dialog") return bytes(password, 0);
  throw new Error(`This client does not know ${plugin}`);
}

function readRow(payload: Uint8Array): (string | null)[] {
  const values: (string | null)[] = [];
  let at = 0;
  while (at < payload.length) {
    const first = payload[at] ?? 0;
    if (first === 0xfb) {
      values.push(null);
      at += 1;
      continue;
    }
    const size = first < 0xfb ? 0 : first === 0xfc ? 2 : first === 0xfd ? 3 : 8;
    let length = size === 0 ? first : 0;
    for (let index = size; index > 0; index--) length = length * 256 + (payload[at + index] ?? 0);
    at += 1 + size;
    values.push(text(payload.subarray(at, at + length)));
    at += length;
  }
  return values;
}
