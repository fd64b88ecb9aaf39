/** Payloads that a server sends, made by hand. */
import { bytes, lenencInt, lenencString, uint } from "./bytes.ts";

/** Capabilities by bit, as far as tests speak of them. */
export const CAPABILITY = {
  longPassword: 0x1,
  foundRows: 0x2,
  connectWithDb: 0x8,
  compress: 0x20,
  localFiles: 0x80,
  protocol41: 0x200,
  ssl: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  multiStatements: 0x10000,
  multiResults: 0x20000,
  psMultiResults: 0x40000,
  pluginAuth: 0x80000,
  connectAttributes: 0x100000,
  lenencAuth: 0x200000,
  sessionTrack: 0x800000,
  deprecateEof: 0x1000000,
  queryAttributes: 0x8000000,
} as const;

/** What a greeting says; the defaults are those of a plain MySQL 8 without TLS and EOF packets. */
export interface GreetingOptions {
  readonly version?: string;
  readonly connectionId?: number;
  /** 20 bytes. */
  readonly nonce?: Uint8Array;
  readonly capabilities?: number;
  readonly collation?: number;
  readonly plugin?: string;
}

/** The challenge that scripted servers send unless told otherwise. */
const NONCE = new TextEncoder().encode("abcdefghijklmnopqrst");

/** A server without TLS that keeps EOF packets: the older and longer form of every result. */
export const BASIC_CAPABILITIES = CAPABILITY.longPassword | CAPABILITY.foundRows | CAPABILITY.connectWithDb |
  CAPABILITY.protocol41 | CAPABILITY.transactions | CAPABILITY.secureConnection | CAPABILITY.multiStatements |
  CAPABILITY.multiResults | CAPABILITY.pluginAuth | CAPABILITY.connectAttributes | CAPABILITY.lenencAuth;

/** Protocol::HandshakeV10. */
export function greeting(options: GreetingOptions = {}): Uint8Array {
  const nonce = options.nonce ?? NONCE;
  const capabilities = options.capabilities ?? BASIC_CAPABILITIES;
  return bytes(
    10,
    options.version ?? "8.4.0-scripted",
    0,
    uint(options.connectionId ?? 77, 4),
    nonce.subarray(0, 8),
    0,
    uint(capabilities & 0xffff, 2),
    options.collation ?? 255,
    uint(2, 2),
    uint(capabilities >>> 16, 2),
    21,
    new Uint8Array(10),
    nonce.subarray(8),
    0,
    options.plugin ?? "caching_sha2_password",
    0,
  );
}

/** OK with `status` flags; by default autocommit. */
export function ok(options: { readonly affected?: number; readonly status?: number } = {}): Uint8Array {
  return bytes(0, lenencInt(options.affected ?? 0), 0, uint(options.status ?? 2, 2), uint(0, 2));
}

/** EOF, of the form without CLIENT_DEPRECATE_EOF. */
export function eof(status = 2): Uint8Array {
  return bytes(0xfe, uint(0, 2), uint(status, 2));
}

/** The OK that ends rows where CLIENT_DEPRECATE_EOF was agreed. */
function rowsEnd(status = 2): Uint8Array {
  return bytes(0xfe, 0, 0, uint(status, 2), uint(0, 2));
}

/** ERR; without a state as it stands before the greeting. */
export function err(errno: number, state: string | undefined, message: string): Uint8Array {
  return bytes(0xff, uint(errno, 2), state === undefined ? "" : `#${state}`, message);
}

/** AuthSwitchRequest. */
export function authSwitch(plugin: string, nonce: Uint8Array = NONCE): Uint8Array {
  return bytes(0xfe, plugin, 0, nonce, 0);
}

/** AuthMoreData. */
export function authMore(data: Uint8Array): Uint8Array {
  return bytes(1, data);
}

/** A column definition of text. */
export function column(name: string): Uint8Array {
  return bytes(
    lenencString("def"),
    ...["", "", "", name, name].map(lenencString),
    0x0c,
    uint(45, 2),
    uint(1024, 4),
    0xfd,
    uint(0, 2),
    0,
    uint(0, 2),
  );
}

/** A text row; `null` is NULL. */
export function row(...values: readonly (string | Uint8Array | null)[]): Uint8Array {
  return bytes(...values.map((value) => value === null ? Uint8Array.of(0xfb) : lenencString(value)));
}

/** All payloads of a one-column text result, in the form with or without EOF packets. */
export function resultset(
  name: string,
  values: readonly string[],
  options: { readonly deprecateEof?: boolean; readonly status?: number } = {},
): Uint8Array[] {
  const { deprecateEof = false, status = 2 } = options;
  return [
    lenencInt(1),
    column(name),
    ...(deprecateEof ? [] : [eof(status)]),
    ...values.map((value) => row(value)),
    deprecateEof ? rowsEnd(status) : eof(status),
  ];
}
