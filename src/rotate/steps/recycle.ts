import { formatDurationMs } from "../../base/duration.ts";
import { QuerycopError } from "../../base/errors.ts";
import { type Observation, observe } from "../observe.ts";
import { assertStillThere, unseen, unseenSinks } from "../holding.ts";
import { secretOf } from "./deliver.ts";
import { retiring, type Rotation, type Step } from "../rotation.ts";
import type { StepId } from "../state.ts";

export const recycleStep: Step = {
  id: "recycle",
  title: "Wait until nobody uses the old username",
  holds: "no session of it and no use of it for the whole quiet period",
  run: recycle,
};

async function recycle(rotation: Rotation): Promise<StepId> {
  if (rotation.state.quiet !== null) return "delete";
  const instead = await assertStillThere(rotation);
  if (instead !== undefined) return instead;
  await runHooks(rotation);
  const { timing, limits, narrator } = rotation.world;
  const { quietMs } = rotation.state.settings;
  const started = timing.monotonic();
  let quietSince: number | undefined;
  let before: Observation | undefined;
  let told = "";
  const mustBeUsed = unseenSinks(rotation.world.sinks).length > 0 && !rotation.world.trustsSinks;
  for (;;) {
    const seen = await observe(rotation);
    const now = timing.monotonic();
    const noise = describeNoise(rotation, seen, before);
    if (noise.length > 0) quietSince = undefined;
    else quietSince ??= now;
    before = seen;
    const { newInUse } = seen;
    const quiet = quietSince !== undefined && now - quietSince >= quietMs;
    if (quiet && (newInUse || !mustBeUsed)) {
      const olds = retiring(rotation.state).map(({ username }) => username).join(", ");
      await rotation.save(
        { quiet: { passedAt: rotation.nowText(), lastUsedAt: seen.lastUsedAt } },
        `Nobody used ${olds} for ${formatDurationMs(quietMs)}; ${
          newInUse ? "the new username is in use" : "nobody was seen to use the new username"
        }`,
      );
      if (!newInUse) {
        narrator.warning(
          "Nobody was seen to use the new username yet",
          "An application that runs seldom may still hold the old pair: see that it has the new one",
        );
      }
      return "delete";
    }
    const text = noise.map(({ text }) => text).join("; ");
    // Said once for the same users, though their sessions grow older.
    const who = noise.map(({ key }) => key).join("; ");
    const news = who !== told && text !== "";
    if (news) narrator.detail(`Still in use: ${text}`);
    told = who;
    if (!news) {
      narrator.waiting(
        quietSince === undefined
          ? `still in use: ${text}`
          : quiet
          ? "waiting until somebody uses the new username, since a sink cannot be read"
          : `quiet for ${formatDurationMs(Math.floor((now - quietSince) / 1000) * 1000)} of ${
            formatDurationMs(quietMs)
          }`,
      );
    }
    // A quiet period that has begun may end, whatever the limit: it is bounded itself.
    if ((quietSince === undefined || quiet) && now - started >= limits.waitMs) {
      if (quiet) throw unseen(rotation);
      // An application goes on with the old pair where its sink holds that again.
      await assertStillThere(rotation);
      throw outOfTime(limits.waitMs, text, noise.length > seen.problems.length);
    }
    await rotation.pause();
  }
}

/** A sign of use; the key is the same for as long as it is the same sign. */
interface Noise {
  readonly key: string;
  readonly text: string;
}

/** Who uses what is to go, in words; empty where nobody does, as far as can be seen. */
function describeNoise(
  rotation: Rotation,
  seen: Observation,
  before: Observation | undefined,
): readonly Noise[] {
  const used = retiring(rotation.state).filter(({ id }) =>
    before !== undefined && seen.lastUsedAt[id] !== before.lastUsedAt[id]
  );
  return [
    ...seen.sessions,
    ...used.map(({ id, username }) => ({
      key: id,
      text: `${username} ran a statement at ${seen.lastUsedAt[id] ?? "an unknown time"}`,
    })),
    ...seen.problems.map((text) => ({ key: text, text })),
  ];
}

async function runHooks(rotation: Rotation): Promise<void> {
  const { hooks, signal } = rotation.world;
  for (const [index, hook] of hooks.entries()) {
    if (index < rotation.state.hooksDone) continue;
    // A hook may show the file that the new pair is in.
    const secret = await secretOf(rotation);
    await hook.run(rotation.state, secret === undefined ? [] : [secret], signal);
    await rotation.save({ hooksDone: index + 1 }, `Ran ${hook.name}`);
  }
}

function outOfTime(waitMs: number, text: string, used: boolean): QuerycopError {
  if (!used) {
    return new QuerycopError(
      "step.recycle",
      `After ${formatDurationMs(waitMs)} it cannot be seen whether the old password is in use: ${text}`,
      { hint: "Let this machine reach what it names: what cannot be seen is not deleted" },
    );
  }
  return new QuerycopError(
    "step.recycle",
    `The old password is still in use after ${formatDurationMs(waitMs)}: ${text}`,
    { hint: "Recycle the application's connections, so that it takes up the new pair" },
  );
}
