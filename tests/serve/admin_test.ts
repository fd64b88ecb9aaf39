import assert from "node:assert/strict";
import { withAudit } from "../../src/serve/admin.ts";

const READY = { ready: true, detail: "9.7.0" };
const HEALTHY = { healthy: true, problem: null, lost: 0, pending: 5, evicted: 0 };
const FULL = { healthy: false, problem: "no space left on device", lost: 7, pending: 0, evicted: 0 };

Deno.test("an audit that cannot be written is told of by /readyz, and takes traffic away only where it must be written", () => {
  assert.deepEqual(withAudit(READY, HEALTHY, "refuse"), READY);
  const going = withAudit(READY, FULL, "continue");
  assert.equal(going.ready, true);
  assert.match(
    going.detail,
    /9\.7\.0; the audit cannot be written: no space left on device; 7 audit records are lost/,
  );
  assert.equal(withAudit(READY, FULL, "refuse").ready, false);
  assert.equal(withAudit({ ready: false, detail: "draining" }, FULL, "continue").ready, false);
  assert.match(withAudit(READY, { ...HEALTHY, lost: 2 }, "continue").detail, /2 audit records are lost/);
});
