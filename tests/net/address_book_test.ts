import assert from "node:assert/strict";
import type { IpFamily } from "../../src/net/address.ts";
import { AddressBook } from "../../src/net/address_book.ts";
import { dial } from "../../src/net/dial.ts";
import { lookupHost } from "../../src/net/dns/lookup.ts";
import { type DnsServer, startDnsServer } from "../support/dns_server.ts";

/** A look-up by a name server of our own, with the errors that the system's has. */
function resolverOf(dns: DnsServer, timeoutMs = 30_000) {
  return async (host: string, family: IpFamily) => {
    const { ipv4, ipv6 } = await lookupHost(host, {
      nameServer: { address: dns.address, port: dns.port },
      timeoutMs,
    });
    const { outcome, addresses } = family === 4 ? ipv4 : ipv6;
    if (outcome === "found") return addresses;
    const gone = outcome === "not_found" || outcome === "no_records";
    throw Object.assign(new Error(outcome), { code: gone ? "ENOTFOUND" : "EAI_AGAIN" });
  };
}

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted;

Deno.test("a crowd's look-ups are one, and so are those of the moments after", async () => {
  await using dns = await startDnsServer({ "db.test": { A: ["127.0.0.2"], AAAA: ["::2"] } });
  let clock = 0;
  const book = new AddressBook({ resolve: resolverOf(dns), now: () => clock, freshMs: 1000 });
  const all = await Promise.all(Array.from({ length: 1000 }, () => book.lookUp("db.test", 4)));
  assert.ok(all.every(([address]) => address === "127.0.0.2"));
  clock = 999;
  assert.deepEqual(await book.lookUp("db.test", 4), ["127.0.0.2"]);
  const asked = dns.questions.length;
  dns.set("db.test", { A: ["127.0.0.3"] });
  clock = 1000;
  assert.deepEqual(await book.lookUp("db.test", 4), ["127.0.0.3"]);
  assert.equal(dns.questions.length, 2 * asked);
});

Deno.test("an old answer stands in for a look-up that fails or is late, for its time; for a name that is gone none does", async () => {
  await using dns = await startDnsServer({ "db.test": { A: ["127.0.0.2"] } });
  let clock = 0;
  const book = new AddressBook({
    resolve: resolverOf(dns, 100),
    now: () => clock,
    freshMs: 10,
    staleMs: 100_000,
    patienceMs: 0,
  });
  assert.deepEqual(await book.lookUp("db.test", 4), ["127.0.0.2"]);
  for (const fault of ["servfail", "refused", "silence"] as const) {
    dns.set("db.test", { fault });
    clock += 10_000;
    for (let count = 0; count < 3; count++) {
      assert.deepEqual(await book.lookUp("db.test", 4), ["127.0.0.2"], fault);
    }
  }
  clock += 200_000;
  await assert.rejects(book.lookUp("db.test", 4), code("EAI_AGAIN"), "too old");
  dns.set("db.test", { A: ["127.0.0.4"] });
  clock += 10_000;
  assert.deepEqual(await book.lookUp("db.test", 4), ["127.0.0.4"]);
  dns.set("db.test", {});
  clock += 10_000;
  const patient = new AddressBook({ resolve: resolverOf(dns), now: () => clock });
  await assert.rejects(patient.lookUp("db.test", 4), code("ENOTFOUND"));
  const asked = dns.questions.length;
  await assert.rejects(patient.lookUp("db.test", 4), code("ENOTFOUND"));
  assert.equal(dns.questions.length, asked, "that there is none holds for a while too");
});

Deno.test("with one family never answered, every dial gets the other's address, on one look-up of each", async () => {
  for (const [silent, address, family] of [["AAAA", "127.0.0.2", 4], ["A", "::2", 6]] as const) {
    let pending = 0;
    const book = new AddressBook({
      // As the system's look-up does, each waits in a thread of its own until the answer comes.
      resolve: (_host, asked) =>
        asked === family ? Promise.resolve([address]) : new Promise(() => void pending++),
    });
    const dials = Array.from({ length: 100 }, () =>
      dial({
        host: "db.test",
        port: 3306,
        family: "auto",
        timeoutMs: 60_000,
        signal: new AbortController().signal,
        resolve: (host, asked) => book.lookUp(host, asked),
        attempt: (to) => Promise.resolve({ to, close: () => {} }),
      }));
    for (const { to } of await Promise.all(dials)) assert.equal(to, address);
    assert.equal(pending, 1, silent);
  }
});
