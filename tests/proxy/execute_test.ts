/** Executes of prepared statements: whom the judge is asked about, and that every answer stays in its turn. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import * as com from "../../src/protocol/commands.ts";
import { encodePackets, MAX_PAYLOAD_BYTES } from "../../src/protocol/framing.ts";
import { decodeErr, encodeErr } from "../../src/protocol/packets/err.ts";
import type { CommandOutcome, Decision } from "../../src/proxy/decision.ts";
import {
  command,
  concat,
  type Decide,
  eof,
  ok,
  reply,
  row,
  runSession,
  type ScriptedExchange,
  text,
} from "./_relay_harness.ts";

const NONE = new Uint8Array(0);
const LAST = 0xffffffff;
const REFUSE = { action: "refuse", errno: 1227, sqlState: "42000", message: "querycop: blocked" } as const;
const refusal = (sequence = 1) => encodePackets(sequence, encodeErr(1227, "42000", REFUSE.message));

function id(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function preparedOk(value: number): Uint8Array {
  return concat([Uint8Array.of(0), id(value), new Uint8Array(7)]);
}

function prepare(value: number, sql = `prepare ${value}`): ScriptedExchange {
  return { command: command(com.COM_STMT_PREPARE, sql), reply: reply(preparedOk(value)) };
}

function execute(value: number, rest: Uint8Array = new Uint8Array(5)): ScriptedExchange {
  return { command: command(com.COM_STMT_EXECUTE, concat([id(value), rest])), reply: reply(ok()) };
}

function refused(exchange: ScriptedExchange): ScriptedExchange {
  return { command: exchange.command, reply: NONE, forwarded: NONE };
}

const ping = { command: command(com.COM_PING), reply: reply(ok()) };

/** A judge that carries each prepare's text and notes what it was asked. */
function carrying(verdict: (carried: string) => Decision = () => ({ action: "allow" })) {
  const asked: string[] = [];
  const decide: Decide = ({ command, text }) => {
    const sql = new TextDecoder().decode(text);
    asked.push(`${command} ${sql}`.trim());
    if (command !== "prepare") return { action: "allow" };
    const decideRun = () => {
      asked.push(`execute ${sql}`);
      return verdict(sql);
    };
    return { action: "allow", decideRun };
  };
  return { decide, asked };
}

function expectPassed(exchanges: readonly ScriptedExchange[], result: ReturnType<typeof runSession>): void {
  assert.deepEqual(result.toBackend, concat(exchanges.map((exchange) => exchange.command)));
  assert.deepEqual(result.toClient, concat(exchanges.map((exchange) => exchange.reply)));
}

Deno.test("each execute is asked with what its prepare carried, until the statement is closed", () => {
  const { decide, asked } = carrying();
  const close = { command: command(com.COM_STMT_CLOSE, id(1)), reply: NONE };
  const bulk = { command: command(com.COM_STMT_BULK_EXECUTE, concat([id(2), NONE])), reply: reply(ok()) };
  const session = [prepare(1), prepare(2), execute(2), execute(1), bulk, close, execute(1), execute(2)];
  for (const pieces of [[1], [11], [1 << 20]]) {
    asked.length = 0;
    expectPassed(session, runSession(session, { decide, pieces }));
    assert.deepEqual(asked, [
      "prepare prepare 1",
      "prepare prepare 2",
      "execute prepare 2",
      "execute prepare 1",
      "execute prepare 2",
      "execute prepare 2",
    ]);
  }
});

Deno.test("where prepares carry nothing, executes are not asked about", () => {
  let asked = 0;
  const decide: Decide = () => {
    asked++;
    return { action: "allow" };
  };
  const session = [prepare(1), execute(1), execute(LAST), execute(1)];
  expectPassed(session, runSession(session, { decide }));
  assert.equal(asked, 1);
});

Deno.test("the last statement is the last prepare that passed, also before its id is known", () => {
  const { decide, asked } = carrying();
  const session = [prepare(1), execute(LAST), prepare(2), execute(LAST), execute(1)];
  for (const pieces of [[1], [1 << 20]]) {
    asked.length = 0;
    expectPassed(session, runSession(session, { decide, pieces }));
    assert.deepEqual(asked.filter((name) => name.startsWith("execute")), [
      "execute prepare 1",
      "execute prepare 2",
      "execute prepare 1",
    ]);
  }
});

Deno.test("an id that is guessed before the server has told it is judged as what it turns out to be", () => {
  const { decide, asked } = carrying((carried) => carried === "prepare 2" ? REFUSE : { action: "allow" });
  const session = [prepare(1), prepare(2), refused(execute(2)), ping];
  const { toBackend, toClient } = runSession(session, { decide });
  assert.deepEqual(toBackend, concat([prepare(1), prepare(2), ping].map((exchange) => exchange.command)));
  assert.deepEqual(toClient, concat([prepare(1).reply, prepare(2).reply, refusal(), ping.reply]));
  assert.equal(asked.at(-1), "execute prepare 2");
});

Deno.test("after COM_RESET_CONNECTION ids begin anew: none of the old statements stands for a new one", () => {
  const { decide, asked } = carrying();
  const reset = { command: command(com.COM_RESET_CONNECTION), reply: reply(ok()) };
  const session = [prepare(1, "old"), execute(1), reset, execute(1), prepare(1, "new"), execute(1)];
  expectPassed(session, runSession(session, { decide }));
  assert.deepEqual(asked, ["prepare old", "execute old", "reset_connection", "prepare new", "execute new"]);
});

Deno.test("after COM_CHANGE_USER, too, and its judge is told when the session is the new user's", () => {
  const seen: string[] = [];
  const decide: Decide = ({ command }, session) => {
    const decideRun = (): Decision => {
      seen.push("execute old");
      return { action: "allow" };
    };
    if (command === "prepare") return { action: "allow", decideRun };
    seen.push(command);
    const done = ({ result, errno }: CommandOutcome) =>
      void seen.push(`${result} ${errno} ${session.user} ${session.schema}`.trim());
    return command === "change_user" ? { action: "allow", done } : { action: "allow" };
  };
  const changeUser = command(com.COM_CHANGE_USER, "other\0\0shop\0");
  const error = encodePackets(1, encodeErr(1047, "08S01", "no"));
  const session = [
    prepare(1),
    { command: changeUser, reply: error },
    execute(1),
    { command: changeUser, reply: reply(ok()) },
    execute(1),
  ];
  expectPassed(session, runSession(session, { decide, pieces: [7] }));
  assert.deepEqual(seen, ["change_user", "error 1047 app", "execute old", "change_user", "ok 0 other shop"]);
});

Deno.test("a refused execute of several packets is left out to its end and answered with the next sequence id", () => {
  const long = execute(1, new Uint8Array(MAX_PAYLOAD_BYTES + 100));
  for (const verdict of [REFUSE, { action: "allow" } as const]) {
    const { decide, asked } = carrying(() => verdict);
    const passes = verdict.action === "allow";
    const middle = passes ? { command: long.command, reply: encodePackets(2, ok()) } : refused(long);
    const { toBackend, toClient } = runSession([prepare(1), middle, ping], { decide, pieces: [500_000] });
    const sent = [prepare(1).command, ...(passes ? [long.command] : []), ping.command];
    assert.equal(Buffer.compare(toBackend, concat(sent)), 0);
    assert.deepEqual(
      toClient,
      concat([prepare(1).reply, passes ? encodePackets(2, ok()) : refusal(2), ping.reply]),
    );
    assert.equal(asked.length, 2);
  }
});

Deno.test("a server that asks for a file behind an execute of 16 MB is answered for in its turn", () => {
  const long = execute(1, new Uint8Array(MAX_PAYLOAD_BYTES));
  const asked = encodePackets(2, Uint8Array.of(0xfb, 0x66));
  const answered = runSession([
    { command: long.command, reply: asked },
    { command: NONE, forwarded: encodePackets(3, NONE), reply: encodePackets(4, ok()) },
  ]);
  assert.equal(answered.toClient[3], 2);
  assert.match(decodeErr(answered.toClient.subarray(4)).message, /asked for a local file/);
});

Deno.test("an unknown command of 16 MB and more is answered with the next sequence id", () => {
  const unknown = encodePackets(0, new Uint8Array(MAX_PAYLOAD_BYTES + 5).fill(0x7f));
  const { toBackend, toClient } = runSession(
    [{ command: unknown, reply: NONE, forwarded: NONE }, ping],
    { pieces: [1_000_000] },
  );
  assert.deepEqual(toBackend, ping.command);
  assert.equal(toClient[3], 2);
  assert.equal(decodeErr(toClient.subarray(4, 4 + (toClient[0] as number))).errno, 1047);
});

Deno.test("a refused execute leaves no parameters behind that its next one would find", () => {
  let refusing = true;
  const { decide } = carrying(() => refusing ? REFUSE : { action: "allow" });
  const data = command(com.COM_STMT_SEND_LONG_DATA, concat([id(1), text("\0\0data")]));
  const reset = command(com.COM_STMT_RESET, id(1));
  const session: ScriptedExchange[] = [
    prepare(1),
    { command: data, reply: NONE },
    { command: execute(1).command, reply: reply(ok()), forwarded: reset },
    { ...refused(execute(1)) },
    ping,
  ];
  const { toBackend, toClient } = runSession(session, { decide });
  assert.deepEqual(toBackend, concat([prepare(1).command, data, reset, ping.command]));
  assert.deepEqual(toClient, concat([prepare(1).reply, refusal(), refusal(), ping.reply]));
  refusing = false;
  const allowed = [prepare(1), { command: data, reply: NONE }, execute(1), ping];
  expectPassed(allowed, runSession(allowed, { decide }));
});

Deno.test("limits of an execute hold for its rows, and for those that a cursor brings later", () => {
  const limits = { responseBytes: Infinity, windowBytes: Infinity, rows: 3 };
  const outcomes: CommandOutcome[] = [];
  const { decide } = carrying(() => ({ action: "allow", limits, done: (outcome) => outcomes.push(outcome) }));
  const fetched = (rows: number): ScriptedExchange => ({
    command: command(com.COM_STMT_FETCH, concat([id(1), Uint8Array.of(rows, 0, 0, 0)])),
    reply: reply(...Array.from({ length: rows }, () => row(text("v"))), eof(0x42)),
  });
  const opened = {
    command: execute(1).command,
    reply: reply(Uint8Array.of(1), text("\x03def...."), ok(0x42, 0xfe)),
  };
  const { toClient } = runSession([prepare(1), opened, fetched(2), fetched(2), ping], { decide });
  const before = concat([prepare(1).reply, opened.reply, fetched(2).reply, reply(row(text("v")))]);
  assert.deepEqual(toClient.subarray(0, before.length), before);
  const error = toClient.subarray(before.length, -ping.reply.length);
  assert.equal(error[3], 2);
  assert.match(decodeErr(error.subarray(4)).message, /exceeds 3 rows/);
  assert.deepEqual(outcomes.map(({ result }) => result), ["ok"]);
});

type Verdict = "allow" | "refuse" | "hold-allow" | "hold-refuse";
interface Step {
  readonly kind: "query" | "execute" | "ping" | "prepare" | "long";
  readonly verdict: Verdict;
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("query", "execute", "ping", "prepare", "long"),
  verdict: fc.constantFrom("allow", "refuse", "hold-allow", "hold-refuse"),
});

Deno.test("allowed, refused and held commands in any order and pieces: each is answered in its turn, once", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), sizes, (steps, pieces) => {
      let last: Extract<Decision, { action: "allow" | "refuse" }> = REFUSE;
      const verdicts: Verdict[] = [];
      const next = (): Decision => {
        const verdict = verdicts.shift() ?? "refuse";
        last = verdict.endsWith("allow") ? { action: "allow" } : REFUSE;
        if (!verdict.startsWith("hold")) return last;
        return { action: "hold", wait: () => Promise.reject(new Error("the harness waits itself")) };
      };
      const decide: Decide = ({ command }) =>
        command === "prepare" ? { action: "allow", decideRun: next } : next();
      const script: ScriptedExchange[] = [prepare(1)];
      const answers = [prepare(1).reply];
      for (const { kind, verdict } of steps) {
        const exchange = kind === "query"
          ? { command: command(com.COM_QUERY, "select 1"), reply: reply(ok()) }
          : kind === "long"
          ? execute(1, new Uint8Array(100))
          : kind === "execute"
          ? execute(1)
          : kind === "prepare"
          ? prepare(1)
          : ping;
        if (kind === "ping" || kind === "prepare" || verdict.endsWith("allow")) {
          script.push(exchange);
          answers.push(exchange.reply);
        } else {
          script.push(refused(exchange));
          answers.push(refusal());
        }
        if (kind !== "ping" && kind !== "prepare") verdicts.push(verdict);
      }
      const { toBackend, toClient, state } = runSession(script, { decide, pieces, resolve: () => last });
      const sent = script.map((exchange) => exchange.forwarded ?? exchange.command);
      assert.deepEqual(toBackend, concat(sent));
      assert.deepEqual(toClient, concat(answers));
      assert.equal(state.busy, false);
      assert.equal(verdicts.length, 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("behind a command that changes how others are judged, the next is judged when it has ended", () => {
  const seen: string[] = [];
  const decide: Decide = ({ text }) => {
    const sql = new TextDecoder().decode(text);
    seen.push(sql);
    if (!sql.startsWith("set")) return { action: "allow" };
    return { action: "allow", barrier: true, done: () => void seen.push("done") };
  };
  const query = (sql: string) => ({ command: command(com.COM_QUERY, sql), reply: reply(ok()) });
  const session = [query("a"), query("set b"), query("c"), query("d")];
  expectPassed(session, runSession(session, { decide }));
  assert.deepEqual(seen, ["a", "set b", "done", "c", "d"]);
});
