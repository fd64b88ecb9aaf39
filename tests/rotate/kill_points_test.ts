import assert from "node:assert/strict";
import fc from "fast-check";
import { runRotation } from "../../src/rotate/runner.ts";
import { Killed, SmallWorld, type SmallWorldOptions } from "../support/small_world.ts";

const SITUATIONS: Readonly<Record<string, SmallWorldOptions>> = {
  "a sink that cannot be read": {},
  "a file that can be read": { sinks: [{ readable: true }] },
  "both, the application reading the file": { sinks: [{ readable: true }, { readable: false }] },
  "an application that takes the pair up at once": { takesUpAfter: 0 },
  "a program that outlives the process": { programsMs: [55_000, 0], takesUpAfter: 0 },
  "two sinks, and an application that is slow": {
    sinks: [{ readable: false }, { readable: false }],
    takesUpAfter: 9,
  },
};

/** Runs until a process gets through, each ended where `kills` says. */
async function runThrough(world: SmallWorld, kills: readonly number[]): Promise<void> {
  for (const kill of [...kills, Infinity]) {
    try {
      return await runRotation(world.process(kill).rotation);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }
}

async function countEffects(options: SmallWorldOptions): Promise<number> {
  const world = new SmallWorld(options);
  const { rotation, effects } = world.process();
  await runRotation(rotation);
  return effects();
}

/** One working password that every sink holds, nothing orphaned, and an application that never lost access. */
function assertWell(world: SmallWorld, where: string): void {
  assert.equal(world.saved?.outcome, "done", where);
  assert.deepEqual(world.harm, [], where);
  const ids = world.ids();
  assert.equal(ids.length, 1, `${where}: ${ids}`);
  const [left] = ids.map((id) => world.passwords.get(id));
  for (const held of world.held) {
    assert.deepEqual(held, { username: left?.public.username, password: left?.secret }, where);
  }
  assert.equal(world.application.username, left?.public.username, where);
  assert.ok(world.passwords.has("bystander"), where);
  assert.ok(!JSON.stringify(world.saved).includes("pscale_pw_"), where);
  assert.ok(!world.told.join().includes("pscale_pw_"), where);
}

for (const [name, options] of Object.entries(SITUATIONS)) {
  Deno.test(`a rotation that is killed before or after any effect ends well when it goes on: ${name}`, async () => {
    const effects = await countEffects(options);
    assert.ok(effects > 60, `${effects}`);
    for (let kill = 0; kill <= effects; kill++) {
      const world = new SmallWorld(options);
      await runThrough(world, [kill]);
      assertWell(world, `killed at ${kill}`);
    }
  });
}

Deno.test("a rotation that is killed again and again ends well when it goes on", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(SITUATIONS)),
      fc.array(fc.nat(120), { minLength: 2, maxLength: 6 }),
      async (options, kills) => {
        const world = new SmallWorld(options);
        await runThrough(world, kills);
        assertWell(world, `killed at ${kills}`);
      },
    ),
    { numRuns: 300 },
  );
});
