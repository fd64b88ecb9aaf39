import type { AuditEvent } from "../../src/contract/audit.ts";
import assert from "node:assert/strict";
import { heldStatement, MemoryAdmin } from "../support/memory_admin.ts";

interface Message {
  readonly event: string;
  readonly id?: string;
  // deno-lint-ignore no-explicit-any
  readonly data: any;
}

/** Reads messages and comments of a stream as they come. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  constructor(response: Response) {
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    this.#reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
      .pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next message; `undefined` at the end. */
  async next(): Promise<Message | undefined> {
    while (!this.#text.includes("\n\n")) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n\n");
    const lines = this.#text.slice(0, end).split("\n");
    this.#text = this.#text.slice(end + 2);
    if (lines[0]?.startsWith(":")) return { event: "comment", data: lines[0] };
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const id = field("id");
    return {
      event: field("event") ?? "",
      ...(id === undefined ? {} : { id }),
      data: JSON.parse(field("data") ?? ""),
    };
  }

  async nextOf(event: string): Promise<Message> {
    for (let count = 0; count < 1000; count++) {
      const message = await this.next();
      if (message === undefined) break;
      if (message.event === event) return message;
    }
    return assert.fail(`no ${event} came`);
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

const refused = (id: string): AuditEvent => ({
  id,
  time: 1,
  type: "statement",
  action: "refuse",
  user: "app",
});

Deno.test("nothing is asked of the process while nobody listens, nor once the last has gone", async () => {
  const admin = new MemoryAdmin();
  await admin.pass(3000);
  assert.deepEqual(admin.process.calls, []);
  const reader = new Reader(await admin.send("GET", "/v1/events"));
  assert.equal((await reader.next())?.event, "stats");
  await reader.cancel();
  const calls = admin.process.calls.length;
  assert.equal(admin.process.calls.at(-1), "unsubscribe");
  await admin.pass(3000);
  assert.equal(admin.process.calls.length, calls);
});

Deno.test("stats come each second, decisions with their id, holds and their ends as they happen", async () => {
  const admin = new MemoryAdmin();
  const reader = new Reader(await admin.send("GET", "/v1/events"));
  assert.equal((await reader.nextOf("stats")).data.version, "1.2.3");
  await admin.pass(1000);
  assert.equal((await reader.nextOf("stats")).data.time, admin.clockMs);
  admin.process.tell({ type: "decision", event: refused("01R") });
  const decision = await reader.nextOf("decision");
  assert.deepEqual([decision.id, decision.data], ["01R", refused("01R")]);
  admin.process.waiting = [heldStatement("01H")];
  admin.process.tell({ type: "hold", approval: heldStatement("01H") });
  assert.equal((await reader.nextOf("hold")).data.state, "pending");
  await admin.ask("POST", "/v1/approvals/01H/approve", { body: { by: "ann", reason: "r" } });
  const ended = await reader.nextOf("approval");
  assert.deepEqual([ended.data.state, ended.data.decided_by], ["approved", "ann"]);
  await admin.ask("POST", "/v1/break-glass", {
    body: { role: "default", for: "1h", by: "ann", reason: "r" },
  });
  assert.equal((await reader.nextOf("decision")).data.type, "break_glass");
  await reader.cancel();
});

Deno.test("a client gets a hundred decisions a second, and is told how many it did not get", async () => {
  const admin = new MemoryAdmin();
  const reader = new Reader(await admin.send("GET", "/v1/events"));
  await reader.nextOf("stats");
  for (let count = 0; count < 130; count++) {
    admin.process.tell({ type: "decision", event: refused(`01R${count}`) });
  }
  admin.process.tell({ type: "skipped", count: 7 });
  await admin.pass(1000);
  let decisions = 0;
  let message = await reader.next();
  for (; message?.event === "decision"; message = await reader.next()) decisions++;
  assert.equal(decisions, 100);
  assert.deepEqual(message, { event: "skipped", data: { count: 37 } });
  await reader.cancel();
});

Deno.test("what a client does not read does not pile up: decisions are left out, and a hold it has no room for ends it", async () => {
  const admin = new MemoryAdmin();
  const response = await admin.send("GET", "/v1/events");
  const long = { ...refused("01R"), sql: "x".repeat(4000) };
  for (let second = 0; second < 5; second++) {
    for (let count = 0; count < 100; count++) admin.process.tell({ type: "decision", event: long });
    await admin.pass(1000);
  }
  assert.equal(admin.context.events.listeners, 1);
  admin.process.tell({ type: "hold", approval: heldStatement("01H") });
  assert.equal(admin.context.events.listeners, 0);
  const text = await response.text();
  assert.ok(text.length < 300_000, `${text.length} bytes waited`);
});

Deno.test("a client that reads nothing for half a minute is ended", async () => {
  const admin = new MemoryAdmin();
  const response = await admin.send("GET", "/v1/events");
  const long = { ...refused("01R"), sql: "x".repeat(4000) };
  for (let count = 0; count < 100; count++) admin.process.tell({ type: "decision", event: long });
  await admin.pass(32_000);
  assert.equal(admin.context.events.listeners, 0);
  await response.body?.cancel();
});

Deno.test("a comment keeps the connection open every fifteen seconds", async () => {
  const admin = new MemoryAdmin();
  const reader = new Reader(await admin.send("GET", "/v1/events"));
  await admin.pass(15_000);
  await reader.nextOf("comment");
  await reader.cancel();
});

Deno.test("a client that comes back gets what it missed, and what is held", async () => {
  const admin = new MemoryAdmin();
  for (const id of ["01A", "01B", "01C"]) admin.store.put(refused(id));
  admin.store.put({ ...refused("01D"), type: "statement", action: "allow" });
  admin.process.waiting = [heldStatement("01H")];
  const reader = new Reader(await admin.send("GET", "/v1/events", { headers: { "last-event-id": "01A" } }));
  const ids = [(await reader.nextOf("decision")).id, (await reader.nextOf("decision")).id];
  assert.deepEqual(ids, ["01B", "01C"]);
  assert.equal((await reader.nextOf("hold")).data.id, "01H");
  await reader.cancel();
});

Deno.test("a seventeenth stream is refused until one ends, and a drain ends all and opens no more", async () => {
  const admin = new MemoryAdmin();
  const responses: Response[] = [];
  const open = async () => {
    await admin.pass(200);
    const response = await admin.send("GET", "/v1/events");
    responses.push(response);
    return response.status;
  };
  for (let count = 0; count < 16; count++) assert.equal(await open(), 200);
  assert.equal(await open(), 503);
  await responses[3]?.body?.cancel();
  assert.equal(await open(), 200);
  admin.context.events.close();
  for (const response of responses) if (!response.bodyUsed) await response.text().catch(() => {});
  assert.equal(admin.context.events.listeners, 0);
  assert.equal(await open(), 503);
});
