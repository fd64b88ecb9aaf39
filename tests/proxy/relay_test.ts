import assert from "node:assert/strict";
import fc from "fast-check";
import * as capability from "../../src/protocol/capabilities.ts";
import * as com from "../../src/protocol/commands.ts";
import { ProtocolError } from "../../src/base/errors.ts";
import { encodePackets, MAX_PAYLOAD_BYTES } from "../../src/protocol/framing.ts";
import { decodeErr } from "../../src/protocol/packets/err.ts";
import { encodeErr } from "../../src/protocol/packets/err.ts";
import {
  command,
  concat,
  type Decide,
  DEFAULT_CAPABILITIES,
  eof,
  ok,
  reply,
  row,
  runSession,
  type ScriptedExchange,
  text,
} from "./_relay_harness.ts";

const definition = text("\x03def....");
const legacy = DEFAULT_CAPABILITIES & ~capability.CLIENT_DEPRECATE_EOF;

function resultset(rows: number, status = 2, width = 5): Uint8Array[] {
  const values = Array.from({ length: rows }, (_, index) => row(text("x".repeat(width) + index)));
  return [Uint8Array.of(2), definition, definition, ...values, ok(status, 0xfe)];
}

function legacyResultset(rows: number, status = 2): Uint8Array[] {
  const values = Array.from({ length: rows }, () => row(text("value")));
  return [Uint8Array.of(1), definition, eof(), ...values, eof(status)];
}

function prepared(columns: number, parameters: number, legacyEof: boolean): Uint8Array[] {
  const end = legacyEof ? [eof()] : [];
  return [
    Uint8Array.of(0, 1, 0, 0, 0, columns, 0, parameters, 0, 0, 0, 0),
    ...(parameters > 0 ? [...Array(parameters).fill(definition), ...end] : []),
    ...(columns > 0 ? [...Array(columns).fill(definition), ...end] : []),
  ];
}

const EXCHANGES: Readonly<Record<string, (legacyEof: boolean) => ScriptedExchange>> = {
  ping: () => ({ command: command(com.COM_PING), reply: reply(ok()) }),
  select: (old) => ({
    command: command(com.COM_QUERY, "select 1"),
    reply: reply(...(old ? legacyResultset(3) : resultset(3))),
  }),
  several: (old) => ({
    command: command(com.COM_QUERY, "select 1; update t set a=1; select 2"),
    reply: reply(
      ...(old ? legacyResultset(1, 10) : resultset(1, 10)),
      ok(10),
      ...(old ? legacyResultset(2) : resultset(2)),
    ),
  }),
  error: () => ({ command: command(com.COM_QUERY, "selec"), reply: reply(encodeErr(1064, "42000", "no")) }),
  errorAmongRows: () => ({
    command: command(com.COM_QUERY, "select sleep(1)"),
    reply: reply(...resultset(2).slice(0, -1), encodeErr(1317, "70100", "interrupted")),
  }),
  prepare: (old) => ({
    command: command(com.COM_STMT_PREPARE, "select ?"),
    reply: reply(...prepared(2, 3, old)),
  }),
  prepareNothing: (old) => ({
    command: command(com.COM_STMT_PREPARE, "do 1"),
    reply: reply(...prepared(0, 0, old)),
  }),
  longData: () => ({ command: command(com.COM_STMT_SEND_LONG_DATA, "\x01\0\0\0\0\0data"), reply: reply() }),
  execute: (old) => ({
    command: command(com.COM_STMT_EXECUTE, "\x01\0\0\0\0\x01\0\0\0"),
    reply: reply(...(old ? legacyResultset(4) : resultset(4))),
  }),
  cursor: (old) => ({
    command: command(com.COM_STMT_EXECUTE, "\x01\0\0\0\x01\x01\0\0\0"),
    reply: reply(Uint8Array.of(1), definition, old ? eof(0x42) : ok(0x42, 0xfe)),
  }),
  fetch: (old) => ({
    command: command(com.COM_STMT_FETCH, "\x01\0\0\0\x02\0\0\0"),
    reply: reply(row(text("a")), row(text("b")), old ? eof(0x82) : ok(0x82, 0xfe)),
  }),
  close: () => ({ command: command(com.COM_STMT_CLOSE, "\x01\0\0\0"), reply: reply() }),
  statistics: () => ({ command: command(com.COM_STATISTICS), reply: reply(text("Uptime: 5")) }),
  fieldList: (old) => ({
    command: command(com.COM_FIELD_LIST, "t\0%"),
    reply: reply(definition, definition, old ? eof() : ok(2, 0xfe)),
  }),
  setOption: () => ({ command: command(com.COM_SET_OPTION, "\0\0"), reply: reply(eof()) }),
};

const names = Object.keys(EXCHANGES);
const script = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 12 });
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

Deno.test("any session in any pieces, pipelined throughout, comes out on both sides byte for byte", () => {
  fc.assert(
    fc.property(script, pieces, fc.boolean(), (chosen, sizes, old) => {
      if (old) chosen = chosen.filter((name) => name !== "errorAmongRows");
      const exchanges = chosen.map((name) => (EXCHANGES[name] as (old: boolean) => ScriptedExchange)(old));
      const capabilities = old ? legacy : DEFAULT_CAPABILITIES;
      const { toBackend, toClient, state } = runSession(exchanges, { pieces: sizes, capabilities });
      assert.deepEqual(toBackend, concat(exchanges.map((exchange) => exchange.command)));
      assert.deepEqual(toClient, concat(exchanges.map((exchange) => exchange.reply)));
      assert.equal(state.pipeline.length, 0);
      assert.equal(state.busy, false);
    }),
    { numRuns: 300 },
  );
});

const refuseDelete: Decide = ({ text: sql }) =>
  new TextDecoder().decode(sql).startsWith("delete")
    ? { action: "refuse", errno: 1227, sqlState: "42000", message: "querycop: blocked" }
    : { action: "allow" };

Deno.test("a refused statement is answered in its turn, in any pieces, and never reaches the backend", () => {
  const refusal = encodePackets(1, encodeErr(1227, "42000", "querycop: blocked"));
  fc.assert(
    fc.property(script, fc.nat(12), pieces, (chosen, where, sizes) => {
      const exchanges = chosen.map((name) => (EXCHANGES[name] as (old: boolean) => ScriptedExchange)(false));
      const at = Math.min(where, exchanges.length);
      const blocked: ScriptedExchange = {
        command: command(com.COM_QUERY, "delete from t"),
        reply: new Uint8Array(0),
        forwarded: new Uint8Array(0),
      };
      const all = [...exchanges.slice(0, at), blocked, ...exchanges.slice(at)];
      const { toBackend, toClient } = runSession(all, { pieces: sizes, decide: refuseDelete });
      assert.deepEqual(toBackend, concat(exchanges.map((exchange) => exchange.command)));
      const owed = [
        ...exchanges.slice(0, at).map((e) => e.reply),
        refusal,
        ...exchanges.slice(at).map((e) => e.reply),
      ];
      assert.deepEqual(toClient, concat(owed));
    }),
    { numRuns: 300 },
  );
});

Deno.test("behind a refused prepare, what a pipelining client runs as its last statement is refused too", () => {
  const id = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0]);
  const none = new Uint8Array(0);
  const all: ScriptedExchange[] = [
    { command: command(com.COM_STMT_PREPARE, "delete from t"), reply: none, forwarded: none },
    { command: command(com.COM_STMT_EXECUTE, id), reply: none, forwarded: none },
    { command: command(com.COM_STMT_CLOSE, id.subarray(0, 4)), reply: none, forwarded: none },
    { command: command(com.COM_STMT_PREPARE, "select 1"), reply: reply(...prepared(1, 0, false)) },
    { command: command(com.COM_STMT_EXECUTE, id), reply: reply(...resultset(1)) },
  ];
  for (const sizes of [[1], [3], [1 << 20]]) {
    const { toBackend, toClient } = runSession(all, { decide: refuseDelete, pieces: sizes });
    assert.deepEqual(toBackend, concat(all.slice(3).map((exchange) => exchange.command)));
    const first = decodeErr(toClient.subarray(4));
    assert.equal(first.errno, 1227);
    const second = toClient.subarray(4 + (toClient[0] as number));
    assert.equal(decodeErr(second.subarray(4)).errno, 1243);
  }
});

Deno.test("a statement in two packets of 16 MB is judged whole and refused with the next sequence id", () => {
  let judged = 0;
  const decide: Decide = ({ text: sql }) => {
    judged = sql.length;
    const tail = new TextDecoder().decode(sql.subarray(-20));
    return tail.includes("delete")
      ? { action: "refuse", errno: 1227, sqlState: "42000", message: "no" }
      : { action: "allow" };
  };
  const sql = new Uint8Array(MAX_PAYLOAD_BYTES + 100).fill(0x20);
  sql.set(text("delete from t"), sql.length - 13);
  const statement = command(com.COM_QUERY, sql);
  const none = new Uint8Array(0);
  const refused = runSession([{ command: statement, reply: none, forwarded: none }], {
    decide,
    pieces: [300_000],
  });
  assert.equal(judged, sql.length);
  assert.equal(refused.toBackend.length, 0);
  assert.equal(refused.toClient[3], 2);
  sql.fill(0x20, sql.length - 13);
  const allowed = command(com.COM_QUERY, sql);
  const answer = encodePackets(2, ok());
  const passed = runSession([{ command: allowed, reply: answer }], { decide, pieces: [300_000] });
  assert.ok(Buffer.compare(passed.toBackend, allowed) === 0);
  assert.deepEqual(passed.toClient, answer);
});

Deno.test("a statement past the limit is refused and the session goes on", () => {
  const none = new Uint8Array(0);
  const long: ScriptedExchange = {
    command: command(com.COM_QUERY, "x".repeat(5000)),
    reply: none,
    forwarded: none,
  };
  const ping = { command: command(com.COM_PING), reply: reply(ok()) };
  const { toBackend, toClient } = runSession([long, ping], { maxStatementBytes: 1000, pieces: [700] });
  assert.deepEqual(toBackend, ping.command);
  const error = decodeErr(toClient.subarray(4, 4 + (toClient[0] as number)));
  assert.match(error.message, /statement-too-large/);
  assert.deepEqual(toClient.subarray(4 + (toClient[0] as number)), ping.reply);
});

Deno.test("a response past a limit ends at a row with an ERR, and the next command is answered in order", () => {
  const many = { command: command(com.COM_QUERY, "select *"), reply: reply(...resultset(100, 2, 50)) };
  const ping = { command: command(com.COM_PING), reply: reply(ok()) };
  for (const limit of [{ rows: 7 }, { responseBytes: 1000 }]) {
    for (const sizes of [[1], [37], [1 << 20]]) {
      const { toClient, toBackend } = runSession([many, ping], { ...limit, pieces: sizes });
      assert.deepEqual(toBackend, concat([many.command, ping.command]));
      assert.deepEqual(toClient.subarray(-ping.reply.length), ping.reply);
      const cut = toClient.subarray(0, -ping.reply.length);
      let at = 0;
      let sequence = 1;
      let last: Uint8Array = cut;
      while (at < cut.length) {
        const length = (cut[at] as number) | ((cut[at + 1] as number) << 8);
        assert.equal(cut[at + 3], sequence++);
        last = cut.subarray(at + 4, at + 4 + length);
        at += 4 + length;
      }
      assert.equal(at, cut.length);
      assert.match(decodeErr(last).message, /^querycop: response exceeds .*LIMIT or paginate$/);
    }
  }
});

Deno.test("rows of 16 MB and more are followed through their packets", () => {
  const big = row(new Uint8Array(MAX_PAYLOAD_BYTES + 10).fill(0xfe));
  const packets: Uint8Array[] = [];
  let sequence = 1;
  for (const payload of [Uint8Array.of(1), definition, big, row(text("after")), ok(2, 0xfe)]) {
    packets.push(encodePackets(sequence, payload));
    sequence += payload.length >= MAX_PAYLOAD_BYTES ? 2 : 1;
  }
  const exchange = { command: command(com.COM_QUERY, "select big"), reply: concat(packets) };
  const { toClient, state } = runSession([exchange], { pieces: [1_000_003] });
  assert.ok(Buffer.compare(toClient, exchange.reply) === 0);
  assert.equal(state.tracker.rows, 2);
});

Deno.test("a local file goes to the server when the session's statement asked for it, and its bytes are no commands", () => {
  const load = command(com.COM_QUERY, "/*x*/ LOAD DATA LOCAL INFILE 'f' INTO TABLE t");
  const file = concat([encodePackets(2, text("\x03delete from t\n")), encodePackets(3, new Uint8Array(0))]);
  const all: ScriptedExchange[] = [
    { command: load, reply: Uint8Array.of(2, 0, 0, 1, 0xfb, 0x66) },
    { command: file, reply: encodePackets(4, ok()) },
    { command: command(com.COM_PING), reply: reply(ok()) },
  ];
  for (const sizes of [[1], [13], [1 << 20]]) {
    const { toBackend, toClient } = runSession(all, { decide: refuseDelete, pieces: sizes });
    assert.deepEqual(toBackend, concat(all.map((exchange) => exchange.command)));
    assert.deepEqual(toClient, concat(all.map((exchange) => exchange.reply)));
  }
});

Deno.test("a server that asks for a file no statement asked for gets none, and the client is told", () => {
  const query = command(com.COM_QUERY, "select 1");
  const all: ScriptedExchange[] = [
    { command: query, reply: Uint8Array.of(2, 0, 0, 1, 0xfb, 0x66) },
    { command: new Uint8Array(0), forwarded: Uint8Array.of(0, 0, 0, 2), reply: encodePackets(3, ok()) },
    { command: command(com.COM_PING), reply: reply(ok()) },
  ];
  const { toBackend, toClient } = runSession(all, { pieces: [1 << 20] });
  assert.deepEqual(toBackend, concat([query, command(com.COM_PING), Uint8Array.of(0, 0, 0, 2)]));
  const error = decodeErr(toClient.subarray(4, 4 + (toClient[0] as number)));
  assert.match(error.message, /asked for a local file/);
  assert.equal(toClient[3], 1);
  assert.deepEqual(toClient.subarray(-reply(ok()).length), reply(ok()));
});

Deno.test("an unknown command is answered with 1047 and not passed on", () => {
  const none = new Uint8Array(0);
  const unknown: ScriptedExchange = { command: command(0x20, "clone"), reply: none, forwarded: none };
  const ping = { command: command(com.COM_PING), reply: reply(ok()) };
  for (const sizes of [[1], [1 << 20]]) {
    const { toBackend, toClient } = runSession([ping, unknown, ping], { pieces: sizes });
    assert.deepEqual(toBackend, concat([ping.command, ping.command]));
    assert.equal(decodeErr(toClient.subarray(ping.reply.length + 4)).errno, 1047);
  }
});

Deno.test("whatever packets a client sends, a command that is refused never reaches the backend", () => {
  const refuseAll: Decide = () => ({ action: "refuse", errno: 1227, sqlState: "42000", message: "no" });
  const judged = new Set([2, 3, 4, 5, 6, 7, 8, 0x0c, 0x11, 0x12, 0x13, 0x15, 0x16, 0x1b, 0x1e, 0x1f]);
  const packet = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 30 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 20 }), pieces, fc.nat(60), (packets, sizes, cut) => {
      const sent = packets.map(([byte, argument, empty]) =>
        empty ? encodePackets(0, new Uint8Array(0)) : command(byte, argument)
      );
      const input = concat(sent);
      const none = new Uint8Array(0);
      const { toBackend } = runSession(
        [{
          command: input.subarray(0, Math.max(0, input.length - cut)),
          reply: none,
          forwarded: new Uint8Array(1 << 20),
        }],
        { decide: refuseAll, pieces: sizes },
      );
      for (let at = 0; at + 5 <= toBackend.length;) {
        const length = (toBackend[at] as number) | ((toBackend[at + 1] as number) << 8);
        if (length > 0) {
          assert.ok(!judged.has(toBackend[at + 4] as number), `command ${toBackend[at + 4]} got through`);
        }
        at += 4 + length;
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("whatever bytes a backend sends, the relay passes them on, stops for more, or says ProtocolError", () => {
  const capabilities = fc.constantFrom(DEFAULT_CAPABILITIES, legacy);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), pieces, capabilities, (bytes, sizes, flags) => {
      const query = { command: command(com.COM_QUERY, "select 1"), reply: bytes };
      try {
        const { toClient } = runSession([query], { pieces: sizes, capabilities: flags });
        assert.deepEqual(toClient, bytes.subarray(0, toClient.length));
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
      }
    }),
    { numRuns: 400 },
  );
});

// Seen from MySQL 9.7.4 with CLIENT_OPTIONAL_RESULTSET_METADATA: the count of columns, then whether they are defined.
const OPTIONAL: Readonly<Record<string, (legacyEof: boolean) => Uint8Array[]>> = {
  none: (old) => [Uint8Array.of(2, 0), ...(old ? [eof()] : []), row(text("1")), old ? eof() : ok(2, 0xfe)],
  full: (old) => [
    Uint8Array.of(2, 1),
    definition,
    definition,
    ...(old ? [eof()] : []),
    row(text("1")),
    old ? eof() : ok(2, 0xfe),
  ],
};

Deno.test("a result without definitions, as SET resultset_metadata = NONE gives, ends where it ends", () => {
  for (const [old, flags] of [[true, legacy], [false, DEFAULT_CAPABILITIES]] as const) {
    const capabilities = flags | capability.CLIENT_OPTIONAL_RESULTSET_METADATA;
    const exchanges = ["none", "full", "none"].map((name) => ({
      command: command(com.COM_QUERY, "select 1, 2"),
      reply: reply(...(OPTIONAL[name] as (old: boolean) => Uint8Array[])(old)),
    }));
    for (const sizes of [[1], [7], [1 << 20]]) {
      const { toClient, state } = runSession(exchanges, { capabilities, pieces: sizes });
      assert.deepEqual(toClient, concat(exchanges.map((exchange) => exchange.reply)));
      assert.equal(state.pipeline.length, 0);
      assert.equal(state.tracker.rows, 1);
    }
  }
});

Deno.test("a prepare without definitions still has its EOFs, in sessions that have EOFs", () => {
  for (const [old, flags] of [[true, legacy], [false, DEFAULT_CAPABILITIES]] as const) {
    const head = Uint8Array.of(0, 1, 0, 0, 0, 3, 0, 1, 0, 0, 0, 0, 0);
    const { toClient, state } = runSession(
      [
        {
          command: command(com.COM_STMT_PREPARE, "select ?, 1, 2"),
          reply: reply(head, ...(old ? [eof(), eof()] : [])),
        },
        { command: command(com.COM_PING), reply: reply(ok()) },
      ],
      { capabilities: flags | capability.CLIENT_OPTIONAL_RESULTSET_METADATA, pieces: [1] },
    );
    assert.deepEqual(toClient, concat([reply(head, ...(old ? [eof(), eof()] : [])), reply(ok())]));
    assert.equal(state.pipeline.length, 0);
  }
});

Deno.test("a response cut by the guard has one error, also where its rest asks for a file", () => {
  const cut = resultset(5, 10);
  const load = command(com.COM_QUERY, "select a from t; load data local infile 'f' into table t");
  const answered = reply(...cut, Uint8Array.of(0xfb, 0x66));
  const asked = answered[answered.length - 3] as number;
  const verdict = encodePackets(asked + 2, ok());
  const { toClient, toBackend, state } = runSession(
    [{ command: load, reply: concat([answered, verdict]) }],
    { rows: 2 },
  );
  const passed = reply(...cut.slice(0, 5));
  assert.deepEqual(toClient.subarray(0, passed.length), passed);
  const error = toClient.subarray(passed.length);
  assert.equal(error[4], 0xff);
  assert.equal(error.length, 4 + ((error[0] as number) | ((error[1] as number) << 8)));
  assert.deepEqual(toBackend.subarray(-4), encodePackets(asked + 1, new Uint8Array(0)));
  assert.equal(state.pipeline.length, 0);
});

Deno.test("a packet of a file that is exactly 16 MB long does not end the file with its continuation", () => {
  const data = encodePackets(2, new Uint8Array(MAX_PAYLOAD_BYTES));
  const end = encodePackets(4, new Uint8Array(0));
  const { toBackend, state } = runSession([
    {
      command: command(com.COM_QUERY, "load data local infile 'f' into table t"),
      reply: reply(Uint8Array.of(0xfb, 0x66)),
    },
    { command: concat([data, end]), reply: encodePackets(5, ok()) },
    { command: command(com.COM_PING), reply: reply(ok()) },
  ]);
  assert.equal(
    toBackend.length,
    command(com.COM_QUERY, "load data local infile 'f' into table t").length +
      data.length + end.length + command(com.COM_PING).length,
  );
  assert.equal(state.pipeline.length, 0);
  assert.equal(state.mode, "command");
});

const changeUser = command(com.COM_CHANGE_USER, "other\0\0shop\0");

Deno.test("behind COM_CHANGE_USER, what a client sends unasked is a command, judged when the login is over", () => {
  const none = new Uint8Array(0);
  for (const sizes of [[1], [9], [1 << 20]]) {
    const { toBackend, toClient, state } = runSession(
      [
        { command: changeUser, reply: reply(ok()) },
        { command: command(com.COM_QUERY, "delete from t"), reply: none, forwarded: none },
        { command: command(com.COM_PING), reply: reply(ok()) },
      ],
      { decide: refuseDelete, pieces: sizes },
    );
    assert.deepEqual(toBackend, concat([changeUser, command(com.COM_PING)]));
    const refusal = encodePackets(1, encodeErr(1227, "42000", "querycop: blocked"));
    assert.deepEqual(toClient, concat([reply(ok()), refusal, reply(ok())]));
    assert.equal(state.session.user, "other");
    assert.equal(state.session.schema, "shop");
  }
});

Deno.test("a server that lacks COM_CHANGE_USER, as Vitess, leaves the session as it was", () => {
  const unknown = encodePackets(1, encodeErr(1047, "08S01", "command handling not implemented yet: 17"));
  const ping = { command: command(com.COM_PING), reply: reply(ok()) };
  const { toClient, state } = runSession([{ command: changeUser, reply: unknown }, ping], { pieces: [5] });
  assert.deepEqual(toClient, concat([unknown, ping.reply]));
  assert.equal(state.session.user, "app");
  assert.equal(state.ending, undefined);
});
