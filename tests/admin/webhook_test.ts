import type { LiveEvent } from "../../src/contract/live_event.ts";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Webhook } from "../../src/admin/webhook.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { DIGEST, heldStatement } from "../support/memory_admin.ts";

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A webhook whose receiver answers as told, and whose clock stands still until it is moved. */
function bench(answer: () => number | Error | Promise<number>, options: { readonly showSql?: boolean } = {}) {
  const sent: Sent[] = [];
  const log: string[] = [];
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  let clock = 1_700_000_000_000;
  let ids = 0;
  const webhook = new Webhook({
    url: new URL("http://hooks.example/secret-path"),
    secret: new Secret("shared-key"),
    version: "1.2.3",
    showSql: options.showSql ?? true,
    dashboard: "http://10.0.0.5:8080/",
    send: async ({ url, headers, body }) => {
      sent.push({ url, headers, body });
      const answered = await answer();
      if (answered instanceof Error) throw answered;
      return { status: answered };
    },
    newId: () => `01W${++ids}`,
    now: () => clock,
    random: () => 1,
    after: (ms, callback) => {
      const timer = { at: clock + ms, callback };
      timers.push(timer);
      return () => timers = timers.filter((each) => each !== timer);
    },
    logger: createLogger({ level: "debug", format: "json", write: (line) => void log.push(line) }),
  });
  const settle = async () => {
    for (let count = 0; count < 20; count++) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    clock += ms;
    const due = timers.filter(({ at }) => at <= clock);
    timers = timers.filter(({ at }) => at > clock);
    for (const { callback } of due) callback();
    await settle();
  };
  const notify = async (event: LiveEvent) => {
    webhook.notify(event);
    await settle();
  };
  return { webhook, sent, log, pass, notify };
}

const hold = (id: string): LiveEvent => ({ type: "hold", approval: heldStatement(id) });
const refused = (id: string, more: object = {}): LiveEvent => ({
  type: "decision",
  event: {
    id,
    time: 1,
    type: "statement",
    action: "refuse",
    level: "critical",
    score: 95,
    role: "default",
    user: "app",
    client: "10.0.0.9",
    digest: DIGEST,
    sql: "DELETE FROM `t`",
    findings: [{ code: "D001", name: "delete-without-where", score: 95 }],
    ...more,
  },
});

Deno.test("a hold is told of with what it is and how to approve it, signed, in a form that chats show", async () => {
  const { sent, notify, webhook } = bench(() => 200);
  await notify(hold("01H"));
  const [call] = sent;
  assert.ok(call !== undefined);
  const message = JSON.parse(call.body);
  assert.deepEqual(
    [
      message.event,
      message.id,
      message.role,
      message.user,
      message.score,
      message.sql,
      message.findings[0].code,
    ],
    ["hold", "01H", "default", "app", 95, "DELETE FROM `t`", "D001"],
  );
  assert.equal(message.approve, "querycop approvals approve 01H --reason '...'");
  assert.equal(message.dashboard, "http://10.0.0.5:8080/");
  assert.match(message.text, /holds a statement of app@127\.0\.0\.1 \(role default\), risk 95\/100: D001/);
  const timestamp = call.headers["x-querycop-timestamp"];
  const mac = createHmac("sha256", "shared-key").update(`${timestamp}.${call.body}`).digest("hex");
  assert.equal(call.headers["x-querycop-signature"], `v1=${mac}`);
  assert.equal(call.headers["x-querycop-delivery"], "01W1");
  assert.equal(webhook.totals.delivered, 1);
});

Deno.test("of decisions only critical refusals are told of", async () => {
  const { sent, notify } = bench(() => 200);
  await notify(refused("01A", { level: "high" }));
  await notify(refused("01B", { action: "would_refuse" }));
  await notify({ type: "approval", approval: heldStatement("01C", { state: "approved" }) });
  assert.equal(sent.length, 0);
  await notify(refused("01D"));
  assert.equal(JSON.parse(sent[0]?.body ?? "").event, "refused");
});

Deno.test("the same refusal again is told of after a minute, with how often it came", async () => {
  const { sent, notify, pass, webhook } = bench(() => 200);
  for (let count = 0; count < 500; count++) await notify(refused(`01A${count}`));
  await notify(refused("01B", { role: "other" }));
  assert.equal(sent.length, 2);
  await pass(60_000);
  await notify(refused("01C"));
  assert.equal(JSON.parse(sent[2]?.body ?? "").repeated, 499);
  assert.equal(webhook.totals.repeated, 499);
});

Deno.test("names cannot call everyone in a chat, nor break out of the code that shows them", async () => {
  const { sent, notify } = bench(() => 200);
  await notify(refused("01A", { user: "<!channel>", sql: "SELECT `a```<!here>`" }));
  const { text } = JSON.parse(sent[0]?.body ?? "");
  assert.ok(!text.includes("<!"), text);
  assert.equal(text.split("```").length, 3);
});

Deno.test("where the audit keeps literals no statement leaves the machine", async () => {
  const { sent, notify } = bench(() => 200, { showSql: false });
  await notify(hold("01H"));
  await notify(refused("01R", { sql: "DELETE FROM t WHERE card = '4111'" }));
  for (const { body } of sent) {
    assert.ok(!body.includes("DELETE"), body);
    assert.equal(JSON.parse(body).sql, "");
  }
});

Deno.test("what fails for now is tried again with growing pauses, under the same delivery id and a new time", async () => {
  const answers: (number | Error)[] = [500, new TypeError("connection refused"), 429, 200];
  const { sent, notify, pass, webhook } = bench(() => answers.shift() ?? 200);
  await notify(hold("01H"));
  assert.equal(sent.length, 1);
  for (const [index, ms] of [1000, 5000, 20_000].entries()) {
    await pass(ms - 1);
    assert.equal(sent.length, index + 1);
    await pass(1);
    assert.equal(sent.length, index + 2);
  }
  assert.equal(new Set(sent.map(({ headers }) => headers["x-querycop-delivery"])).size, 1);
  assert.equal(new Set(sent.map(({ headers }) => headers["x-querycop-timestamp"])).size, 4);
  assert.deepEqual(webhook.totals, { delivered: 1, failed: 0, dropped: 0, repeated: 0 });
});

Deno.test("after five tries it is given up and logged without the address, which may be a secret", async () => {
  const { sent, log, notify, pass, webhook } = bench(() =>
    new TypeError("error for http://hooks.example/secret-path")
  );
  await notify(hold("01H"));
  for (let count = 0; count < 10; count++) await pass(60_000);
  assert.equal(sent.length, 5);
  assert.equal(webhook.totals.failed, 1);
  assert.match(log.join("\n"), /webhook not delivered/);
  assert.ok(!log.join("\n").includes("secret-path"));
  assert.ok(!log.join("\n").includes("shared-key"));
});

Deno.test("a redirect and a refusal are not tried again", async () => {
  for (const status of [302, 400, 404, 410]) {
    const { sent, notify, pass, webhook } = bench(() => status);
    await notify(hold("01H"));
    await pass(600_000);
    assert.deepEqual([sent.length, webhook.totals.failed], [1, 1], `${status}`);
  }
});

Deno.test("a receiver that does not answer holds up four at most, and of the rest the oldest make room", async () => {
  const { sent, notify, webhook } = bench(() => new Promise<number>(() => {}));
  for (let count = 0; count < 300; count++) await notify(hold(`01H${count}`));
  assert.equal(sent.length, 4);
  assert.equal(webhook.totals.dropped, 300 - 4 - 100);
});

Deno.test("at the end what is due is sent, what waits for another try is given up", async () => {
  const answers = [500, 200];
  const { sent, notify, webhook } = bench(() => answers.shift() ?? 200);
  await notify(hold("01A"));
  await notify(hold("01B"));
  await webhook.close(1000);
  await notify(hold("01C"));
  assert.equal(sent.length, 2);
  assert.deepEqual(webhook.totals, { delivered: 1, failed: 0, dropped: 1, repeated: 0 });
});
