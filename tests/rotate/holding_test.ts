/** Nothing is deleted before the new pair is seen where applications read it. */
import assert from "node:assert/strict";
import { QuerycopError } from "../../src/base/errors.ts";
import { abandonRotation, abortRotation, planAbort } from "../../src/rotate/abort.ts";
import { runRotation } from "../../src/rotate/runner.ts";
import { Rotation, withSettings } from "../../src/rotate/rotation.ts";
import type { RotationWorld } from "../../src/rotate/world.ts";
import { OLD_PASSWORD, SmallWorld } from "../support/small_world.ts";

const READABLE = { sinks: [{ readable: true }] };

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return "done";
  } catch (error) {
    if (error instanceof QuerycopError) return error.code;
    throw error;
  }
}

function go(world: SmallWorld, change: (world: RotationWorld) => Partial<RotationWorld> = () => ({})) {
  const { rotation } = world.process();
  return codeOf(runRotation(new Rotation(rotation.state, { ...rotation.world, ...change(rotation.world) })));
}

/** A world that somebody changes once, the first time that an effect comes up in a step. */
function changedAt(step: string, effect: string, deed: (world: SmallWorld) => void): SmallWorld {
  const world = new SmallWorld(READABLE);
  let done = false;
  world.meddled = true;
  world.meddle = (name) => {
    if (done || name !== effect || world.saved?.step !== step) return;
    done = true;
    deed(world);
  };
  return world;
}

const LOSSES: Readonly<Record<string, (world: SmallWorld) => void>> = {
  emptied: (world) => world.held[0] = undefined,
  "given another's pair": (world) => world.held[0] = { username: "other_user", password: "x" },
  "given a wrong password": (world) => world.held[0] = { username: "user_1", password: "cut" },
  "given the old pair": (world) => world.held[0] = { username: "old_user", password: OLD_PASSWORD },
};

for (const [what, deed] of Object.entries(LOSSES)) {
  Deno.test(`a sink that is ${what} while applications are waited for keeps the old password, and going on delivers again`, async () => {
    const world = changedAt("recycle", "delay", deed);
    assert.match(await go(world), /^unsafe\.sink_(lost|reverted)$/);
    assert.ok(world.passwords.has("old"));
    assert.equal(world.saved?.step, "deliver");
    world.rereads = true;
    assert.equal(await go(world), "done");
    assert.deepEqual(world.harm, []);
    assert.equal(world.held[0]?.username, world.saved?.current?.username);
  });
}

Deno.test("a sink that loses the pair after the deletion gets it again in the same process", async () => {
  const world = changedAt("delete", "login database", () => {});
  world.meddle = (name) => {
    if (name === "login database" && world.saved?.deletion?.deletedAt) world.held[0] = undefined;
    if (world.told.some((text) => text.includes("delivering it again"))) world.meddle = () => {};
  };
  assert.equal(await go(world), "done");
  assert.equal(world.held[0]?.username, world.saved?.current?.username);
});

Deno.test("a store that cannot be read gets the pair again right before the deletion, and has to confirm it", async () => {
  const world = new SmallWorld();
  let given = 0;
  world.meddle = (name) => {
    if (name === "sink 0") given++;
  };
  assert.equal(await go(world), "done");
  assert.equal(given, 2);

  const refusing = new SmallWorld();
  refusing.whileAsked = () =>
    refusing.failures.push({
      call: "sink 0",
      error: new QuerycopError("step.deliver", "exit code 1"),
      effect: false,
    });
  assert.equal(await go(refusing), "unsafe.sink_lost");
  assert.ok(refusing.passwords.has("old"));
});

Deno.test("what cannot be read at all is deleted for only where the new pair is used, or somebody vouches for it", async () => {
  const unseen = ({ sinks }: RotationWorld) => ({
    sinks: sinks.map((sink) => ({ ...sink, keeps: false, proof: "none" as const })),
  });
  assert.equal(await go(new SmallWorld(), unseen), "done", "the application used it");
  const resting = () => {
    const world = new SmallWorld();
    world.resting = true;
    return world;
  };
  const refused = resting();
  assert.equal(await go(refused, unseen), "unsafe.unseen");
  assert.ok(refused.passwords.has("old"));
  assert.equal(await go(resting(), (world) => ({ ...unseen(world), trustsSinks: true })), "done");
});

Deno.test("our own logins are not an application's, told late or by a clock that is off, and can be aborted", async () => {
  for (const apiOffMs of [0, 3000, -3000, 3_600_000, -86_400_000]) {
    for (const toldLateMs of [0, 5000, 45_000]) {
      const world = new SmallWorld(READABLE);
      Object.assign(world, { apiOffMs, toldLateMs, clockOffMs: 1500, resting: true, confirmed: false });
      world.passwords.get("old");
      assert.equal(await go(world), "step.delete");
      const where = `${apiOffMs} ms off, told ${toldLateMs} ms late`;
      assert.equal(world.saved?.current?.taken, false, where);
      assert.ok(world.told.includes("Nobody was seen to use the new username yet"), where);
      const { rotation } = world.process();
      await abortRotation(rotation, await planAbort(rotation));
      assert.deepEqual(world.ids(), ["old"], where);

      const used = new SmallWorld(READABLE);
      Object.assign(used, { apiOffMs, toldLateMs, clockOffMs: 1500, confirmed: false });
      assert.equal(await go(used), "step.delete");
      assert.equal(used.saved?.current?.taken, true, where);
      assert.equal(await codeOf(planAbort(used.process().rotation)), "unsafe.new_password_in_use", where);
    }
  }
});

Deno.test("a new password that somebody deleted is made again, the old one gone or not", async () => {
  for (const oldToo of [true, false]) {
    const world = changedAt("recycle", "delay", (world) => {
      world.passwords.delete("new1");
      if (oldToo) world.passwords.delete("old");
    });
    assert.equal(await go(world), "unsafe.new_password_gone");
    world.rereads = true;
    assert.equal(await go(world), "done");
    assert.equal(world.saved?.current?.id, "new2");
  }
});

Deno.test("an abort by force closes a run that can go neither way, deletes nothing and says what is left", async () => {
  const world = new SmallWorld(READABLE);
  world.confirmed = false;
  assert.equal(await go(world), "step.delete");
  world.passwords.delete("old");
  assert.equal(await codeOf(planAbort(world.process().rotation)), "unsafe.old_password_gone");
  const left = await abandonRotation(world.process().rotation);
  assert.equal(world.saved?.outcome, "aborted");
  assert.deepEqual(world.ids(), ["new1"]);
  assert.match(
    left.join("\n"),
    /old password old is gone already\nThe password new1 \(username user_1\) stays\nexec:store: may hold/,
  );

  const unreachable = new SmallWorld(READABLE);
  unreachable.confirmed = false;
  assert.equal(await go(unreachable), "step.delete");
  unreachable.failures.push({
    call: "list",
    error: new QuerycopError("connect.x", "No answer"),
    effect: false,
  });
  assert.match(
    (await abandonRotation(unreachable.process().rotation)).join("\n"),
    /new1 .* may still be there/,
  );
});

Deno.test("other settings keep what still holds: sinks that stay are not given the pair again, new ones are", async () => {
  const world = new SmallWorld(READABLE);
  world.confirmed = false;
  assert.equal(await go(world), "step.delete");
  const state = world.saved;
  assert.ok(state !== undefined);
  const { settings } = state;
  const hooks = withSettings(state, { ...settings, onRecycle: ["exec:other"] });
  assert.deepEqual([hooks.step, hooks.hooksDone, hooks.quiet], ["delete", 0, null]);
  const more = withSettings(state, {
    ...settings,
    sinks: ["exec:new", "exec:store"],
    readBack: [null, null],
  });
  assert.deepEqual([more.step, more.current?.deliveredTo, more.quiet], ["deliver", [1], null]);
  const fewer = withSettings(state, { ...settings, sinks: ["exec:new"] });
  assert.deepEqual([fewer.step, fewer.current?.deliveredTo], ["deliver", []]);
  assert.deepEqual(withSettings(state, settings), state);
});
