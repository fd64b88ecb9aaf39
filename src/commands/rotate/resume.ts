import { QuerycopError, UsageError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { isVariableSet } from "../../config/mod.ts";
import { isolateTrustStore } from "../../net/mod.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import { Rotation, withSettings } from "../../rotate/rotation.ts";
import type { Sink } from "../../rotate/sinks/sink.ts";
import type { RotationSettings, RotationState } from "../../rotate/state.ts";
import type { StateStore } from "../../rotate/state_store.ts";
import type { CommandContext } from "../context.ts";
import { goThrough } from "./go_through.ts";
import { StderrNarrator } from "./narrator.ts";
import type { RotateCommonOptions, RotateResumeOptions, RotateRunOptions } from "./options.ts";
import { formatReport } from "./report.ts";
import { changedSettings } from "./settings.ts";
import { assertPairStaysOffFiles, rotateApi, type RotateSetup, rotateSetup } from "./setup.ts";
import { UNREADABLE_HINT } from "./status.ts";
import { makeSinks, rotationWorld } from "./world.ts";

/** `querycop rotate resume`: goes on from where another process ended, with what is given now in place of what was. */
export async function run(options: RotateResumeOptions, context: CommandContext): Promise<ExitCode> {
  const change = (settings: RotationSettings, { config }: RotateSetup) =>
    changedSettings(settings, options, config.listenPort, context);
  return await withRun(options, context, async (rotation) => {
    const { state } = rotation;
    if (state.outcome !== "running") {
      context.note(`Run ${state.runId} is over: ${state.outcome}`);
      context.stdout.write(formatReport(state, context.format));
      return EXIT_CODES.ok;
    }
    assertPairStaysOffFiles(state.settings.sinks, options);
    if (!options.yes && !context.prompts.available && state.deletion === null) {
      throw new UsageError("Deleting the old password needs a confirmation, and there is nobody to ask", {
        hint: "Pass --yes: it is deleted only once nobody uses it",
      });
    }
    if (state.current === null || state.step === "deliver") {
      for (const sink of rotation.world.sinks) await sink.check();
    }
    context.note(`Going on with run ${state.runId}, begun ${state.startedAt}, at ${state.step}`);
    return await goThrough(rotation, context);
  }, change);
}

/**
 * Loads a run under its branch's lock and gives it to `body` with everything it acts on; `change` gives the settings that
 * it goes on with.
 */
export async function withRun(
  options: RotateRunOptions,
  context: CommandContext,
  body: (rotation: Rotation) => Promise<ExitCode>,
  change: (settings: RotationSettings, setup: RotateSetup) => RotationSettings = (settings) => settings,
): Promise<ExitCode> {
  isolateTrustStore();
  const setup = rotateSetup(options, context);
  const runId = options.runId ?? await onlyUnfinished(setup.store, context);
  const { target } = await setup.store.load(runId);
  using _lock = await BranchLock.take(setup.store.directory, target, runId);
  // Another process may have gone on with it until the lock was ours.
  const state = await setup.store.load(runId);
  await setup.store.tidy(runId);
  const narrator = new StderrNarrator(context);
  try {
    const apiUrl = isSet(options, context) ? setup.apiUrl : state.apiUrl;
    const api = rotateApi({ ...setup, apiUrl }, context);
    const settings = state.outcome === "running" ? change(state.settings, setup) : state.settings;
    const parts = { options, setup, api, accessHost: state.old.host, narrator, context };
    const world = rotationWorld({ ...parts, settings, oldPassword: setup.oldPassword });
    const before = makeSinks({ ...parts, settings: state.settings });
    const { current, old } = state;
    const oldPassword = setup.oldPassword ?? await recallFrom(before, old.username, context.signal);
    const known = { ...state, tokenId: api.tokenId, apiUrl };
    const rotation = new Rotation(withSettings(known, settings), { ...world, oldPassword });
    // A sink that is left out now may be the only place that has the secret.
    const secret = current === null ? undefined : await recallFrom(before, current.username, context.signal);
    if (secret !== undefined) rotation.keepSecret(secret, true);
    return await body(rotation);
  } finally {
    narrator.end();
  }
}

/** The first of the sinks' passwords for a username; a sink that cannot be read is as one that has none. */
async function recallFrom(
  sinks: readonly Sink[],
  username: string,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  for (const sink of sinks) {
    try {
      const held = await sink.recall?.(username, [], signal);
      if (held !== undefined) return held;
    } catch (error) {
      if (!(error instanceof QuerycopError)) throw error;
    }
  }
  return undefined;
}

async function onlyUnfinished(store: StateStore, context: CommandContext): Promise<string> {
  const { runs, unreadable } = await store.list();
  for (const { why } of unreadable) context.warn(why, UNREADABLE_HINT);
  const unfinished = runs.filter(({ outcome }) => outcome === "running");
  const [first, ...others] = unfinished;
  if (first !== undefined && others.length === 0) return first.runId;
  if (first === undefined) {
    throw new QuerycopError(
      "usage.nothing_unfinished",
      `There is no unfinished rotation in ${store.directory}`,
      {
        hint: "Run querycop rotate status to list every run, or querycop rotate to begin one",
      },
    );
  }
  throw new QuerycopError(
    "usage.which_run",
    `There are ${unfinished.length} unfinished rotations: say which`,
    {
      hint: unfinished.map(describeRun).join("; "),
    },
  );
}

function describeRun({ runId, target, step }: RotationState): string {
  return `${runId} (${target.organization}/${target.database}/${target.branch}, at ${step})`;
}

function isSet(options: RotateCommonOptions, { env }: CommandContext): boolean {
  return options.apiUrl !== undefined || isVariableSet(env, "planetScaleApiUrl");
}
