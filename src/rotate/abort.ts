import { QuerycopError } from "../base/errors.ts";
import { isOwn } from "./own_logins.ts";
import type { BranchPassword } from "./planetscale_api.ts";
import { leftovers, type Rotation } from "./rotation.ts";
import type { RotationState } from "./state.ts";
import { untilProgramEnded } from "./steps/deliver.ts";
import { deleteIfThere, removeLeftovers } from "./steps/create.ts";

/** What an abort would delete. */
export interface AbortPlan {
  /** Passwords that this run made, in the order in which they go. */
  readonly passwords: readonly BranchPassword[];
  /** Sinks may hold the new pair, which is refused afterwards. */
  readonly offered: boolean;
}

/**
 * Judges whether a rotation can be taken back: the old password has to be there, and nobody may use the new one.
 * Errors: `QuerycopError` `usage.*` where there is nothing to abort, `unsafe.*` where it could lose access.
 */
export async function planAbort(rotation: Rotation): Promise<AbortPlan> {
  const { state, world } = rotation;
  if (state.outcome !== "running") {
    throw finished(state);
  }
  const listed = await rotation.list();
  if (!listed.some(({ id, expired }) => id === state.old.id && !expired)) {
    throw new QuerycopError(
      "unsafe.old_password_gone",
      `The old password ${state.old.id} is gone or expired: the new one is the last that works`,
      {
        hint:
          `Go on with querycop rotate resume ${state.runId}; querycop rotate abort --force ${state.runId} closes the run and deletes nothing`,
      },
    );
  }
  const made = [...state.superseded, ...(state.current === null ? [] : [state.current])];
  const uses: string[] = [];
  for (const source of world.sessions) {
    for (const { user, client } of await source.list(world.signal)) {
      if (made.some(({ username }) => username === user)) {
        uses.push(`${user} from ${client} (${source.name})`);
      }
    }
  }
  const ids = new Set(made.map(({ id }) => id));
  const passwords = [...listed.filter(({ id }) => ids.has(id)), ...leftovers(state, listed)];
  for (const { id, username, lastUsedAt } of passwords) {
    const mine = made.find((each) => each.id === id);
    const others = lastUsedAt !== undefined && !isOwn(lastUsedAt, mine?.ownLogins ?? []);
    if (others || (id === state.current?.id && state.current.taken)) {
      uses.push(`${username ?? id} ran a statement at ${lastUsedAt?.toISOString() ?? "an earlier time"}`);
    }
  }
  if (uses.length > 0) {
    throw new QuerycopError("unsafe.new_password_in_use", `The new password is in use: ${uses.join("; ")}`, {
      hint:
        `Go on with querycop rotate resume ${state.runId}, which deletes the old one once nobody uses it; abort --force closes the run and deletes nothing`,
    });
  }
  return { passwords, offered: state.superseded.length > 0 || state.current?.offered === true };
}

function finished({ runId, outcome }: RotationState): QuerycopError {
  return new QuerycopError("usage.finished", `Run ${runId} is over: ${outcome}`, {
    hint: "There is nothing to abort",
  });
}

/**
 * Deletes what the run made and closes it. The old password stays as it is; where it is known, the sinks get it back
 * first. Errors: as those of the sinks, with nothing deleted.
 */
export async function abortRotation(rotation: Rotation, plan: AbortPlan): Promise<void> {
  await untilProgramEnded(rotation);
  if (plan.offered) await putBack(rotation);
  for (const { id } of plan.passwords) {
    await deleteIfThere(rotation, id);
    await rotation.save({}, `Deleted ${id}`);
  }
  await removeLeftovers(rotation);
  await rotation.save({ outcome: "aborted", stopped: null }, "Aborted: the old password stays");
}

/**
 * Closes a run and deletes nothing, whatever its state and whether the API answers. Resolves to what it leaves, a sentence
 * each: passwords that it made, and sinks that may hold one.
 */
export async function abandonRotation(rotation: Rotation): Promise<readonly string[]> {
  const { state } = rotation;
  if (state.outcome !== "running") throw finished(state);
  const left = await stillThere(rotation);
  if (state.superseded.length > 0 || state.current?.offered === true) {
    left.push(`${state.settings.sinks.join(", ")}: may hold a pair that this run made`);
  }
  await rotation.save({ outcome: "aborted", stopped: null }, "Closed by force; nothing was deleted");
  return left;
}

async function stillThere(rotation: Rotation): Promise<string[]> {
  const { state, world } = rotation;
  const made = [...state.superseded, ...(state.current === null ? [] : [state.current])];
  try {
    const listed = await rotation.list();
    const ours = [
      ...listed.filter(({ id }) => made.some((each) => each.id === id)),
      ...leftovers(state, listed),
    ];
    const old = listed.find(({ id }) => id === state.old.id);
    return [
      old === undefined
        ? `The old password ${state.old.id} is gone already`
        : `The old password ${old.id} (username ${state.old.username}) stays`,
      ...ours.map(({ id, username }) => `The password ${id} (username ${username ?? "unknown"}) stays`),
    ];
  } catch (error) {
    if (!(error instanceof QuerycopError)) throw error;
    world.narrator.warning(`${error.message}. What is left is told by the saved state alone`);
    return [state.old, ...made].map(({ id, username }) =>
      `The password ${id} (username ${username}) may still be there`
    );
  }
}

/** Gives the old pair to the sinks that applications read. */
async function putBack(rotation: Rotation): Promise<void> {
  const { sinks, oldPassword, signal } = rotation.world;
  if (oldPassword === undefined) return;
  for (const sink of sinks.filter(({ keeps }) => keeps)) {
    const { target, runId, old, superseded, current } = rotation.state;
    const pair = {
      ...target,
      runId,
      id: old.id,
      name: old.name ?? "",
      username: old.username,
      host: old.host,
      replaces: [...superseded, ...(current === null ? [] : [current])].map(({ username }) => username),
    };
    await sink.deliver(
      { ...pair, password: oldPassword },
      signal,
      (pid) => rotation.save({ program: { pid, startedAt: rotation.nowText() } }),
    );
    await rotation.save({ program: null }, `Put the old pair back into ${sink.name}`);
  }
}
