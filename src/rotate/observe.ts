import { formatDurationMs } from "../base/duration.ts";
import { QuerycopError } from "../base/errors.ts";
import { isOwn } from "./own_logins.ts";
import { type BranchPassword, PlanetScaleApiError } from "./planetscale_api.ts";
import { retiring, type Rotation } from "./rotation.ts";

/** A session of a username that is to go. */
export interface SeenSession {
  /** The same for the same session, however long it has lasted. */
  readonly key: string;
  /** Who, from where, for how long. */
  readonly text: string;
}

/** What is to be seen, at one moment, of those who use the passwords that are to go. */
export interface Observation {
  readonly sessions: readonly SeenSession[];
  /** `last_used_at` by id; a password that is gone is left out. */
  readonly lastUsedAt: Readonly<Record<string, string | null>>;
  /** Somebody uses the new password, by a session or a statement that is none of ours. */
  readonly newInUse: boolean;
  /** What could not be seen, in words: silence there proves nothing. */
  readonly problems: readonly string[];
}

/** Failures that pass: everything else would be the same the next time. */
const PASSING: readonly string[] = ["unreachable", "server", "rate_limited"];

/**
 * Looks at every querycop's sessions and at the API. What fails for the moment is a problem of this observation;
 * errors: what would fail again, and `QuerycopError` `unsafe.new_password_gone`.
 */
export async function observe(rotation: Rotation): Promise<Observation> {
  const { world, state } = rotation;
  const going = retiring(state);
  const sessions: SeenSession[] = [];
  const problems: string[] = [];
  let newInUse = rotation.current.taken;
  for (const source of world.sessions) {
    try {
      for (const { id, user, client, age_seconds } of await source.list(world.signal)) {
        newInUse ||= user === rotation.current.username;
        if (!going.some(({ username }) => username === user)) continue;
        const age = formatDurationMs(age_seconds * 1000);
        sessions.push({
          key: `${source.name} ${id} ${user}`,
          text: `${user} from ${client}, connected for ${age} (${source.name})`,
        });
      }
    } catch (error) {
      if (world.signal.aborted) throw world.signal.reason;
      if (!(error instanceof QuerycopError) || !error.code.startsWith("connect.")) throw error;
      problems.push(`${source.name} cannot be asked: ${error.message}`);
    }
  }
  const lastUsedAt: Record<string, string | null> = {};
  let listed: readonly BranchPassword[] | undefined;
  try {
    listed = await rotation.list();
  } catch (error) {
    if (!(error instanceof PlanetScaleApiError) || !PASSING.includes(error.kind)) throw error;
    problems.push(error.message);
  }
  if (listed !== undefined) {
    const made = listed.find(({ id, expired }) => id === rotation.current.id && !expired);
    if (made === undefined) return await newPasswordGone(rotation);
    newInUse ||= usedByOthers(rotation, made);
    for (const { id } of going) {
      const found = listed.find((each) => each.id === id);
      if (found !== undefined) lastUsedAt[id] = found.lastUsedAt?.toISOString() ?? null;
    }
  }
  if (newInUse && !rotation.current.taken) {
    await rotation.save({ current: { ...rotation.current, taken: true } });
  }
  return { sessions, lastUsedAt, newInUse, problems };
}

/** Whether the new password ran a statement that was not part of one of our own logins, as far as the API tells. */
export function usedByOthers({ state: { current } }: Rotation, { lastUsedAt }: BranchPassword): boolean {
  return lastUsedAt !== undefined && !isOwn(lastUsedAt, current?.ownLogins ?? []);
}

/** Somebody deleted the new password. Saves that another has to be made, so that going on makes it. */
export async function newPasswordGone(rotation: Rotation): Promise<never> {
  const { id } = rotation.current;
  await rotation.save({ step: "create", current: null, quiet: null, deletion: null, hooksDone: 0 });
  throw new QuerycopError(
    "unsafe.new_password_gone",
    `The new password ${id} is gone or has expired, so nothing else was deleted`,
    {
      hint:
        `Run querycop rotate resume ${rotation.state.runId} to make another, or querycop rotate abort ${rotation.state.runId}`,
    },
  );
}
