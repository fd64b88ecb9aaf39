/** Whether the new pair is where applications read it: looked at before anything is deleted, and once more at the end. */
import { QuerycopError, ServerError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { newPasswordGone } from "./observe.ts";
import { handOver, secretOf } from "./steps/deliver.ts";
import { retiring, type Rotation } from "./rotation.ts";
import type { Sink } from "./sinks/sink.ts";
import type { StepId } from "./state.ts";

/** When it is looked at: before a person is asked, right before the deletion, and at the end. */
type Moment = "before asking" | "before deletion" | "after deletion";

/** A sink that does not hold the new pair. */
interface Loss {
  readonly index: number;
  /** A clause: `env-file /srv/app/.env does not hold the new pair`. */
  readonly text: string;
  /** It holds a pair again that is to be deleted. */
  readonly reverted: boolean;
}

/** Whether a sink confirms the pair only by getting it again, which takes the secret. */
export function needsSecret(sinks: readonly Sink[]): boolean {
  return sinks.some(({ proof }) => proof === "deliver");
}

/** Sinks of which nothing can be read: a person or an application's login has to tell. */
export function unseenSinks(sinks: readonly Sink[]): readonly Sink[] {
  return sinks.filter(({ proof }) => proof === "none");
}

/**
 * Makes sure that every sink holds the new pair and that it logs in. Where the secret is lost and a sink has to be given
 * it again, resolves to the step that makes another. Errors: `QuerycopError` `unsafe.sink_lost` and
 * `unsafe.pair_refused`, with a state that going on makes right.
 */
export async function assertHeld(
  rotation: Rotation,
  moment: Moment,
): Promise<StepId | undefined> {
  const { world } = rotation;
  const first = await lookAtSinks(rotation);
  // An application of which the old pair is gone is helped by nothing but the new one, at once.
  const losses = first.length > 0 && moment === "after deletion" && rotation.secret !== undefined
    ? await giveAgain(rotation, first)
    : first;
  if (losses.length > 0) return await lost(rotation, losses, moment);
  if (moment !== "before asking" && !rotation.confirmedAgain) {
    const instead = await confirmUnreadable(rotation, moment);
    if (instead !== undefined) return instead;
    rotation.confirmedAgain = true;
  }
  if (unseenSinks(world.sinks).length > 0 && !rotation.current.taken && !world.trustsSinks) {
    throw unseen(rotation);
  }
  return undefined;
}

/**
 * Makes sure, before applications are waited for, that their sinks have the pair: those that can be read are read, and in
 * a process that did not deliver it the others get it again. Resolves to the step that makes another where the secret for
 * that is lost. Errors: as those of {@link assertHeld}.
 */
export async function assertStillThere(rotation: Rotation): Promise<StepId | undefined> {
  const losses = await lookAtSinks(rotation);
  if (losses.length > 0) return await lost(rotation, losses, "before deletion");
  return rotation.deliveredHere ? undefined : await confirmUnreadable(rotation, "before deletion");
}

/** Gives the pair again to sinks that cannot be read and have to confirm it so. */
async function confirmUnreadable(rotation: Rotation, moment: Moment): Promise<StepId | undefined> {
  const { sinks } = rotation.world;
  if (!needsSecret(sinks)) return undefined;
  const secret = await secretOf(rotation);
  if (secret === undefined) return "create";
  const indices = [...sinks.keys()].filter((index) => sinks[index]?.proof === "deliver");
  const refused = await confirmAgain(rotation, indices, secret);
  if (refused.length > 0) return await lost(rotation, refused, moment);
  rotation.deliveredHere = true;
  return undefined;
}

/** Reads every sink that can be read, and logs in with what they hold. */
async function lookAtSinks(rotation: Rotation): Promise<readonly Loss[]> {
  const { world, state } = rotation;
  const retired = retiring(state).map(({ username }) => username);
  const losses: Loss[] = [];
  let held: Secret | undefined;
  for (const [index, sink] of world.sinks.entries()) {
    if (sink.recall === undefined) continue;
    const found = await sink.recall(rotation.current.username, retired, world.signal);
    const known = rotation.secret ?? held;
    if (found !== undefined && (known === undefined || known.reveal() === found.reveal())) {
      held = found;
      continue;
    }
    const again = await heldAgain(rotation, sink, retired);
    const what = again === undefined
      ? "does not hold the new pair any more"
      : `holds the pair of ${again} again, which is to be deleted`;
    losses.push({ index, text: `${sink.name} ${what}`, reverted: again !== undefined });
  }
  if (losses.length > 0) return losses;
  const secret = held ?? rotation.secret;
  if (secret === undefined) return [];
  await logInOnce(rotation, secret);
  if (rotation.secret === undefined) rotation.keepSecret(secret, true);
  return [];
}

/** The username that is to go whose pair a sink holds. */
async function heldAgain(
  rotation: Rotation,
  sink: Sink,
  retired: readonly string[],
): Promise<string | undefined> {
  for (const username of retired) {
    if (await sink.recall?.(username, [], rotation.world.signal) !== undefined) return username;
  }
  return undefined;
}

async function logInOnce(rotation: Rotation, secret: Secret): Promise<void> {
  const [database] = rotation.world.logins;
  try {
    await rotation.logIn(database, secret);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const { id } = rotation.current;
    if (!(await rotation.list()).some((each) => each.id === id)) return await newPasswordGone(rotation);
    await rotation.save({
      step: "deliver",
      quiet: null,
      deletion: null,
      current: { ...rotation.current, deliveredTo: [], verifiedAt: null },
    });
    throw new QuerycopError(
      "unsafe.pair_refused",
      `The new pair no longer logs in at ${database.name}, so nothing was deleted: ${error.message}`,
      { hint: `Run querycop rotate resume ${rotation.state.runId}, which delivers and verifies it again` },
    );
  }
}

/** Gives sinks the pair once more. Resolves to those that did not take it, or do not hold it afterwards. */
async function giveAgain(rotation: Rotation, losses: readonly Loss[]): Promise<readonly Loss[]> {
  const { narrator } = rotation.world;
  for (const { text } of losses) {
    narrator.warning(`${text}; the old password is deleted: delivering it again`);
  }
  const { secret } = rotation;
  if (secret === undefined) return losses;
  const refused = await confirmAgain(rotation, losses.map(({ index }) => index), secret);
  return refused.length > 0 ? refused : await lookAtSinks(rotation);
}

async function confirmAgain(
  rotation: Rotation,
  indices: readonly number[],
  secret: Secret,
): Promise<readonly Loss[]> {
  const losses: Loss[] = [];
  for (const index of indices) {
    const sink = rotation.world.sinks[index];
    if (sink === undefined) continue;
    try {
      await handOver(rotation, sink, secret);
    } catch (error) {
      if (!(error instanceof QuerycopError)) throw error;
      const text = `${sink.name} does not take the new pair again: ${error.message}`;
      losses.push({ index, text, reverted: false });
    }
  }
  return losses;
}

/** Saves that these sinks have to be given the pair, so that going on does it, and throws. */
async function lost(
  rotation: Rotation,
  losses: readonly Loss[],
  moment: Moment,
): Promise<never> {
  const { current, state } = rotation;
  const indices = losses.map(({ index }) => index);
  await rotation.save({
    step: "deliver",
    quiet: null,
    deletion: null,
    hooksDone: 0,
    program: null,
    current: {
      ...current,
      deliveredTo: current.deliveredTo.filter((index) => !indices.includes(index)),
      verifiedAt: null,
    },
  });
  const what = losses.map(({ text }) => text).join("; ");
  const end = moment !== "after deletion" ? "nothing was deleted" : "the old password is deleted already";
  const code = losses.some(({ reverted }) => reverted) ? "unsafe.sink_reverted" : "unsafe.sink_lost";
  throw new QuerycopError(code, `${what}; ${end}`, {
    hint: moment !== "after deletion"
      ? `Find out what changed it. querycop rotate resume ${state.runId} delivers a new pair again; querycop rotate abort ${state.runId} takes the rotation back`
      : `Run querycop rotate resume ${state.runId} at once: it makes and delivers another pair where this one is lost`,
  });
}

/** The refusal where nothing tells that the pair arrived. */
export function unseen(rotation: Rotation): QuerycopError {
  const { world, state, current } = rotation;
  const names = unseenSinks(world.sinks).map(({ name }) => name).join(" and ");
  return new QuerycopError(
    "unsafe.unseen",
    `It cannot be seen whether ${names} passed the new pair on, and nobody was seen to use it; nothing was deleted`,
    {
      hint:
        `Check that applications have the pair of ${current.username}, then run querycop rotate resume ${state.runId} --trust-sinks`,
    },
  );
}
