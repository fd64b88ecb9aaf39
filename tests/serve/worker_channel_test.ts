import type { AuditEvent } from "../../src/contract/audit.ts";
import type { LiveEvent } from "../../src/contract/live_event.ts";
import assert from "node:assert/strict";
import { throttleEvents } from "../../src/serve/throttle_events.ts";
import { answerSupervisor, WorkerChannel } from "../../src/serve/worker_channel.ts";
import { WorkersView } from "../../src/serve/workers_view.ts";
import { DIGEST, heldStatement, MemoryProcess } from "../support/memory_admin.ts";

const HEALTHY = { healthy: true, problem: null, lost: 0, pending: 0, evicted: 0 };
const refused = (id: string): AuditEvent => ({ id, time: 1, type: "statement", action: "refuse" });

/** A pipe without a bound, of which either end may be let go. */
function pipe() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const readable = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return {
    readable,
    push: (bytes: Uint8Array) => controller?.enqueue(bytes),
    close: () => controller?.close(),
  };
}

/** A supervisor's view of workers that live in this process, each behind its pipes. */
function workers(...processes: readonly MemoryProcess[]) {
  const channels = new Map<number, WorkerChannel>();
  const view = new WorkersView(channels, { drain: () => {}, audit: () => HEALTHY });
  const said: ((line: string) => void)[] = [];
  const ends = processes.map((process, index) => {
    const [down, up] = [pipe(), pipe()];
    const write = (line: string) => up.push(new TextEncoder().encode(line + "\n"));
    said.push(write);
    const answering = answerSupervisor(process, down.readable, write);
    const ends = { stdin: new WritableStream({ write: down.push }), stdout: up.readable };
    channels.set(index, new WorkerChannel(ends, (event) => view.tell(event)));
    return async () => {
      channels.delete(index);
      down.close();
      await answering;
      up.close();
    };
  });
  return { view, channels, said, end: () => Promise.all(ends.map((end) => end())) };
}

Deno.test("a hold is resolved in the worker that has it, and in no other", async () => {
  const [one, other] = [new MemoryProcess(), new MemoryProcess()];
  one.waiting = [heldStatement("01A", { created_at: 2 })];
  other.waiting = [heldStatement("01B", { created_at: 1 })];
  const { view, end } = workers(one, other);
  assert.deepEqual((await view.held()).map(({ id }) => id), ["01B", "01A"]);
  const resolution = { decision: "reject", by: "ann", reason: "no" } as const;
  assert.equal((await view.resolveHold("01B", resolution))?.decided_by, "ann");
  assert.deepEqual([one.waiting.length, other.waiting.length], [1, 0]);
  assert.equal(await view.resolveHold("01Z", resolution), undefined);
  await end();
});

Deno.test("overrides reach every worker before the view says so, and one that starts later is told first of all", async () => {
  const [one, other] = [new MemoryProcess(), new MemoryProcess()];
  const { view, channels, end } = workers(one, other);
  const late = channels.get(1) as WorkerChannel;
  channels.delete(1);
  assert.equal(view.serving, false);
  await view.greet(channels.get(0) as WorkerChannel);
  assert.equal(view.serving, true);
  const block = { id: "01X", digest: DIGEST, reason: "r", by: "ann", created_at: 1 };
  const overrides = { blocks: [block], break_glass: [], approved: [], learned: {} };
  await view.setOverrides(overrides);
  assert.deepEqual(one.overrides, overrides);
  assert.equal(other.overrides, undefined);
  channels.set(1, late);
  await view.greet(late);
  assert.deepEqual(other.overrides, overrides);
  await end();
});

Deno.test("a policy file that the first worker cannot use is asked of no other", async () => {
  const [one, other] = [new MemoryProcess(), new MemoryProcess()];
  let asked = 0;
  one.reload = { ok: false, problems: [{ message: "block is above 100", line: 2 }] };
  other.reloadPolicy = () => {
    asked++;
    return Promise.resolve(other.reload);
  };
  const { view, end } = workers(one, other);
  assert.deepEqual(await view.reloadPolicy(), one.reload);
  assert.equal(asked, 0);
  one.reload = { ok: true, source: "p", roles: [] };
  assert.equal((await view.reloadPolicy()).ok, true);
  assert.equal(asked, 1);
  await end();
});

Deno.test("events come up only while somebody listens", async () => {
  const process = new MemoryProcess();
  const { view, end } = workers(process);
  const heard: LiveEvent[] = [];
  const unsubscribe = view.subscribe((event) => void heard.push(event));
  await view.snapshot(); // Questions are answered in order: it listens now.
  process.tell({ type: "decision", event: refused("01R") });
  process.tell({ type: "hold", approval: heldStatement("01H") });
  await view.snapshot();
  assert.deepEqual(heard.map(({ type }) => type), ["decision", "hold"]);
  unsubscribe();
  await view.snapshot();
  assert.equal(process.listeners.size, 0);
  await end();
});

Deno.test("what a worker cannot do is said by the supervisor, and what else it prints is no answer", async () => {
  const process = new MemoryProcess();
  process.score = () => Promise.reject(new Error("cannot judge"));
  const { view, said, end } = workers(process);
  said[0]?.("warning: something printed this");
  await assert.rejects(view.score({ sql: "x" }), /cannot judge/);
  assert.equal((await view.policy()).source, "built-in");
  await end();
});

Deno.test("of decisions a worker tells two hundred a second and how many more there were; holds always", () => {
  let clock = 0;
  const passed: LiveEvent[] = [];
  const tell = throttleEvents((event) => void passed.push(event), () => clock);
  for (let count = 0; count < 300; count++) tell({ type: "decision", event: refused(`${count}`) });
  tell({ type: "hold", approval: heldStatement("01H") });
  assert.equal(passed.length, 201);
  clock = 1000;
  tell({ type: "decision", event: refused("next") });
  assert.deepEqual(passed.slice(201), [{ type: "skipped", count: 100 }, {
    type: "decision",
    event: refused("next"),
  }]);
});
