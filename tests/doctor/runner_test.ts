import assert from "node:assert/strict";
import type { Check, CheckContext, CheckId, Outcome, RunCheck } from "../../src/doctor/check.ts";
import { failure } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import { runChecks, selectChecks } from "../../src/doctor/runner.ts";
import { doctorInputOf } from "../support/doctor_input.ts";

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
