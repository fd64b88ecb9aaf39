import assert from "node:assert/strict";
import * as com from "../../src/protocol/commands.ts";
import { errPacket } from "../../src/proxy/relay_state.ts";
import { Relay } from "../../src/proxy/relay.ts";
import {
  command,
  concat,
  DEFAULT_CAPABILITIES,
  harnessSession,
  harnessSettings,
  ok,
  reply,
  row,
  text,
} from "./_relay_harness.ts";
import { type ScriptedStream, scriptedStream } from "./_scripted_stream.ts";

const NOTHING = new Uint8Array(0);

function relayOf(client: ScriptedStream, backend: ScriptedStream): Relay {
  return new Relay(client.stream, backend.stream, harnessSettings(), harnessSession(), DEFAULT_CAPABILITIES);
}

/** Lets everything run that waits for nothing from outside. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("a change of user that comes in pieces behind a statement goes on when the statement is answered", async () => {
  const changeUser = command(com.COM_CHANGE_USER, "app\0\0db\0\x2d\0mysql_native_password\0");
  const query = command(com.COM_QUERY, "do 1");
  const client = scriptedStream([concat([query, changeUser.subarray(0, 9)]), changeUser.subarray(9)]);
  const backend = scriptedStream();
  const relay = relayOf(client, backend);
  const running = relay.run(NOTHING, undefined, NOTHING);
  await settled();
  assert.deepEqual(concat(backend.written), query);
  backend.push(reply(ok()));
  await settled();
  assert.equal(concat(backend.written)[query.length + 4], com.COM_CHANGE_USER);
  relay.end("killed");
  await running;
});

Deno.test("a backend that takes no more commands before its response is read gets its response read", async () => {
  const definition = text("\x03def....");
  const rows = Array.from({ length: 50 }, () => row(text("value")));
  const result = reply(Uint8Array.of(1), definition, ...rows, ok(2, 0xfe));
  const query = command(com.COM_QUERY, "select a from t");
  const upload = command(com.COM_STMT_SEND_LONG_DATA, "\x01\0\0\0\0\0" + "x".repeat(2000));
  const responseRead = Promise.withResolvers<void>();
  const backend = scriptedStream(
    [],
    (bytes) => bytes.length > 1000 ? responseRead.promise : Promise.resolve(),
  );
  const client = scriptedStream([query, upload], () => {
    if (concat(client.written).length === result.length) responseRead.resolve();
    return Promise.resolve();
  });
  const relay = relayOf(client, backend);
  const running = relay.run(NOTHING, undefined, NOTHING);
  await settled();
  const half = result.length >> 1;
  backend.push(result.subarray(0, half));
  backend.push(result.subarray(half));
  await settled();
  assert.deepEqual(concat(client.written), result);
  relay.end("killed");
  await running;
});

Deno.test("a client that reads nothing cannot keep its session from being ended", async () => {
  const stalled = new Promise<void>(() => {});
  const client = scriptedStream([command(com.COM_PING)], () => stalled);
  const backend = scriptedStream([], () => {
    backend.push(reply(ok()));
    return Promise.resolve();
  });
  const relay = relayOf(client, backend);
  const running = relay.run(NOTHING, undefined, NOTHING);
  await settled();
  assert.equal(client.written.length, 1);
  void relay.endWith("drained", errPacket(0, { errno: 1053, sqlState: "08S01" }, "querycop: draining"));
  assert.equal(await running, "drained");
});
