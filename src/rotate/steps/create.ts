import { QuerycopError } from "../../base/errors.ts";
import { type CreatedPassword, PlanetScaleApiError } from "../planetscale_api.ts";
import { attemptName, leftovers, type Rotation, type Step } from "../rotation.ts";
import type { StepId } from "../state.ts";

/** Requests whose answer may be lost, before it is given up. */
const MOST_LOST_ANSWERS = 3;

export const createStep: Step = {
  id: "create",
  title: "Make a new password like the old one",
  holds: "its id is saved before anything else is done",
  run: create,
};

async function create(rotation: Rotation): Promise<StepId> {
  if (rotation.state.current !== null) return "deliver";
  // Counted before each request, so that a process that ends meanwhile leaves word of what may be there.
  if (rotation.state.attempts > 0) await removeLeftovers(rotation);
  const made = await request(rotation);
  rotation.keepSecret(made.plainText, false);
  await rotation.save({
    current: {
      id: made.id,
      name: made.name ?? attemptName(rotation.state.name, rotation.state.attempts),
      username: made.username,
      host: made.accessHost ?? null,
      createdAt: made.createdAt?.toISOString() ?? null,
      offered: false,
      deliveredTo: [],
      verifiedAt: null,
      ownLogins: [],
      taken: false,
    },
  }, `Made the password ${made.id}, username ${made.username}`);
  await checkLikeness(rotation, made);
  return "deliver";
}

async function request(rotation: Rotation): Promise<CreatedPassword> {
  for (let lost = 1;; lost++) {
    const { target, old, name, attempts } = rotation.state;
    await rotation.save({ attempts: attempts + 1 });
    try {
      return await rotation.world.api.createPassword(target, {
        name: attemptName(name, attempts + 1),
        role: old.role ?? undefined,
        cidrs: old.cidrs,
        replica: old.replica,
        directVtgate: old.directVtgate,
        ttlSeconds: old.ttlSeconds,
      });
    } catch (error) {
      const refused = error instanceof PlanetScaleApiError && !error.ambiguous;
      // A refusal made nothing, so there is nothing to look for later.
      if (refused) await rotation.save({ attempts });
      if (!(error instanceof PlanetScaleApiError) || refused || lost >= MOST_LOST_ANSWERS) throw error;
      rotation.world.narrator.warning(`${error.message}. Looking whether it was made, then asking again`);
      await removeLeftovers(rotation);
    }
  }
}

/**
 * Deletes passwords of this run that were made and never known: their secrets are lost, so nobody has them. One that
 * somebody has all the same, since a state of earlier was put back, goes with the old password.
 */
export async function removeLeftovers(rotation: Rotation): Promise<void> {
  for (const { id, name, username } of leftovers(rotation.state, await rotation.list())) {
    if (username !== undefined && await mayBeInUse(rotation, id, username)) {
      const why = "this run made it and did not know of it any more";
      const superseded = [...rotation.state.superseded, { id, username, why, ownLogins: [] }];
      await rotation.save({ superseded, quiet: null }, `Found ${id}, which somebody may use: ${why}`);
      continue;
    }
    await deleteIfThere(rotation, id);
    await rotation.save(
      {},
      `Deleted ${name ?? "a password"} (${id}), whose secret was lost before anybody had it`,
    );
  }
}

/** Whether a password of this run whose secret is not known here was used, or is in a sink or a session. */
export async function mayBeInUse(rotation: Rotation, id: string, username: string): Promise<boolean> {
  const { sinks, sessions, signal } = rotation.world;
  const found = (await rotation.list()).find((each) => each.id === id);
  if (found?.lastUsedAt !== undefined) return true;
  for (const sink of sinks) {
    if (await sink.recall?.(username, [], signal) !== undefined) return true;
  }
  for (const source of sessions) {
    if ((await source.list(signal)).some(({ user }) => user === username)) return true;
  }
  return false;
}

/** Deletes a password. That it is gone already is as good. */
export async function deleteIfThere(rotation: Rotation, id: string): Promise<void> {
  try {
    await rotation.world.api.deletePassword(rotation.state.target, id);
  } catch (error) {
    const gone = error instanceof PlanetScaleApiError && error.kind === "not_found";
    if (!gone || (await rotation.list()).some((each) => each.id === id)) throw error;
  }
}

/** A new password that may do other than the old one is of no use to the application. */
async function checkLikeness(rotation: Rotation, made: CreatedPassword): Promise<void> {
  const { old } = rotation.state;
  const differs = [
    ...(made.role !== undefined && old.role !== null && made.role !== old.role ? ["role"] : []),
    ...(made.replica !== old.replica ? ["replica"] : []),
  ];
  if (differs.length === 0) return;
  rotation.keepSecret(undefined, false);
  await deleteIfThere(rotation, made.id);
  await rotation.save(
    { current: null },
    `Deleted ${made.id} again: its ${differs.join(" and ")} came out different`,
  );
  throw new QuerycopError(
    "step.create",
    `PlanetScale made a password whose ${differs.join(" and ")} is not the old one's; it was deleted again`,
    { hint: "Rotate this password by hand: querycop rotate --plan without a token prints how" },
  );
}
