import assert from "node:assert/strict";
import type { Check, CheckContext, CheckId, Outcome, RunCheck } from "../../src/doctor/check.ts";
import { failure } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import { tcpCheck } from "../../src/doctor/checks/tcp.ts";
import { Notes } from "../../src/doctor/notes.ts";
import { lookupHost } from "../../src/net/dns/lookup.ts";
import { runChecks, selectChecks } from "../../src/doctor/runner.ts";
import { doctorInputOf, examine } from "../support/doctor_input.ts";
import { oddPort } from "../support/odd_ports.ts";
import { BASIC_CAPABILITIES, CAPABILITY, greeting } from "../support/packets.ts";
import { scriptServer } from "../support/scripted_peer.ts";

type Body = (context: CheckContext) => Promise<Outcome> | Outcome;

function check(id: CheckId, needs: readonly CheckId[], run: Body, rest: Partial<RunCheck> = {}): Check {
  return { id, title: id, per: "run", needs, limitMs: 5000, run, ...rest };
}
const good: Body = () => ({ summary: "good" });
const bad: Body = () => ({ summary: "", findings: [failure("x.bad", "bad luck", "Try again")] });

async function statuses(checks: readonly Check[], options: Partial<Parameters<typeof runChecks>[2]> = {}) {
  const results = await runChecks(checks, doctorInputOf(), { timeoutMs: 5000, ...options });
  return results.map(({ id, status, summary }) => `${id} ${status}: ${summary}`);
}

Deno.test("a check whose needs failed is skipped, and names what failed at the root", async () => {
  assert.deepEqual(
    await statuses([
      check("dns", [], bad),
      check("tcp", ["dns"], good),
      check("tls", ["tcp"], good),
      check("proxy", [], good),
    ]),
    [
      "dns fail: bad luck",
      "tcp skip: needs dns, which failed",
      "tls skip: needs dns, which failed",
      "proxy pass: good",
    ],
  );
});

Deno.test("a check that throws has failed, and the others go on", async () => {
  const crash: Body = () => {
    throw new RangeError("off by one");
  };
  const [first, second] = await statuses([check("dns", [], crash), check("tls", [], good)]);
  assert.match(first ?? "", /dns fail: the check itself failed: off by one/);
  assert.equal(second, "tls pass: good");
});

Deno.test("a check that takes too long has failed, whether it heeds its signal or not", async () => {
  const deaf: Body = () => new Promise(() => {});
  const heeding: Body = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.deepEqual(
    await statuses([check("dns", [], deaf, { limitMs: 20 }), check("tls", [], heeding, { limitMs: 20 })]),
    [
      "dns fail: did not end within 20ms",
      "tls fail: did not end within 20ms",
    ],
  );
});

Deno.test("the whole run ends in its time: what runs has failed, what waits is skipped", async () => {
  const deaf: Body = () => new Promise(() => {});
  assert.deepEqual(await statuses([check("dns", [], deaf), check("tcp", ["dns"], good)], { timeoutMs: 30 }), [
    "dns fail: did not end within the run's 30ms",
    "tcp skip: needs dns, which failed",
  ]);
});

Deno.test("checks without common needs run side by side", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  const waits: Body = async () => {
    await gate;
    return { summary: "released" };
  };
  const releases: Body = () => {
    release();
    return { summary: "releases" };
  };
  assert.deepEqual(await statuses([check("dns", [], waits), check("tls", [], releases)]), [
    "dns pass: released",
    "tls pass: releases",
  ]);
});

Deno.test("after waits and does not need; what does not apply does not stop what needs it", async () => {
  const order: string[] = [];
  const noting = (name: string, outcome: Body): Body => async (context) => {
    await Promise.resolve();
    order.push(name);
    return outcome(context);
  };
  const results = await statuses([
    check("clock", [], noting("clock", good), { after: ["dns"] }),
    check("dns", [], noting("dns", bad)),
    check("edge", [], noting("edge", () => ({ summary: "not here", skipped: true }))),
    check("login", ["edge"], noting("login", good)),
  ]);
  assert.ok(order.indexOf("dns") < order.indexOf("clock"));
  assert.deepEqual(results, [
    "clock pass: good",
    "dns fail: bad luck",
    "edge skip: not here",
    "login pass: good",
  ]);
});

Deno.test("--only brings what a check needs, --skip stops what needs it", async () => {
  assert.deepEqual(selectChecks(CHECKS, ["tls"]).map(({ id }) => id), [
    "ca-bundle",
    "dns",
    "tcp",
    "mysql-greeting",
    "tls",
  ]);
  assert.deepEqual(await statuses([check("dns", [], good), check("tcp", ["dns"], good)], { skip: ["dns"] }), [
    "dns skip: left out by --skip",
    "tcp skip: needs dns, which --skip leaves out",
  ]);
});

Deno.test("results come in the order of the report, each as soon as those before it are there", async () => {
  const seen: string[] = [];
  const late: Body = () => new Promise((resolve) => setTimeout(() => resolve({ summary: "late" }), 20));
  await statuses([check("dns", [], late), check("tls", [], good)], { onResult: ({ id }) => seen.push(id) });
  assert.deepEqual(seen, ["dns", "tls"]);
});

Deno.test("every check needs and follows only checks that there are, and never itself by way of others", () => {
  const ids = CHECKS.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const above = (id: CheckId): readonly CheckId[] => {
    const found = CHECKS.find((each) => each.id === id);
    const direct = [...found?.needs ?? [], ...found?.after ?? []].filter((each) => ids.includes(each));
    return direct.flatMap((each) => [each, ...above(each)]);
  };
  for (const { id, needs } of CHECKS) {
    assert.ok(needs.every((need) => ids.includes(need)), id);
    assert.ok(!above(id).includes(id), id);
  }
});

Deno.test("a run that ends as a check's own limit does says what took long, and nothing of a connection it closed", async () => {
  const silenceMs = 100;
  await using silent = oddPort("silent");
  await using stuck = await scriptServer(async (socket) => {
    await socket.send(greeting({ capabilities: BASIC_CAPABILITIES | CAPABILITY.ssl }));
    await new Promise(() => {});
  });
  const runs = [silent, stuck].flatMap(({ port }) =>
    [-20, -5, -1, 0, 1, 2, 3, 5, 10, 20].flatMap((more) => {
      const env = { GATEKEEPER_BACKEND_PORT: String(port), GATEKEEPER_BACKEND_TLS_MODE: "require" };
      const limitMs = silenceMs + more;
      const checks = CHECKS.map((each): Check => ({ ...each, limitMs }));
      return [
        examine({ env, silenceMs }, ["tls"], { timeoutMs: limitMs }),
        examine({ env, silenceMs }, ["tls"], {}, checks),
      ];
    })
  );
  const allowed = /^(did not end within |.* says nothing|needs |the time for the run was over)/;
  for (const { "mysql-greeting": first, tls } of await Promise.all(runs)) {
    assert.ok(first.status !== "pass" || tls.status !== "pass");
    for (const { id, status, summary } of [first, tls]) {
      if (status !== "pass") assert.match(summary, allowed, id);
    }
  }
});

Deno.test("tcp: a connection that the end of the run stopped is not blamed on the network", async () => {
  const [target] = doctorInputOf().targets;
  assert.ok(target !== undefined);
  const notes = new Notes();
  notes.of(target).answer = await lookupHost(target.host);
  const stopping = new AbortController();
  const context = { input: doctorInputOf(), notes, signal: stopping.signal, target, found: notes.of(target) };
  const running = tcpCheck.run(context);
  stopping.abort();
  await assert.rejects(Promise.resolve(running), { name: "AbortError" });
});
