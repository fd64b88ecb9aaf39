import assert from "node:assert/strict";
import fc from "fast-check";
import { askFamilies, lookupHost } from "../../../src/net/dns/lookup.ts";
import { decodeAnswer, encodeQuery } from "../../../src/net/dns/message.ts";
import {
  addressesInHosts,
  candidateNames,
  parseResolverConfig,
} from "../../../src/net/dns/resolver_config.ts";
import { startDnsServer } from "../../support/dns_server.ts";

Deno.test("lookupHost() asks for each family on its own and tells every outcome apart", async () => {
  await using dns = await startDnsServer({
    "both.test": { A: ["127.0.0.1", "127.0.0.2"], AAAA: ["::1"] },
    "four.test": { A: ["127.0.0.1"] },
    "six.test": { AAAA: ["::1", "2001:db8::1"] },
    "alias.test": { CNAME: "next.test" },
    "next.test": { CNAME: "both.test" },
    "broken.test": { fault: "servfail" },
    "refusing.test": { fault: "refused" },
    "half.test": { A: ["127.0.0.1"], faultOf: { AAAA: "servfail" } },
  });
  const outcomes = async (name: string) => {
    const { ipv4, ipv6, from } = await lookupHost(name, { nameServer: dns });
    assert.equal(from, "dns");
    return [ipv4.outcome, ipv4.addresses, ipv6.outcome, ipv6.addresses];
  };
  assert.deepEqual(await outcomes("both.test"), ["found", ["127.0.0.1", "127.0.0.2"], "found", ["::1"]]);
  assert.deepEqual(await outcomes("four.test"), ["found", ["127.0.0.1"], "no_records", []]);
  assert.deepEqual(await outcomes("six.test"), ["no_records", [], "found", ["::1", "2001:db8::1"]]);
  assert.deepEqual(await outcomes("missing.test"), ["not_found", [], "not_found", []]);
  assert.deepEqual(await outcomes("broken.test"), ["server_failure", [], "server_failure", []]);
  assert.deepEqual(await outcomes("refusing.test"), ["refused", [], "refused", []]);
  assert.deepEqual(await outcomes("half.test"), ["found", ["127.0.0.1"], "server_failure", []]);
  assert.deepEqual((await lookupHost("alias.test", { nameServer: dns })).aliases, ["next.test", "both.test"]);
});

Deno.test("lookupHost() gives up on a silent name server, and on a signal", async () => {
  await using dns = await startDnsServer({ "silent.test": { fault: "silence" } });
  const { ipv4, ipv6 } = await lookupHost("silent.test", { nameServer: dns, timeoutMs: 60 });
  assert.deepEqual([ipv4.outcome, ipv6.outcome], ["timeout", "timeout"]);
  assert.equal(dns.questions.length, 4); // Each family once more before giving up.
  const stopped = await lookupHost("silent.test", { nameServer: dns, signal: AbortSignal.abort() });
  assert.equal(stopped.ipv4.outcome, "timeout");
});

Deno.test("silent name servers are asked once, whatever search domains there are, and no more of them than the C library asks", async () => {
  const known = { "db.test": { A: ["127.0.0.1"] } };
  const silence = { fault: "silence" } as const;
  const mute = {
    "db.test.one": silence,
    "db.test.two": silence,
    "db.test.three": silence,
    "db.test": silence,
  };
  await using first = await startDnsServer(mute);
  await using second = await startDnsServer(mute);
  await using third = await startDnsServer(known);
  await using fourth = await startDnsServer(known);
  const config = { search: ["one", "two", "three"], dots: 5 };
  const nearest = { ...config, nameServers: [first, second, third] };
  const found = await askFamilies("db.test", nearest, { timeoutMs: 250 });
  assert.deepEqual([found.name, found.ipv4.addresses], ["db.test", ["127.0.0.1"]]);
  for (const { questions } of [first, second]) {
    assert.deepEqual(new Set(questions), new Set(["db.test.one A", "db.test.one AAAA"]));
  }
  await using deaf = await startDnsServer(mute);
  const nameServers = [first, second, deaf, fourth];
  const { ipv4 } = await askFamilies("db.test", { ...config, nameServers }, { timeoutMs: 250 });
  assert.equal(ipv4.outcome, "timeout");
  assert.equal(fourth.questions.length, 0);
});

Deno.test("lookupHost() takes addresses as they are and reads the hosts file", async () => {
  const four = await lookupHost("127.0.0.1");
  assert.deepEqual([four.from, four.ipv4.addresses, four.ipv6.outcome], [
    "literal",
    ["127.0.0.1"],
    "no_records",
  ]);
  const six = await lookupHost("::1");
  assert.deepEqual([six.from, six.ipv6.addresses], ["literal", ["::1"]]);
  const local = await lookupHost("localhost");
  assert.ok(
    [...local.ipv4.addresses, ...local.ipv6.addresses].some((each) => each === "127.0.0.1" || each === "::1"),
  );
});

Deno.test("decodeAnswer() meets hostile bytes without throwing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      if (bytes.length > 12) bytes.set([0, 7, 0x80, 0], 0);
      decodeAnswer(bytes, 7, "A");
    }),
    { numRuns: 1000 },
  );
  assert.equal(encodeQuery(1, "a..b", "A"), undefined);
  assert.equal(encodeQuery(1, "a".repeat(64), "A"), undefined);
});

Deno.test("parseResolverConfig() and candidateNames() follow resolv.conf(5)", () => {
  const config = parseResolverConfig(
    "# comment\nsearch default.svc.cluster.local. svc.cluster.local\nnameserver 10.0.0.10\n" +
      "nameserver fe80::1%eth0\noptions ndots:5 timeout:1\nnameserver nonsense\n",
  );
  assert.deepEqual(config.nameServers.map(({ address }) => address), ["10.0.0.10", "fe80::1%eth0"]);
  assert.deepEqual(candidateNames("mysql", config), [
    "mysql.default.svc.cluster.local",
    "mysql.svc.cluster.local",
    "mysql",
  ]);
  assert.deepEqual(candidateNames("a.b.c.d.e.f", config)[0], "a.b.c.d.e.f");
  assert.deepEqual(candidateNames("db.example.", config), ["db.example"]);
});

Deno.test("addressesInHosts() reads names, aliases and comments", () => {
  const hosts =
    "127.0.0.1 localhost\n::1 localhost ip6-localhost # local\n10.0.0.5\tdb.internal DB\n# 1.2.3.4 db\n";
  assert.deepEqual(addressesInHosts(hosts, "LOCALHOST"), ["127.0.0.1", "::1"]);
  assert.deepEqual(addressesInHosts(hosts, "db"), ["10.0.0.5"]);
  assert.deepEqual(addressesInHosts(hosts, "other"), []);
});
