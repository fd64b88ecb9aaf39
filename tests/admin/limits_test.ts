import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type Cidr, parseCidr } from "../../src/base/cidr.ts";
import { answer } from "../../src/admin/answer.ts";
import { clientAddress } from "../../src/admin/client_address.ts";
import { networkOf, RateLimit } from "../../src/admin/rate_limit.ts";
import { KEY, MemoryAdmin, read } from "../support/memory_admin.ts";

Deno.test("failures of an address are limited, and the right key passes whatever else came from there", async () => {
  const admin = new MemoryAdmin();
  for (let count = 0; count < 10; count++) {
    assert.equal((await admin.ask("GET", "/v1/sessions", { anonymous: true })).status, 401);
  }
  const refused = await admin.ask("GET", "/v1/sessions", { anonymous: true });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  for (let count = 0; count < 30; count++) {
    assert.equal((await admin.ask("GET", "/v1/sessions")).status, 200, "with the key, from the same address");
  }
  const elsewhere = { anonymous: true, address: "127.0.0.2" };
  assert.equal((await admin.ask("GET", "/v1/sessions", elsewhere)).status, 401);
  await admin.pass(100);
  assert.equal((await admin.ask("GET", "/v1/sessions", { anonymous: true })).status, 401);
});

Deno.test("open routes have a limit of their own, health aside", async () => {
  const admin = new MemoryAdmin();
  for (let count = 0; count < 50; count++) assert.equal((await admin.ask("GET", "/metrics")).status, 200);
  assert.equal((await admin.ask("GET", "/metrics")).status, 429);
  for (const path of ["/healthz", "/readyz"]) assert.equal((await admin.ask("GET", path)).status, 200);
});

Deno.test("X-Forwarded-For is believed of named proxies, and of it only what they added", () => {
  const trusted = ["10.1.0.0/16", "2001:db8::/32"].map((text) => parseCidr(text) as Cidr);
  const cases: readonly (readonly [peer: string, header: string | null, address: string])[] = [
    ["192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["10.1.0.1", "203.0.113.9", "203.0.113.9"],
    ["10.1.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
    ["10.1.0.1", "198.51.100.1, 203.0.113.9, 10.1.0.2", "203.0.113.9"],
    ["10.1.0.1", "10.1.0.9", "10.1.0.9"],
    ["2001:db8::5", "2001:db9::7", "2001:db9::7"],
    ["10.1.0.1", null, "10.1.0.1"],
    ["10.1.0.1", "", "10.1.0.1"],
    ["10.1.0.1", "203.0.113.9, unknown", "10.1.0.1"],
    ["10.1.0.1", "\u001b[2J", "10.1.0.1"],
  ];
  for (const [peer, header, address] of cases) {
    assert.equal(clientAddress(peer, header, trusted), address, `${peer} ${header}`);
    assert.equal(clientAddress(peer, header, []), peer);
  }
});

Deno.test("over any time an address gets at most its burst and its rate, and what is remembered is bounded", () => {
  fc.assert(fc.property(fc.array(fc.nat(2000), { minLength: 1, maxLength: 200 }), (waits) => {
    let clock = 0;
    const limit = new RateLimit({ perSecond: 10, burst: 10, now: () => clock });
    let allowed = 0;
    for (const wait of waits) {
      clock += wait;
      const had = limit.has("10.0.0.1");
      assert.equal(limit.allow("10.0.0.1"), had);
      if (had) allowed++;
    }
    assert.ok(allowed <= 10 + clock / 100 + 1e-6);
  }));
  const limit = new RateLimit({ perSecond: 10, burst: 10, now: () => 0 });
  for (let address = 0; address < 10_100; address++) {
    limit.allow(`10.${address >> 16}.${address >> 8 & 255}.${address & 255}`);
  }
  assert.equal(limit.size, 10_000);
});

Deno.test("an IPv6 network of 64 bits counts as one address, and a mapped IPv4 address as itself", () => {
  assert.equal(networkOf("2001:db8::1"), networkOf("2001:db8:0:0:ffff:1:2:3"));
  assert.notEqual(networkOf("2001:db8:0:1::1"), networkOf("2001:db8::1"));
  assert.equal(networkOf("::ffff:10.0.0.1"), "10.0.0.1");
  assert.equal(networkOf("::1"), "0:0:0:0");
  assert.equal(networkOf("fe80::1%eth0"), networkOf("fe80::2"));
});

function post(admin: MemoryAdmin, body: BodyInit, headers: Record<string, string> = {}) {
  const request = new Request("http://localhost:8080/v1/score", {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", ...headers },
    body,
  });
  return answer(request, "127.0.0.1", admin.context).then((response) => read("POST", "/v1/score", response));
}

function streamOf(
  parts: Iterable<Uint8Array<ArrayBuffer>>,
  end = true,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = parts[Symbol.iterator]();
  return new ReadableStream({
    pull: (controller) => {
      const { value, done } = iterator.next();
      if (done !== true) return controller.enqueue(value);
      if (end) controller.close();
      return end ? undefined : new Promise(() => {});
    },
  });
}

Deno.test("a body over 1 MB is 413, whether its length is told or not, and nothing more of it is read", async () => {
  const admin = new MemoryAdmin();
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  assert.equal((await post(admin, new Uint8Array(1024 * 1024 + 1))).status, 413);
  let given = 0;
  function* endless() {
    while (true) {
      given++;
      yield chunk;
    }
  }
  assert.equal((await post(admin, streamOf(endless()))).status, 413);
  assert.ok(given < 25, `${given} chunks were read`);
  const told = await post(admin, "{}", { "content-length": "1048577" });
  assert.equal(told.status, 413);
});

Deno.test("a body of exactly 1 MB is read", async () => {
  const sql = "x".repeat(1024 * 1024 - '{"sql":""}'.length);
  assert.equal((await post(new MemoryAdmin(), JSON.stringify({ sql }))).status, 200);
});

Deno.test("a body that does not come is 408, and one that breaks off 400", async () => {
  const admin = new MemoryAdmin(KEY, { bodyPatienceMs: 20 });
  assert.equal((await post(admin, streamOf([new TextEncoder().encode('{"sql"')], false))).status, 408);
  const broken = new ReadableStream({ pull: () => Promise.reject(new Error("reset")) });
  assert.equal((await post(admin, broken)).status, 400);
});

Deno.test("malformed JSON, and what is not UTF-8, is 400 without a word of the body; other types are 415", async () => {
  const admin = new MemoryAdmin();
  const malformed = await post(admin, '{"sql": "hunter2');
  assert.equal(malformed.status, 400);
  assert.ok(!malformed.text.includes("hunter2"));
  assert.equal((await post(admin, new Uint8Array([0x7b, 0xff, 0x7d]))).status, 400);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
    assert.equal((await post(admin, '{"sql":"select 1"}', { "content-type": type })).status, 415, type);
    await admin.pass(200);
  }
  const charset = await post(admin, '{"sql":"select 1"}', {
    "content-type": "Application/JSON; charset=utf-8",
  });
  assert.equal(charset.status, 200);
});
