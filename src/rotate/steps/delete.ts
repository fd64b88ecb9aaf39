import { QuerycopError, ServerError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { assertHeld, needsSecret } from "../holding.ts";
import { observe } from "../observe.ts";
import { retiring, type Rotation, type Step } from "../rotation.ts";
import type { StepId } from "../state.ts";
import { deleteIfThere, removeLeftovers } from "./create.ts";
import { secretOf } from "./deliver.ts";

export const deleteStep: Step = {
  id: "delete",
  title: "Delete the old password",
  holds: "it is confirmed, still unused, gone from the API and refused at login",
  run: remove,
};

async function remove(rotation: Rotation): Promise<StepId> {
  const { world } = rotation;
  await assertVerified(rotation);
  // Nobody should have to be asked twice: a pair that is lost is found before.
  if (needsSecret(world.sinks) && await secretOf(rotation) === undefined) return "create";
  if (rotation.state.deletion === null) {
    await assertUnused(rotation);
    await assertHeld(rotation, "before asking");
    if (!(await world.confirmDelete(rotation.state, world.signal))) {
      throw new QuerycopError("step.delete", "The deletion was not confirmed; both passwords work", {
        hint: "Run it again and type the text it asks for",
      });
    }
    await rotation.save({
      deletion: { requestedAt: rotation.nowText(), deletedAt: null, refused: null },
    });
  }
  if (rotation.state.deletion?.deletedAt === null) {
    const instead = await deleteAll(rotation);
    if (instead !== undefined) return instead;
  }
  await untilRefused(rotation);
  return await assertHeld(rotation, "after deletion") ?? "report";
}

async function deleteAll(rotation: Rotation): Promise<StepId | undefined> {
  const there = new Set((await rotation.list()).map(({ id }) => id));
  const going = retiring(rotation.state).filter(({ id }) => there.has(id));
  await removeLeftovers(rotation);
  if (rotation.state.quiet === null) {
    await rotation.save({ deletion: null });
    return "recycle";
  }
  const instead = await assertHeld(rotation, "before deletion");
  if (instead !== undefined) return instead;
  // Answering takes a person any time, and a process may end between its word and its deed: it has to hold still.
  if (going.length > 0) await assertUnused(rotation);
  for (const { id } of going) await deleteIfThere(rotation, id);
  await untilGone(rotation);
  const { deletion } = rotation.state;
  if (deletion === null) return undefined;
  await rotation.save(
    { deletion: { ...deletion, deletedAt: rotation.nowText() } },
    going.length === 0
      ? `${retiring(rotation.state).map(({ id }) => id).join(", ")} is gone already`
      : `Deleted ${going.map(({ id }) => id).join(", ")}`,
  );
  return undefined;
}

/** Throws `unsafe.*` unless the state says that everything before was done, and lets going on do it. */
async function assertVerified(rotation: Rotation): Promise<void> {
  const { state, world } = rotation;
  const { current, quiet, old } = state;
  const passed = current !== null && quiet !== null && current.verifiedAt !== null &&
    current.deliveredTo.length === world.sinks.length;
  if (!passed) {
    await rotation.save({ step: current === null ? "create" : "deliver", quiet: null, deletion: null });
    throw unsafe("unsafe.not_verified", "The new pair was not delivered, verified and taken up in this run");
  }
  if (old.createdAt !== null && current.createdAt !== null && old.createdAt > current.createdAt) {
    throw unsafe("unsafe.younger", `The password ${old.id} is younger than the new one`);
  }
}

/** Throws `unsafe.*` where what is to go is in use, by a look taken now. */
async function assertUnused(rotation: Rotation): Promise<void> {
  const { state } = rotation;
  const { quiet } = state;
  const seen = await observe(rotation);
  const used = retiring(state).filter(({ id }) =>
    id in seen.lastUsedAt && seen.lastUsedAt[id] !== quiet?.lastUsedAt[id]
  ).map(({ username }) => `${username} ran a statement`);
  const noise = [...seen.sessions.map(({ text }) => text), ...used, ...seen.problems];
  if (noise.length === 0) return;
  await rotation.save({ step: "recycle", quiet: null, deletion: null });
  throw unsafe("unsafe.used_since", `The old password was used after its quiet period: ${noise.join("; ")}`);
}

function unsafe(code: string, message: string): QuerycopError {
  return new QuerycopError(code, `${message}; nothing was deleted`, {
    hint: "Let the rotation go on, and it waits until this holds",
  });
}

async function untilGone(rotation: Rotation): Promise<void> {
  const { timing, limits, narrator } = rotation.world;
  const started = timing.monotonic();
  for (;;) {
    const ids = new Set(retiring(rotation.state).map(({ id }) => id));
    const left = (await rotation.list()).filter(({ id }) => ids.has(id)).map(({ id }) => id);
    if (left.length === 0) return;
    if (timing.monotonic() - started >= limits.refusalMs) {
      throw new QuerycopError(
        "step.delete",
        `PlanetScale still lists ${left.join(", ")} after the deletion`,
        {
          hint: "Look in the dashboard; going on asks again",
        },
      );
    }
    narrator.waiting(`${left.join(", ")} still listed`);
    await rotation.pause();
  }
}

/** The old pair, where it is known, has to be refused: deleting takes up to five minutes to be felt. */
async function untilRefused(rotation: Rotation): Promise<void> {
  const { oldPassword } = rotation.world;
  const { deletion } = rotation.state;
  if (deletion === null || deletion.refused !== null) return;
  if (oldPassword === undefined) {
    await rotation.save(
      { deletion: { ...deletion, refused: "unknown" } },
      "Did not try the old pair: its password is not known here",
    );
    return;
  }
  await waitForRefusal(rotation, oldPassword);
  await rotation.save({ deletion: { ...deletion, refused: "yes" } }, "The old pair is refused");
}

/** ER_ACCESS_DENIED_ERROR. */
const ACCESS_DENIED = 1045;

async function waitForRefusal(rotation: Rotation, password: Secret): Promise<void> {
  const { timing, limits, logins: [database], signal, narrator } = rotation.world;
  const started = timing.monotonic();
  for (;;) {
    let found = "is still accepted";
    try {
      await database.logIn(rotation.state.old.username, password, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ServerError && error.errno === ACCESS_DENIED) return;
      if (!(error instanceof QuerycopError)) throw error;
      found = `could not be tried: ${error.message}`;
    }
    if (timing.monotonic() - started >= limits.refusalMs) {
      throw new QuerycopError("step.delete", `The old password is deleted, and its pair ${found}`, {
        hint: "PlanetScale takes up to five minutes; going on tries again",
      });
    }
    narrator.waiting(`the old pair ${found}`);
    await rotation.pause();
  }
}
