import { formatDurationMs } from "../base/duration.ts";
import { QuerycopError } from "../base/errors.ts";
import { PlanetScaleApiError } from "./planetscale_api.ts";
import { retiring, type Rotation } from "./rotation.ts";

/** What is to be seen, at one moment, of those who use the passwords that are to go. */
export interface Observation {
  /** Their sessions, each in words: who, from where, for how long. */
  readonly sessions: readonly string[];
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
  const sessions: string[] = [];
  const problems: string[] = [];
  let newInUse = rotation.current.taken;
  for (const source of world.sessions) {
    try {
      for (const { user, client, age_seconds } of await source.list(world.signal)) {
        newInUse ||= user === rotation.current.username;
        if (!going.some(({ username }) => username === user)) continue;
        sessions.push(
          `${user} from ${client}, connected for ${formatDurationMs(age_seconds * 1000)} (${source.name})`,
        );
      }
    } catch (error) {
      if (world.signal.aborted) throw world.signal.reason;
      if (!(error instanceof QuerycopError) || !error.code.startsWith("connect.")) throw error;
      problems.push(`${source.name} cannot be asked: ${error.message}`);
    }
  }
  const lastUsedAt: Record<string, string | null> = {};
  try {
    const listed = await rotation.list();
    const made = listed.find(({ id, expired }) => id === rotation.current.id && !expired);
    if (made === undefined) throw newPasswordGone(rotation.current.id);
    // One that the API tells of late is our own login's, from before the pair was verified.
    newInUse ||= (made.lastUsedAt?.toISOString() ?? "") > (rotation.current.verifiedAt ?? "");
    for (const { id } of going) {
      const found = listed.find((each) => each.id === id);
      if (found !== undefined) lastUsedAt[id] = found.lastUsedAt?.toISOString() ?? null;
    }
  } catch (error) {
    if (!(error instanceof PlanetScaleApiError) || !PASSING.includes(error.kind)) throw error;
    problems.push(error.message);
  }
  return { sessions, lastUsedAt, newInUse, problems };
}

function newPasswordGone(id: string): QuerycopError {
  return new QuerycopError(
    "unsafe.new_password_gone",
    `The new password ${id} is not there any more, or has expired: the old one is the last that works`,
    { hint: "Abort this rotation and begin another" },
  );
}
