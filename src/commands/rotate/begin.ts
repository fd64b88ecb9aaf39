import { ConfigError, QuerycopError, ServerError, UsageError } from "../../base/errors.ts";
import type { ExitCode } from "../../base/exit_codes.ts";
import type { Secret } from "../../base/secret.ts";
import { isolateTrustStore } from "../../net/mod.ts";
import { firstState } from "../../rotate/begin.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import type { BranchRef } from "../../rotate/planetscale_api.ts";
import { assertMayRotate, gatherPreflight, judgePreflight } from "../../rotate/preflight.ts";
import { Rotation } from "../../rotate/rotation.ts";
import { formatTarget, makeRunId } from "../../rotate/state.ts";
import type { StateStore } from "../../rotate/state_store.ts";
import type { RotationWorld } from "../../rotate/world.ts";
import type { CommandContext } from "../context.ts";
import { goThrough } from "./go_through.ts";
import { StderrNarrator } from "./narrator.ts";
import type { RotateOptions } from "./options.ts";
import { printPlan } from "./plan.ts";
import { assertPairStaysOffFiles, rotateApi, type RotateSetup, rotateSetup } from "./setup.ts";
import { assertSinks, rotationSettings } from "./settings.ts";
import { UNREADABLE_HINT } from "./status.ts";
import { branchTarget } from "./target.ts";
import { rotationWorld } from "./world.ts";

/** `querycop rotate`: all seven steps, or what they would be. */
export async function run(options: RotateOptions, context: CommandContext): Promise<ExitCode> {
  // Before the first TLS connection: from then on only the CA file is trusted, as in serve.
  isolateTrustStore();
  const setup = rotateSetup(options, context);
  const settings = rotationSettings(options, setup.config.listenPort, context);
  assertPairStaysOffFiles(settings.sinks, options);
  if (options.plan) return await printPlan(options, settings, setup, context);
  assertSinks(settings);
  const target = branchTarget(options, context);
  if (!options.yes && !context.prompts.available) {
    throw new UsageError("Deleting the old password needs a confirmation, and there is nobody to ask", {
      hint: "Pass --yes: it is deleted only once nobody uses it",
    });
  }
  const api = rotateApi(setup, context);
  await setup.store.prepare();
  const runId = makeRunId();
  using _lock = await BranchLock.take(setup.store.directory, target, runId);
  await assertNoneUnfinished(setup.store, target, context);

  const narrator = new StderrNarrator(context);
  try {
    narrator.step("preflight");
    const query = { id: options.passwordId, username: options.username };
    const facts = await gatherPreflight(api, target, query);
    const verdict = judgePreflight(facts, new Date(), settings.quietMs);
    for (const { level, message, hint } of verdict.findings) {
      if (level === "warning") narrator.warning(message, hint);
      else if (level === "note") narrator.detail(`${message}. ${hint}`);
    }
    assertMayRotate(verdict);
    const { old } = verdict;
    narrator.detail(`To be replaced: ${old.id}, username ${old.username}, role ${old.role}`);
    if (settings.querycops.length === 0) {
      narrator.warning(
        "No querycop is watched: an idle connection of the old username cannot be seen, only its statements",
        "Name its admin API with --querycop URL",
      );
    }
    narrator.detail(
      `Sessions that go straight to the database show in: pscale branch connections show ${target.database} ${target.branch}`,
    );
    const parts = { options, setup, api, settings, accessHost: old.accessHost ?? null, narrator, context };
    const world = rotationWorld({ ...parts, oldPassword: setup.oldPassword });
    await probe(world);
    for (const sink of world.sinks) {
      for (const remark of await sink.remarks?.(old.username) ?? []) {
        narrator.warning(
          remark,
          "Name its variables with --env-username, --env-password and --env-url, or change it with --to exec:CMD",
        );
      }
    }
    warnOfUnread(world);
    const oldPassword = await knownOldPassword(world, old.username, setup);
    const state = firstState({
      runId,
      tokenId: api.tokenId,
      apiUrl: setup.apiUrl,
      target,
      old,
      settings,
      nowMs: Date.now(),
    });
    await setup.store.save(state);
    return await goThrough(new Rotation(state, { ...world, oldPassword }), context);
  } finally {
    narrator.end();
  }
}

async function assertNoneUnfinished(
  store: StateStore,
  target: BranchRef,
  context: CommandContext,
): Promise<void> {
  const { runs, unreadable } = await store.list();
  for (const { why } of unreadable) context.warn(why, UNREADABLE_HINT);
  const unfinished = runs.find((state) =>
    state.outcome === "running" && formatTarget(state.target) === formatTarget(target)
  );
  if (unfinished === undefined) return;
  const { runId, step } = unfinished;
  throw new QuerycopError(
    "unsafe.unfinished",
    `A rotation of ${formatTarget(target)} is unfinished: run ${runId}, at step ${step}`,
    {
      hint: `Go on with querycop rotate resume ${runId}, or take it back with querycop rotate abort ${runId}`,
    },
  );
}

/** Everything that a later step needs, tried while nothing has been changed. */
async function probe({ sinks, sessions, logins, signal, narrator }: RotationWorld): Promise<void> {
  for (const sink of sinks) await sink.check();
  for (const source of sessions) await source.list(signal);
  for (const login of logins) await login.probe(signal);
  narrator.detail(`Reached ${[...sessions, ...logins].map(({ name }) => name).join(", ")}`);
}

/** Says how it will be known, before the deletion, that the new pair is where it should be. */
function warnOfUnread({ sinks, trustsSinks, narrator }: RotationWorld): void {
  for (const { name, proof } of sinks) {
    if (proof === "deliver") {
      narrator.detail(
        `${name} cannot be read back: it gets the pair again right before the deletion, and has to confirm it`,
      );
    } else if (proof === "none" && !trustsSinks) {
      narrator.warning(
        `${name} cannot be read back: the old password is deleted only once somebody is seen to use the new username`,
        "Pass --trust-sinks where no application logs in meanwhile",
      );
    }
  }
}

/** The old password, as given or as a sink holds it now, if it logs in. */
async function knownOldPassword(
  { logins: [database], sinks, signal }: RotationWorld,
  username: string,
  setup: RotateSetup,
): Promise<Secret | undefined> {
  if (setup.oldPassword !== undefined) {
    try {
      await database.logIn(username, setup.oldPassword, signal);
      return setup.oldPassword;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      throw new ConfigError(
        "PLANETSCALE_OLD_PASSWORD",
        `The old password given is refused: ${error.message}`,
        {
          hint: `Give the password of ${username}, or none`,
          cause: error,
        },
      );
    }
  }
  for (const sink of sinks) {
    const held = await sink.recall?.(username, [], signal);
    if (held === undefined) continue;
    try {
      await database.logIn(username, held, signal);
      return held;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error; // Refused: then the file is about another password.
    }
  }
  return undefined;
}
