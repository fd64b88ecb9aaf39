import assert from "node:assert/strict";
import { PacketSource } from "../../src/proxy/packet_source.ts";
import { command, concat } from "./_relay_harness.ts";
import { scriptedStream } from "./_scripted_stream.ts";

Deno.test("a packet that was looked at and not taken is among the bytes that are handed over", async () => {
  const first = command(3, "select 1");
  const second = command(3, "select 2");
  const { stream } = scriptedStream([concat([first, second])]);
  const source = new PacketSource(stream);
  assert.equal((await source.next())?.payload[0], 3);
  await source.peek();
  const { rest, pendingRead } = source.handOver();
  assert.deepEqual(rest, second);
  assert.equal(pendingRead, undefined);
});
