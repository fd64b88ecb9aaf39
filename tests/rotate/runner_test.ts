import assert from "node:assert/strict";
import { ConnectError, QuerycopError, ServerError, TlsError } from "../../src/base/errors.ts";
import { createContext } from "../../src/cli/context.ts";
import { StderrNarrator } from "../../src/commands/rotate/narrator.ts";
import { type ApiFailureKind, PlanetScaleApiError } from "../../src/rotate/planetscale_api.ts";
import { runRotation } from "../../src/rotate/runner.ts";
import { Rotation } from "../../src/rotate/rotation.ts";
import { fakeHost } from "../support/fake_host.ts";
import { Killed, OLD_PASSWORD, SmallWorld, type SmallWorldOptions } from "../support/small_world.ts";

type Limits = Parameters<SmallWorld["process"]>[1];

/** Runs until the rotation stops, and resolves to why. */
async function stopped(world: SmallWorld, limits?: Limits): Promise<QuerycopError> {
  try {
    await runRotation(world.process(Infinity, limits).rotation);
  } catch (error) {
    if (error instanceof QuerycopError) {
      assert.equal(world.saved?.stopped?.message, error.message);
      return error;
    }
    throw error;
  }
  throw new Error("the rotation went through");
}

async function goesThrough(world: SmallWorld, limits?: Limits): Promise<void> {
  await runRotation(world.process(Infinity, limits).rotation);
  assert.equal(world.saved?.outcome, "done");
  assert.equal(world.saved.stopped, null);
  assert.deepEqual(world.harm, []);
  assert.equal(world.ids().length, 1);
  assert.ok(!world.passwords.has("old"));
}

function assertNothingDeleted(world: SmallWorld): void {
  assert.ok(world.passwords.has("old"));
  assert.deepEqual(world.harm, []);
}

Deno.test("an application that never takes the new pair up is waited for, named, and keeps its password", async () => {
  const world = new SmallWorld({ takesUpAfter: 1_000_000 });
  const error = await stopped(world);
  assert.equal(error.code, "step.recycle");
  assert.match(
    error.message,
    /^The old password is still in use after 1h: old_user ran a statement at 2026-/,
  );
  assertNothingDeleted(world);
  assert.ok(world.told.some((text) => text.startsWith("Still in use: old_user ran a statement at 2026-")));
});

Deno.test("an open session is waited for though it runs nothing, and is named with its client and age", async () => {
  const world = new SmallWorld({ takesUpAfter: 0 });
  world.sessions.push({ id: "1", user: "old_user", client: "10.0.0.5:4711", age_seconds: 180 });
  world.sessions.push({ id: "2", user: "other_user", client: "10.0.0.6:1", age_seconds: 1 });
  const error = await stopped(world);
  assert.match(error.message, /: old_user from 10\.0\.0\.5:4711, connected for 3m \(http:\/\/querycop\)$/);
  assertNothingDeleted(world);
  world.sessions.length = 0;
  await goesThrough(world);
});

Deno.test("the same session that grows older is told once, and its wait is not told at once again", async () => {
  const world = new SmallWorld({ takesUpAfter: 0 });
  const session = { id: "1", user: "old_user", client: "10.0.0.5:4711", age_seconds: 180 };
  world.sessions.push(session);
  world.meddle = (effect) => {
    if (effect === "delay") session.age_seconds += 10;
  };
  await stopped(world);
  assert.deepEqual(world.told.filter((text) => text.startsWith("Still in use: ")), [
    "Still in use: old_user from 10.0.0.5:4711, connected for 3m (http://querycop)",
  ]);
  const host = fakeHost();
  const output = { format: "text", quiet: false, verbose: false, input: false, color: "never" } as const;
  const narrator = new StderrNarrator(createContext(host, output).context);
  narrator.step("recycle");
  for (const text of world.told) {
    if (text.startsWith("Still in use: ")) narrator.detail(text);
    if (text.startsWith("still in use: ")) narrator.waiting(text);
  }
  assert.equal(host.err().match(/still in use/gi)?.length, 1, host.err());
});

Deno.test("a querycop that does not answer proves nothing: the quiet period begins anew when it does", async () => {
  const world = new SmallWorld({ takesUpAfter: 0 });
  const gone = new ConnectError("tcp", "refused", "querycop:8080", "connection refused");
  for (let count = 0; count < 20; count++) {
    world.failures.push({ call: "sessions", error: gone, effect: false });
  }
  const before = world.nowMs;
  await goesThrough(world);
  assert.ok(world.nowMs - before >= 20 * 10_000 + 60_000, `${world.nowMs - before}`);
});

Deno.test("a password that is used after its quiet period is not deleted, and is waited for again", async () => {
  const world = new SmallWorld();
  world.whileAsked = () => world.touch("old");
  const error = await stopped(world);
  assert.equal(error.code, "unsafe.used_since");
  assertNothingDeleted(world);
  assert.equal(world.saved?.step, "recycle");
  world.whileAsked = () => {};
  await goesThrough(world);
});

Deno.test("a session that opens while the person is asked keeps the old password", async () => {
  const world = new SmallWorld();
  world.whileAsked = () =>
    world.sessions.push({ id: "1", user: "old_user", client: "10.0.0.5:4711", age_seconds: 0 });
  assert.equal((await stopped(world)).code, "unsafe.used_since");
  assertNothingDeleted(world);
});

Deno.test("nobody is asked about a deletion that does not hold, and a word given earlier does not hold for ever", async () => {
  const world = new SmallWorld({ sinks: [{ readable: true }] });
  world.confirmed = false;
  await stopped(world);
  world.touch("old");
  world.confirmed = true;
  world.whileAsked = () => assert.fail("asked");
  assert.equal((await stopped(world)).code, "unsafe.used_since");
  assertNothingDeleted(world);

  let ended = new SmallWorld({ sinks: [{ readable: true }] });
  for (let kill = 0; (ended.saved?.deletion ?? null) === null; kill++) {
    ended = new SmallWorld({ sinks: [{ readable: true }] });
    await assert.rejects(runRotation(ended.process(kill).rotation), Killed);
  }
  assert.ok(ended.passwords.has("old"));
  ended.touch("old");
  assert.equal((await stopped(ended)).code, "unsafe.used_since");
  assertNothingDeleted(ended);
  await goesThrough(ended);
});

Deno.test("a password of a lost answer that shows late goes in the end", async () => {
  const world = new SmallWorld();
  world.whileAsked = () => world.appear(world.saved?.name ?? "");
  const lost = new PlanetScaleApiError("unreachable", "No answer", { hint: "-", ambiguous: true });
  world.failures.push({ call: "create", error: lost, effect: false });
  await goesThrough(world);
  assert.ok(!world.passwords.has("late"));
});

Deno.test("a sink that holds the old pair again keeps the old password", async () => {
  const world = new SmallWorld({ sinks: [{ readable: true }] });
  let delivered: typeof world.held[0];
  world.whileAsked = () => {
    delivered = world.held[0];
    world.held[0] = { username: "old_user", password: OLD_PASSWORD };
  };
  assert.equal((await stopped(world)).code, "unsafe.sink_reverted");
  assertNothingDeleted(world);
  world.held[0] = delivered;
  world.whileAsked = () => {};
  await goesThrough(world);
});

Deno.test("it is said whether anybody was seen to use the new pair, our own logins aside", async () => {
  for (const takesUpAfter of [2, 1_000_000]) {
    const world = new SmallWorld({ takesUpAfter });
    // An application that rests: it holds the old pair and does nothing.
    world.resting = takesUpAfter > 2;
    world.whileAsked = () => {
      world.application = world.held[0] ?? world.application;
    };
    await goesThrough(world);
    const warned = world.told.includes("Nobody was seen to use the new username yet");
    assert.equal(warned, takesUpAfter > 2);

    assert.ok(
      world.saved?.events.some(({ text }) =>
        text ===
          `Nobody used old_user for 1m; ${
            warned ? "nobody was seen to use the new username" : "the new username is in use"
          }`
      ),
    );
  }
});

Deno.test("what cannot be seen is not called use, and is not deleted", async () => {
  const world = new SmallWorld({ takesUpAfter: 0 });
  const gone = new ConnectError("tcp", "refused", "querycop:8080", "connection refused");
  for (let count = 0; count < 1000; count++) {
    world.failures.push({ call: "sessions", error: gone, effect: false });
  }
  assert.match((await stopped(world)).message, /^After 1h it cannot be seen whether .* cannot be asked/);
  assertNothingDeleted(world);
});

Deno.test("the last working password is never deleted", async () => {
  const gone = new SmallWorld();
  gone.whileAsked = () => {
    for (const id of gone.ids()) if (id !== "old") gone.passwords.delete(id);
  };
  assert.equal((await stopped(gone)).code, "unsafe.new_password_gone");
  assert.ok(gone.passwords.has("old"));

  for (
    const change of [
      { current: null },
      { quiet: null },
      { old: { createdAt: "2027-01-01T00:00:00.000Z" } },
      { current: { verifiedAt: null } },
      { current: { deliveredTo: [] } },
    ]
  ) {
    const world = new SmallWorld();
    world.confirmed = false;
    await stopped(world);
    const saved = world.saved;
    assert.ok(saved?.current && saved.step === "delete");
    const tampered = {
      ...saved,
      ...change,
      old: { ...saved.old, ...change.old },
      current: change.current === null ? null : { ...saved.current, ...change.current },
    };
    world.confirmed = true;
    const rotation = new Rotation(tampered, world.process().rotation.world);
    await assert.rejects(
      runRotation(rotation),
      (error) => error instanceof QuerycopError && /^unsafe\.(not_verified|younger)$/.test(error.code),
      JSON.stringify(change),
    );
    assertNothingDeleted(world);
  }
});

Deno.test("a deletion that is not confirmed leaves both, and may be confirmed later", async () => {
  const world = new SmallWorld();
  world.confirmed = false;
  assert.equal((await stopped(world)).code, "step.delete");
  assertNothingDeleted(world);
  world.confirmed = true;
  await goesThrough(world);
});

Deno.test("a sink that fails is named, the others have their pair, and going on gives all of them another", async () => {
  const options: SmallWorldOptions = { sinks: [{ readable: false }, { readable: false }] };
  const failure = new QuerycopError("step.deliver", "exit code 3", { hint: "Mend it" });
  const world = new SmallWorld(options);
  world.failures.push({ call: "sink 1", error: failure, effect: false });
  const error = await stopped(world);
  assert.equal(error.message, "1 of 2 sinks did not take the new pair: sink 1: exit code 3");
  assertNothingDeleted(world);
  assert.ok(world.held[0] !== undefined && world.held[1] === undefined);
  await goesThrough(world);
  assert.deepEqual(world.held[0], world.held[1]);
  assert.deepEqual(world.saved?.superseded.map(({ id }) => id), ["new1"]);

  const again = new SmallWorld(options);
  again.failures.push({ call: "sink 0", error: failure, effect: false });
  again.retries = 1;
  await goesThrough(again);
  assert.deepEqual(again.saved?.superseded, [], "the secret was still known");
});

Deno.test("a sink that can be read gives the secret back, and no other password is made", async () => {
  const world = new SmallWorld({ sinks: [{ readable: true }, { readable: false }] });
  const failure = new QuerycopError("step.deliver", "exit code 3");
  world.failures.push({ call: "sink 1", error: failure, effect: false });
  await stopped(world);
  await goesThrough(world);
  assert.equal(world.saved?.attempts, 1);
});

Deno.test("a create whose answer is lost leaves nothing behind", async () => {
  for (const effect of [true, false]) {
    const lost = new PlanetScaleApiError("unreachable", "No answer", { hint: "-", ambiguous: true });
    const world = new SmallWorld();
    world.failures.push({ call: "create", error: lost, effect }, { call: "create", error: lost, effect });
    await goesThrough(world);
    const thrice = new SmallWorld();
    for (let count = 0; count < 3; count++) thrice.failures.push({ call: "create", error: lost, effect });
    assert.equal((await stopped(thrice)).message, "No answer");
    assertNothingDeleted(thrice);
    await goesThrough(thrice);
  }
});

Deno.test("each refusal of the API stops the rotation with nothing deleted, and it can go on afterwards", async () => {
  const kinds: readonly ApiFailureKind[] = [
    "token_rejected",
    "forbidden",
    "missing_access",
    "invalid",
    "rate_limited",
    "server",
    "unreachable",
    "redirect",
    "malformed",
  ];
  for (const kind of kinds) {
    for (const call of ["create", "delete"]) {
      const world = new SmallWorld();
      world.failures.push({
        call,
        error: new PlanetScaleApiError(kind, `Refused: ${kind}`, { hint: "-" }),
        effect: false,
      });
      assert.equal((await stopped(world)).message, `Refused: ${kind}`, call);
      assertNothingDeleted(world);
      await goesThrough(world);
    }
  }
});

Deno.test("a new pair is tried until it is known everywhere; a certificate is not tried again", async () => {
  const refused = new ServerError(1045, "28000", "Access denied");
  const slow = new SmallWorld();
  slow.failures.push({ call: "login database", error: refused, effect: false });
  slow.failures.push({ call: "login querycop", error: refused, effect: false });
  await goesThrough(slow);

  const never = new SmallWorld();
  for (let count = 0; count < 50; count++) {
    never.failures.push({ call: "login querycop", error: refused, effect: false });
  }
  const error = await stopped(never);
  assert.equal(error.code, "step.verify");
  assert.match(error.message, /does not log in at querycop: Access denied/);
  assert.ok(never.failures.length > 40, "it is given up in time");
  assertNothingDeleted(never);

  const untrusted = new SmallWorld();
  untrusted.failures.push({
    call: "login database",
    error: new TlsError("expired", "Expired"),
    effect: false,
  });
  assert.equal((await stopped(untrusted)).code, "tls.expired");
  assertNothingDeleted(untrusted);
});

Deno.test("hooks run once, and one that failed runs again", async () => {
  const world = new SmallWorld();
  const failure = new QuerycopError("step.recycle", "The command of --on-recycle failed: exit code 1");
  world.failures.push({ call: "hook", error: failure, effect: false });
  assert.equal((await stopped(world)).code, "step.recycle");
  await goesThrough(world);
  assert.equal(world.hooks.length, 1);
  assert.equal(world.hooks[0]?.current?.verifiedAt === null, false, "not before the pair is verified");
});

Deno.test("a deleted password is waited for until it is refused, and not for ever", async () => {
  const slow = new SmallWorld();
  slow.deleteLagMs = 290_000;
  await goesThrough(slow);
  assert.equal(slow.saved?.deletion?.refused, "yes");

  const never = new SmallWorld();
  never.deleteLagMs = 400_000;
  const error = await stopped(never);
  assert.match(error.message, /^The old password is deleted, and its pair is still accepted$/);
  await goesThrough(never);
});

Deno.test("an interrupt stops a rotation between two steps, and it goes on", async () => {
  const world = new SmallWorld();
  const { rotation } = world.process();
  const abort = new AbortController();
  const reason = new DOMException("Stopped by SIGINT", "AbortError");
  const interrupted = new Rotation(rotation.state, {
    ...rotation.world,
    signal: abort.signal,
    narrator: {
      ...rotation.world.narrator,
      step: (id) => {
        if (id === "recycle") abort.abort(reason);
      },
    },
    timing: {
      ...rotation.world.timing,
      delay: (ms, signal) =>
        signal.aborted ? Promise.reject(signal.reason) : rotation.world.timing.delay(ms, signal),
    },
  });
  await assert.rejects(runRotation(interrupted), (error) => error === reason);
  assert.equal(world.saved?.step, "recycle");
  await goesThrough(world);
});
