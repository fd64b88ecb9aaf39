/**
 * Random walks of a rotation while somebody meddles with sinks, clocks, the API and the saved state at every step, and
 * kills the process. Each walk is decided by its seed.
 */
import { QuerycopError } from "../../src/base/errors.ts";
import { abandonRotation, abortRotation, planAbort } from "../../src/rotate/abort.ts";
import { type ApiFailureKind, PlanetScaleApiError } from "../../src/rotate/planetscale_api.ts";
import { runRotation } from "../../src/rotate/runner.ts";
import type { RotationState } from "../../src/rotate/state.ts";
import { Killed, OLD_PASSWORD, SmallWorld } from "./small_world.ts";

/** How a walk ended. */
export interface WalkEnd {
  readonly seed: number;
  /** Each process's end: `done`, `killed` or the code of its error. */
  readonly processes: readonly string[];
  readonly meddled: readonly string[];
  /** What must never be; empty where all is well. */
  readonly wrong: readonly string[];
}

const FAILURES: readonly ApiFailureKind[] = [
  "token_rejected",
  "forbidden",
  "missing_access",
  "not_found",
  "invalid",
  "rate_limited",
  "server",
  "unreachable",
  "malformed",
];
const CALLS = ["list", "create", "delete", "sessions", "save", "sink 0", "recall", "login database", "hook"];
const MOST_PROCESSES = 10;
/** Processes that an undisturbed rotation may take to end: a lost sink and a lost password each stop one. */
const MOST_CALM = 6;

/** Walks once. */
export async function walkOnce(seed: number): Promise<WalkEnd> {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const world = new SmallWorld({
    sinks: Array.from({ length: random() < 0.7 ? 1 : 2 }, () => ({ readable: random() < 0.7 })),
    takesUpAfter: pick([0, 1, 2, 9]),
    programsMs: random() < 0.2 ? [55_000] : [],
  });
  world.meddled = true;
  world.knowsOld = random() < 0.5;
  world.clockOffMs = pick([0, -3000, 3000, 3_600_000]);
  world.apiOffMs = pick([0, -3000, 3000, -90_000]);
  world.toldLateMs = pick([0, 0, 5000, 40_000]);
  const often = pick([0.003, 0.01, 0.05, 0.2]);
  const meddled: string[] = [];
  const wrong: string[] = [];
  const processes: string[] = [];
  const snapshots: RotationState[] = [];
  let calm = false;

  const deeds: readonly (readonly [name: string, deed: () => void])[] = [
    ["empty a sink", () => world.held[index()] = undefined],
    ["old pair into a sink", () => world.held[index()] = { username: "old_user", password: OLD_PASSWORD }],
    ["a stranger's pair into a sink", () => world.held[index()] = { username: "other_user", password: "x" }],
    ["half of a pair into a sink", () => {
      const at = index();
      const held = world.held[at];
      if (held !== undefined) world.held[at] = { ...held, password: "cut" };
    }],
    [
      "set the clock",
      () => world.clockOffMs += pick([-31_536_000_000, -3000, 3000, 3_600_000, 31_536_000_000]),
    ],
    ["delete the old password", () => random() < 0.3 && world.passwords.delete("old")],
    ["delete the new password", () => {
      const id = world.saved?.current?.id;
      if (id !== undefined && random() < 0.5) world.passwords.delete(id);
    }],
    ["use the old password", () => world.touch("old")],
    ["a session of the old username", () => world.sessions.push(session("old_user"))],
    ["end all sessions", () => world.sessions.length = 0],
    ["a failure", () => {
      const call = pick(CALLS);
      const api = ["list", "create", "delete"].includes(call);
      const error = api
        ? new PlanetScaleApiError(pick(FAILURES), "Failed", {
          hint: "-",
          ambiguous: call !== "list" && random() < 0.5,
        })
        : new QuerycopError(call === "sessions" ? "connect.x" : "step.x", "Failed");
      // A request that is refused for certain has no effect.
      const ambiguous = error instanceof PlanetScaleApiError && error.ambiguous;
      world.failures.push({ call, error, effect: ambiguous && random() < 0.5 });
    }],
  ];
  const index = () => Math.floor(random() * world.held.length);
  world.meddle = (effect) => {
    if (world.saved !== undefined && random() < 0.1) snapshots.push(world.saved);
    // Between the last look and the deletion itself, and between the end and its record, nobody can look.
    if (calm || effect === "save" || effect === "delete" || random() >= often) return;
    const [name, deed] = pick(deeds);
    deed();
    meddled.push(`${name} before ${effect}`);
  };

  for (let calmly = 0; processes.length < MOST_PROCESSES + MOST_CALM;) {
    if (!calm && processes.length >= MOST_PROCESSES) {
      calm = true;
      world.rereads = true;
      world.failures.length = 0;
      world.sessions.length = 0;
    }
    if (calm) calmly++;
    if (!calm && snapshots.length > 0 && random() < 0.05) {
      world.saved = pick(snapshots);
      meddled.push(`an earlier state, at ${world.saved.step}`);
    }
    const killAt = !calm && random() < 0.3 ? Math.floor(random() * 150) : Infinity;
    const end = await oneProcess(world, killAt);
    processes.push(end === "killed" && world.saved?.outcome === "done" ? "done" : end);
    if (processes.at(-1) === "done") break;
    if (!/^(killed|[a-z_]+\.[a-z_.]+)$/.test(end)) wrong.push(end);
    if (calm && calmly === MOST_CALM) wrong.push(...await wayOut(world));
  }
  if (processes.at(-1) === "done") wrong.push(...judgeEnd(world));
  wrong.push(...world.harm);
  if (!world.passwords.has("bystander")) wrong.push("somebody else's password is gone");
  for (const text of [JSON.stringify(world.saved), ...world.told]) {
    if (text.includes("pscale_pw_")) wrong.push("a secret was saved or said");
  }
  return { seed, processes, meddled, wrong };
}

async function oneProcess(world: SmallWorld, killAt: number): Promise<string> {
  try {
    await runRotation(world.process(killAt, { waitMs: 600_000 }).rotation);
    return "done";
  } catch (error) {
    if (error instanceof Killed) return "killed";
    return error instanceof QuerycopError
      ? error.code
      : `a defect: ${error instanceof Error ? error.stack : error}`;
  }
}

/** Exit code 0: one password, working, and every sink was seen to hold it when this process last looked. */
function judgeEnd(world: SmallWorld): readonly string[] {
  const wrong: string[] = [];
  const current = world.saved?.current;
  const made = current === null || current === undefined ? undefined : world.passwords.get(current.id);
  if (world.saved?.outcome !== "done") wrong.push(`done, and saved as ${world.saved?.outcome}`);
  if (made === undefined) wrong.push("done without a new password");
  if (world.passwords.has("old")) wrong.push("done with the old password there");
  for (const at of world.held.keys()) {
    const seen = world.seen[at];
    if (seen === undefined) wrong.push(`done without a look at sink ${at}`);
    else if (seen.username !== made?.public.username || seen.password !== made?.secret) {
      wrong.push(`done while sink ${at} was seen to hold ${seen.username}`);
    }
  }
  return wrong;
}

/** A rotation that cannot go on can be taken back, or closed by force; it is never stuck. */
async function wayOut(world: SmallWorld): Promise<readonly string[]> {
  try {
    const { rotation } = world.process();
    await abortRotation(rotation, await planAbort(rotation));
    return [];
  } catch (error) {
    if (!(error instanceof QuerycopError)) return [`abort: ${error}`];
  }
  await abandonRotation(world.process().rotation);
  return [`no way on but by force: ${world.saved?.stopped?.message}`];
}

function session(user: string) {
  return { id: crypto.randomUUID(), user, client: "10.0.0.5:4711", age_seconds: 1 };
}

/** Numbers from 0 to below 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
