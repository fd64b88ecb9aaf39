import assert from "node:assert/strict";
import { QuerycopError } from "../../src/base/errors.ts";
import { abortRotation, planAbort } from "../../src/rotate/abort.ts";
import { PlanetScaleApiError } from "../../src/rotate/planetscale_api.ts";
import { runRotation } from "../../src/rotate/runner.ts";
import { Killed, SmallWorld, type SmallWorldOptions } from "../support/small_world.ts";

async function abort(world: SmallWorld, killAt = Infinity): Promise<void> {
  const { rotation } = world.process(killAt);
  await abortRotation(rotation, await planAbort(rotation));
}

Deno.test("an abort after any effect leaves the old password alone, or is refused and the rotation goes on", async () => {
  const situations: readonly SmallWorldOptions[] = [{}, { takesUpAfter: 0 }, { sinks: [{ readable: true }] }];
  for (const options of situations) {
    let [aborted, refused] = [0, 0];
    for (let kill = 0, whole = false; !whole; kill++) {
      const world = new SmallWorld(options);
      try {
        await runRotation(world.process(kill).rotation);
        whole = true;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      const where = `killed at ${kill}`;
      try {
        await abort(world);
        aborted++;
        assert.deepEqual(world.ids(), ["old"], where);
        assert.equal(world.saved?.outcome, "aborted", where);
      } catch (error) {
        assert.ok(error instanceof QuerycopError && /^(unsafe|usage)\./.test(error.code), where);
        refused++;
        if (world.saved?.outcome === "running") await runRotation(world.process().rotation);
        assert.equal(world.ids().length, 1, where);
      }
      assert.deepEqual(world.harm, [], where);
      assert.ok(world.passwords.has("bystander"), where);
    }
    assert.ok(aborted > 10 && refused > 10, `${aborted} aborted, ${refused} refused`);
  }
});

Deno.test("an abort that is killed at any effect can be repeated, and puts the old pair back where it is known", async () => {
  for (const knowsOld of [true, false]) {
    for (let kill = 0, whole = false; !whole; kill++) {
      const world = new SmallWorld({
        takesUpAfter: 1_000_000,
        sinks: [{ readable: false }, { readable: true }],
      });
      await assert.rejects(runRotation(world.process().rotation), QuerycopError);
      world.knowsOld = knowsOld;
      const made = world.held[0]?.username;
      try {
        await abort(world, kill);
        whole = true;
      } catch (error) {
        assert.ok(error instanceof Killed, String(error));
        const hasOld = world.held.every((held) => held?.username === "old_user");
        if (knowsOld && !hasOld) {
          assert.equal(world.ids().length, 2, `nothing is deleted before, killed at ${kill}`);
        }
        if (world.saved?.outcome === "running") await abort(world);
      }
      assert.deepEqual(world.ids(), ["old"], `killed at ${kill}`);
      assert.deepEqual(world.harm, []);
      const expected = knowsOld ? "old_user" : made;
      assert.deepEqual(world.held.map((held) => held?.username), [expected, expected], `killed at ${kill}`);
    }
  }
});

Deno.test("a rotation that fails at the login can be aborted, though our own login used the password", async () => {
  const world = new SmallWorld();
  const failure = new QuerycopError("step.verify", "Refused");
  for (let count = 0; count < 50; count++) {
    world.failures.push({ call: "login querycop", error: failure, effect: false });
  }
  await assert.rejects(runRotation(world.process().rotation), QuerycopError);
  world.failures.length = 0;
  await abort(world);
  assert.deepEqual(world.ids(), ["old"]);
});

Deno.test("an application that took the pair up before our own login is seen", async () => {
  const world = new SmallWorld({ takesUpAfter: 0 });
  const failure = new QuerycopError("step.verify", "Refused");
  for (let count = 0; count < 50; count++) {
    world.failures.push({ call: "login database", error: failure, effect: true });
  }
  await assert.rejects(runRotation(world.process(Infinity, { pollMs: 60_000 }).rotation), QuerycopError);
  world.failures.length = 0;
  await assert.rejects(abort(world), /The new password is in use/);
  assert.deepEqual(world.harm, []);
});

Deno.test("an abort names what it deletes, and that includes what no sink ever had", async () => {
  const world = new SmallWorld();
  const lost = new PlanetScaleApiError("unreachable", "No answer", { hint: "-", ambiguous: true });
  for (let count = 0; count < 3; count++) world.failures.push({ call: "create", error: lost, effect: true });
  await assert.rejects(runRotation(world.process().rotation), PlanetScaleApiError);
  const { passwords, offered } = await planAbort(world.process().rotation);
  assert.deepEqual([passwords.map(({ id }) => id), offered], [["new3"], false]);
});

Deno.test("an abort is refused while somebody is connected with the new password, and once the old one is gone", async () => {
  const world = new SmallWorld({ takesUpAfter: 1_000_000 });
  await assert.rejects(runRotation(world.process().rotation), QuerycopError);
  world.sessions.push({ id: "1", user: "user_1", client: "10.0.0.5:4711", age_seconds: 1 });
  const hasCode = (code: string) => (error: unknown) => error instanceof QuerycopError && error.code === code;
  await assert.rejects(abort(world), hasCode("unsafe.new_password_in_use"));
  world.sessions.length = 0;
  world.passwords.delete("old");
  await assert.rejects(abort(world), hasCode("unsafe.old_password_gone"));
  assert.deepEqual(world.ids(), ["new1"]);
});
