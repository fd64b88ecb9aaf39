import { QuerycopError, UsageError } from "../../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { isVariableSet } from "../../config/mod.ts";
import { isolateTrustStore } from "../../net/mod.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import { Rotation } from "../../rotate/rotation.ts";
import type { RotationState } from "../../rotate/state.ts";
import type { StateStore } from "../../rotate/state_store.ts";
import type { CommandContext } from "../context.ts";
import { goThrough } from "./go_through.ts";
import { StderrNarrator } from "./narrator.ts";
import type { RotateCommonOptions, RotateRunOptions } from "./options.ts";
import { formatReport } from "./report.ts";
import { assertPairStaysOffFiles, rotateApi, rotateSetup } from "./setup.ts";
import { rotationWorld } from "./world.ts";

/** `querycop rotate resume`: goes on from where another process ended. */
export async function run(options: RotateRunOptions, context: CommandContext): Promise<ExitCode> {
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
  });
}

/** Loads a run under its branch's lock and gives it to `body` with everything it acts on. */
export async function withRun(
  options: RotateRunOptions,
  context: CommandContext,
  body: (rotation: Rotation) => Promise<ExitCode>,
): Promise<ExitCode> {
  isolateTrustStore();
  const setup = rotateSetup(options, context);
  const runId = options.runId ?? await onlyUnfinished(setup.store);
  const { target } = await setup.store.load(runId);
  using _lock = await BranchLock.take(setup.store.directory, target, runId);
  // Another process may have gone on with it until the lock was ours.
  const state = await setup.store.load(runId);
  await setup.store.tidy(runId);
  const narrator = new StderrNarrator(context);
  try {
    const apiUrl = isSet(options, context) ? setup.apiUrl : state.apiUrl;
    const api = rotateApi({ ...setup, apiUrl }, context);
    const { settings, old } = state;
    const parts = { options, setup, api, settings, accessHost: old.host, narrator, context };
    const world = rotationWorld({ ...parts, oldPassword: setup.oldPassword });
    const held = await Promise.all(world.sinks.map((sink) => sink.recall?.(old.username)));
    const oldPassword = setup.oldPassword ?? held.find((each) => each !== undefined);
    return await body(new Rotation({ ...state, tokenId: api.tokenId, apiUrl }, { ...world, oldPassword }));
  } finally {
    narrator.end();
  }
}

async function onlyUnfinished(store: StateStore): Promise<string> {
  const unfinished = (await store.list()).filter(({ outcome }) => outcome === "running");
  const [first, ...others] = unfinished;
  if (first !== undefined && others.length === 0) return first.runId;
  if (first === undefined) {
    throw new QuerycopError(
      "usage.nothing_unfinished",
      `There is no unfinished rotation in ${store.directory}`,
      {
        hint: "querycop rotate status lists every run; querycop rotate begins one",
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
