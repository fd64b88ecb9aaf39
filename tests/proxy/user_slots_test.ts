import assert from "node:assert/strict";
import { UserSlot, UserSlots } from "../../src/proxy/user_slots.ts";

Deno.test("claiming to be a user takes nothing; logging in takes a place, which the session's end gives back", () => {
  const slots = new UserSlots(1);
  const [first, second] = [new UserSlot(slots), new UserSlot(slots)];
  assert.ok(first.mayEnter("app") && second.mayEnter("app"));
  assert.ok(first.enter("app"));
  assert.equal(second.mayEnter("app"), false);
  assert.equal(second.enter("app"), false);
  assert.ok(second.enter("other"));
  first.release();
  assert.ok(second.mayEnter("app"));
});

Deno.test("a session that changes its user gives up one place for the other, and keeps its own when it may not", () => {
  const slots = new UserSlots(1);
  const [first, second, third] = [new UserSlot(slots), new UserSlot(slots), new UserSlot(slots)];
  first.enter("app");
  second.enter("other");
  assert.ok(first.mayEnter("app"));
  assert.equal(first.enter("other"), false);
  assert.equal(third.enter("app"), false);
  second.release();
  assert.ok(first.enter("other"));
  assert.ok(third.enter("app"));
});

Deno.test("without a limit everyone enters", () => {
  const slots = new UserSlots(0);
  for (let count = 0; count < 5; count++) assert.ok(new UserSlot(slots).enter("app"));
});
