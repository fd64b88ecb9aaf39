import {
  CLIENT_DEPRECATE_EOF,
  CLIENT_LOCAL_FILES,
  CLIENT_PROTOCOL_41,
} from "../../src/protocol/capabilities.ts";
import { encodePackets } from "../../src/protocol/framing.ts";
import { PacketWriter } from "../../src/protocol/packet_writer.ts";
import { CommandStream } from "../../src/proxy/command_stream.ts";
import { ALLOW, type Decision, type SessionView, type StatementInput } from "../../src/proxy/decision.ts";
import { type RelaySession, type RelaySettings, RelayState } from "../../src/proxy/relay_state.ts";
import type { UserAdmission } from "../../src/proxy/user_slots.ts";
import { ResponseStream } from "../../src/proxy/response_stream.ts";

/** One command and what the server says to it; `reply` is empty where it says nothing. */
export interface ScriptedExchange {
  readonly command: Uint8Array;
  readonly reply: Uint8Array;
  /** The bytes the backend must get for this command; the command itself unless said otherwise. */
  readonly forwarded?: Uint8Array;
}

export const DEFAULT_CAPABILITIES = CLIENT_PROTOCOL_41 | CLIENT_DEPRECATE_EOF | CLIENT_LOCAL_FILES;

/** Judges one command of a session. */
export type Decide = (statement: StatementInput, session: SessionView) => Decision;

export interface HarnessOptions {
  readonly capabilities?: number;
  readonly decide?: Decide;
  readonly users?: UserAdmission;
  readonly backendCapabilities?: number;
  readonly ownAttributes?: RelaySettings["ownAttributes"];
  /** How a held command goes on, once everything that was under way before it has come to rest. */
  readonly resolve?: () => Exclude<Decision, { readonly action: "hold" }>;
  readonly responseBytes?: number;
  readonly rows?: number;
  readonly maxStatementBytes?: number;
  /** Sizes of the pieces in which bytes come, used round and round. */
  readonly pieces?: readonly number[];
}

/** What came out on either side. */
export interface HarnessResult {
  readonly toBackend: Uint8Array;
  readonly toClient: Uint8Array;
  readonly stops: readonly string[];
  readonly state: RelayState;
}

/**
 * Runs a whole session through both directions of the relay without a socket. All commands are sent at once; the
 * server's reply to each comes when the backend has got the bytes that the script says it gets.
 */
export function runSession(script: readonly ScriptedExchange[], options: HarnessOptions = {}): HarnessResult {
  const toBackend: Uint8Array[] = [];
  const toClient: Uint8Array[] = [];
  const session = harnessSession();
  const state = new RelayState(
    harnessSettings(options, session),
    session,
    options.capabilities ?? DEFAULT_CAPABILITIES,
    {
      toBackend: (bytes) => toBackend.push(bytes.slice()),
      toClient: (bytes) => toClient.push(bytes.slice()),
    },
  );
  const commands = new CommandStream(state);
  const responses = new ResponseStream(state);
  const stops: string[] = [];
  const pieces = options.pieces ?? [1 << 30];
  let turn = 0;
  const nextPiece = () => pieces[turn++ % pieces.length] as number;

  const input = concat(script.map(({ command }) => command));
  let sent = 0;
  let kept: Uint8Array = new Uint8Array(0);
  let clientBlocked = false;
  let held = false;
  let serverInput: Uint8Array = new Uint8Array(0);
  let serverKept: Uint8Array = new Uint8Array(0);
  let replied = 0;
  let expected = 0;

  for (let idle = 0; idle < 3;) {
    let moved = false;
    if (!held && (sent < input.length || (clientBlocked && kept.length > 0))) {
      const piece = clientBlocked ? new Uint8Array(0) : input.subarray(sent, sent + nextPiece());
      sent += piece.length;
      const fed = concat([kept, piece]);
      const why = commands.feed(fed, 0, fed.length);
      if (commands.position > 0 || piece.length > 0) moved = true;
      kept = fed.slice(commands.position);
      clientBlocked = why === "responses";
      held = why === "held";
      if (why !== "more") stops.push(why);
    }
    const got = toBackend.reduce((sum, bytes) => sum + bytes.length, 0);
    while (replied < script.length) {
      const exchange = script[replied] as ScriptedExchange;
      const size = (exchange.forwarded ?? exchange.command).length;
      if (got < expected + size) break;
      expected += size;
      serverInput = concat([serverInput, exchange.reply]);
      replied++;
    }
    if (serverInput.length > 0) {
      const piece = serverInput.subarray(0, nextPiece());
      serverInput = serverInput.slice(piece.length);
      const fed = concat([serverKept, piece]);
      responses.feed(fed, 0, fed.length);
      serverKept = fed.slice(responses.position);
      moved = true;
    }
    idle = moved ? 0 : idle + 1;
    if (idle === 2 && held && options.resolve !== undefined) {
      commands.resume(options.resolve());
      clientBlocked = true;
      held = false;
      idle = 0;
    }
  }
  return { toBackend: concat(toBackend), toClient: concat(toClient), stops, state };
}

/** Settings of a relay without a proxy around it. */
export function harnessSettings(
  options: HarnessOptions = {},
  session: SessionView = harnessSession(),
): RelaySettings {
  const decide = options.decide ?? (() => ALLOW);
  return {
    judge: { decide: (statement) => decide(statement, session), userChanged: () => {} },
    limits: {
      responseBytes: options.responseBytes ?? Infinity,
      windowBytes: Infinity,
      rows: options.rows ?? Infinity,
    },
    maxStatementBytes: options.maxStatementBytes ?? 64 * 1024 * 1024,
    now: () => 0,
    coarseNow: () => 0,
    authentication: {
      clientSecure: false,
      clientIsLibmysql: false,
      backendSecure: false,
      sealer: { publicKeyPem: new Uint8Array(0), open: () => undefined, seal: () => new Uint8Array(0) },
    },
    backendCapabilities: options.backendCapabilities ?? options.capabilities ?? DEFAULT_CAPABILITIES,
    ownAttributes: options.ownAttributes ?? [],
    users: options.users ?? { mayEnter: () => true, enter: () => true },
    onChangeUser: () => {},
  };
}

/** A session that has just logged in. */
export function harnessSession(): RelaySession {
  return {
    id: "session",
    user: "app",
    schema: "",
    client: { host: "127.0.0.1", port: 1 },
    attributes: new Map(),
    collation: 45,
    status: 2,
    ignoreSpace: false,
    multiStatements: false,
    serverVersion: "9.7.0",
  };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A command packet: the command byte and its argument. */
export function command(byte: number, argument: string | Uint8Array = ""): Uint8Array {
  const writer = new PacketWriter().writeUint8(byte);
  if (typeof argument === "string") writer.writeText(argument);
  else writer.writeBytes(argument);
  return encodePackets(0, writer.finish());
}

/** Packets of a response, numbered from 1. */
export function reply(...payloads: readonly Uint8Array[]): Uint8Array {
  return concat(payloads.map((payload, index) => encodePackets(index + 1, payload)));
}

export function ok(status = 2, header = 0): Uint8Array {
  return new PacketWriter().writeUint8(header).writeUint8(0).writeUint8(0).writeUint16(status).writeUint16(0)
    .finish();
}

export function eof(status = 2): Uint8Array {
  return new PacketWriter().writeUint8(0xfe).writeUint16(0).writeUint16(status).finish();
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** A row of one text column. */
export function row(value: Uint8Array): Uint8Array {
  return new PacketWriter(value.length + 9).writeLengthEncodedBytes(value).finish();
}
