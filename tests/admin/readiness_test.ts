import assert from "node:assert/strict";
import { ReadinessCheck } from "../../src/admin/readiness.ts";

function check(overrides: { draining?: boolean; probe?: (signal: AbortSignal) => Promise<string> }) {
  let clock = 0;
  let probes = 0;
  const readiness = new ReadinessCheck({
    probe: (signal) => {
      probes++;
      return (overrides.probe ?? (() => Promise.resolve("9.7.0")))(signal);
    },
    draining: () => overrides.draining ?? false,
    now: () => clock,
    freshMs: 3000,
    timeoutMs: 1000,
  });
  return { readiness, pass: (ms: number) => void (clock += ms), probes: () => probes };
}

Deno.test("readiness probes once for all that ask together, and again only when the answer is stale", async () => {
  const { readiness, pass, probes } = check({});
  const answers = await Promise.all([readiness.check(), readiness.check(), readiness.check()]);
  for (const answer of answers) assert.deepEqual(answer, { ready: true, detail: "9.7.0" });
  pass(2999);
  await readiness.check();
  assert.equal(probes(), 1);
  pass(1);
  await readiness.check();
  assert.equal(probes(), 2);
});

Deno.test("readiness gives the probe's reason, and is down without a probe while draining", async () => {
  const failing = check({ probe: () => Promise.reject(new Error("connection refused")) });
  assert.deepEqual(await failing.readiness.check(), { ready: false, detail: "connection refused" });
  const draining = check({ draining: true });
  assert.deepEqual(await draining.readiness.check(), { ready: false, detail: "draining" });
  assert.equal(draining.probes(), 0);
});
