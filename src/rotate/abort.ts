import { QuerycopError } from "../base/errors.ts";
import type { BranchPassword } from "./planetscale_api.ts";
import { leftovers, type Rotation } from "./rotation.ts";
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
    throw new QuerycopError("usage.finished", `Run ${state.runId} is over: ${state.outcome}`, {
      hint: "There is nothing to abort",
    });
  }
  const listed = await rotation.list();
  if (!listed.some(({ id, expired }) => id === state.old.id && !expired)) {
    throw new QuerycopError(
      "unsafe.old_password_gone",
      `The old password ${state.old.id} is gone or expired: the new one is the last that works`,
      { hint: `Go on with querycop rotate resume ${state.runId}` },
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
    const used = lastUsedAt?.toISOString() ?? null;
    // Our own logins of the verify step count as uses too; what came after them is somebody else's.
    const mine = id === state.current?.id ? state.current : undefined;
    if (mine?.taken === true || used !== (mine?.lastUsedAtVerified ?? null)) {
      uses.push(`${username ?? id} ran a statement at ${used}`);
    }
  }
  if (uses.length > 0) {
    throw new QuerycopError("unsafe.new_password_in_use", `The new password is in use: ${uses.join("; ")}`, {
      hint: `Go on with querycop rotate resume ${state.runId}, which deletes the old one once nobody uses it`,
    });
  }
  return { passwords, offered: state.superseded.length > 0 || state.current?.offered === true };
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

/** Gives the old pair to the sinks that applications read. */
async function putBack(rotation: Rotation): Promise<void> {
  const { sinks, oldPassword, signal } = rotation.world;
  if (oldPassword === undefined) return;
  for (const sink of sinks.filter(({ keeps }) => keeps)) {
    const { target, runId, old } = rotation.state;
    const pair = {
      ...target,
      runId,
      id: old.id,
      name: old.name ?? "",
      username: old.username,
      host: old.host,
    };
    await sink.deliver(
      { ...pair, password: oldPassword },
      signal,
      (pid) => rotation.save({ program: { pid, startedAt: rotation.nowText() } }),
    );
    await rotation.save({ program: null }, `Put the old pair back into ${sink.name}`);
  }
}
