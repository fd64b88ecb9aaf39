/** A held command on real pumps: what waits behind it, and what becomes of it when the session ends. */
import assert from "node:assert/strict";
import * as com from "../../src/protocol/commands.ts";
import { encodePackets, MAX_PAYLOAD_BYTES } from "../../src/protocol/framing.ts";
import { encodeErr } from "../../src/protocol/packets/err.ts";
import type { CommandOutcome, Decision } from "../../src/proxy/decision.ts";
import { Relay } from "../../src/proxy/relay.ts";
import {
  command,
  concat,
  type Decide,
  DEFAULT_CAPABILITIES,
  harnessSession,
  harnessSettings,
  ok,
  reply,
} from "./_relay_harness.ts";
import { type ScriptedStream, scriptedStream } from "./_scripted_stream.ts";

const NOTHING = new Uint8Array(0);
const REJECTED = { action: "refuse", errno: 1227, sqlState: "42000", message: "querycop: rejected" } as const;
const ping = command(com.COM_PING);

function query(sql: string | Uint8Array): Uint8Array {
  return command(com.COM_QUERY, sql);
}

/** Holds texts that begin with `hold`, and executes; lets the rest pass. */
class Judge {
  readonly asked: string[] = [];
  readonly outcomes: CommandOutcome[] = [];
  signal: AbortSignal | undefined;
  decided = Promise.withResolvers<Exclude<Decision, { action: "hold" }>>();

  readonly decide: Decide = ({ command, text }) => {
    const sql = command === "query" ? new TextDecoder().decode(text.subarray(0, 20)) : command;
    this.asked.push(sql);
    const decideRun = () => {
      this.asked.push("execute");
      return this.#hold();
    };
    if (command === "prepare") return { action: "allow", decideRun };
    if (sql.startsWith("hold")) return this.#hold();
    return { action: "allow", done: (outcome) => this.outcomes.push(outcome) };
  };

  #hold(): Decision {
    return {
      action: "hold",
      wait: (signal) => {
        this.signal = signal;
        return this.decided.promise;
      },
    };
  }
}

/** A relay under way, with what it says on either side. */
class Session {
  readonly client: ScriptedStream;
  readonly backend: ScriptedStream = scriptedStream();
  readonly relay: Relay;
  readonly running: Promise<string>;

  constructor(judge: Judge, pieces: readonly Uint8Array[]) {
    this.client = scriptedStream(pieces);
    const settings = { ...harnessSettings({ decide: judge.decide }), maxStatementBytes: 64 * 1024 * 1024 };
    this.relay = new Relay(
      this.client.stream,
      this.backend.stream,
      settings,
      harnessSession(),
      DEFAULT_CAPABILITIES,
    );
    this.running = this.relay.run(NOTHING, undefined, NOTHING);
  }

  /** Bytes the backend has got and the client has got, once nothing moves. */
  async settled(): Promise<{ readonly backend: Uint8Array; readonly client: Uint8Array }> {
    let before = -1;
    for (let size = 0; size !== before;) {
      before = size;
      await new Promise((resolve) => setTimeout(resolve, 10));
      size = this.backend.written.length + this.client.written.length;
    }
    return { backend: concat(this.backend.written), client: concat(this.client.written) };
  }

  async end(): Promise<void> {
    this.relay.end("killed");
    await this.running;
  }
}

Deno.test("what was sent before a held statement is answered meanwhile, what was sent behind it waits", async () => {
  for (const approved of [true, false]) {
    const judge = new Judge();
    const session = new Session(judge, [concat([query("first"), query("hold"), query("behind"), ping])]);
    assert.deepEqual((await session.settled()).backend, query("first"));
    assert.equal(session.relay.state.busy, true);
    session.backend.push(reply(ok()));
    assert.deepEqual((await session.settled()).client, reply(ok()));
    assert.deepEqual(judge.asked, ["first", "hold"]);
    judge.decided.resolve(approved ? { action: "allow" } : REJECTED);
    const sent = [query("first"), ...(approved ? [query("hold")] : []), query("behind"), ping];
    assert.deepEqual((await session.settled()).backend, concat(sent));
    const answer = approved ? reply(ok(3)) : encodePackets(1, encodeErr(1227, "42000", REJECTED.message));
    if (approved) session.backend.push(answer);
    session.backend.push(concat([reply(ok()), reply(ok())]));
    assert.deepEqual(
      (await session.settled()).client,
      concat([reply(ok()), answer, reply(ok()), reply(ok())]),
    );
    await session.end();
  }
});

Deno.test("a rejection that comes while responses before it are under way is sent behind them", async () => {
  const judge = new Judge();
  const session = new Session(judge, [concat([query("first"), query("hold")])]);
  await session.settled();
  judge.decided.resolve(REJECTED);
  assert.equal((await session.settled()).client.length, 0);
  session.backend.push(reply(ok()));
  const rejection = encodePackets(1, encodeErr(1227, "42000", REJECTED.message));
  assert.deepEqual((await session.settled()).client, concat([reply(ok()), rejection]));
  await session.end();
});

Deno.test("a held statement of several packets passes whole, or is answered with the next sequence id", async () => {
  const long = new Uint8Array(MAX_PAYLOAD_BYTES + 10).fill(0x20);
  long.set(new TextEncoder().encode("hold"));
  for (const approved of [true, false]) {
    const judge = new Judge();
    const session = new Session(judge, [query(long), ping]);
    assert.equal((await session.settled()).backend.length, 0);
    judge.decided.resolve(approved ? { action: "allow" } : REJECTED);
    const { backend, client } = await session.settled();
    assert.equal(backend.length, (approved ? query(long).length : 0) + ping.length);
    if (!approved) assert.equal(client[3], 2);
    await session.end();
  }
});

Deno.test("a held execute waits where it is, whatever its length, and nothing of it is kept", async () => {
  const prepare = command(com.COM_STMT_PREPARE, "insert");
  const named = reply(Uint8Array.of(0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  const argument = new Uint8Array(3_000_000);
  argument[0] = 7;
  const execute = command(com.COM_STMT_EXECUTE, argument);
  for (const approved of [true, false]) {
    const judge = new Judge();
    const session = new Session(judge, [prepare]);
    await session.settled();
    session.backend.push(named);
    await session.settled();
    session.client.push(concat([execute, ping]));
    const waiting = await session.settled();
    assert.equal(waiting.backend.length, prepare.length);
    assert.ok(session.relay.bytesFromClient < 2_000_000);
    judge.decided.resolve(approved ? { action: "allow" } : REJECTED);
    const { backend, client } = await session.settled();
    assert.equal(backend.length, prepare.length + (approved ? execute.length : 0) + ping.length);
    const rejection = encodePackets(1, encodeErr(1227, "42000", REJECTED.message));
    assert.deepEqual(client, approved ? named : concat([named, rejection]));
    await session.end();
  }
});

Deno.test("a client that leaves withdraws its held statement; so does a session that is ended", async () => {
  for (const leaves of [true, false]) {
    const judge = new Judge();
    const session = new Session(judge, [query("hold")]);
    await session.settled();
    assert.equal(judge.signal?.aborted, false);
    if (leaves) session.client.push(null);
    else session.relay.end("killed");
    assert.equal(await session.running, leaves ? "client_closed" : "killed");
    assert.equal(judge.signal?.aborted, true);
    assert.equal(session.backend.written.length, 0);
  }
});

Deno.test("the judge is told of statements whose responses the session did not live to see", async () => {
  const judge = new Judge();
  const session = new Session(judge, [concat([query("one"), query("two")])]);
  await session.settled();
  session.backend.push(reply(ok()));
  await session.settled();
  await session.end();
  assert.deepEqual(judge.outcomes.map(({ result }) => result), ["ok", "lost"]);
});
