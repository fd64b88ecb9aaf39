import { resolve } from "node:path";
import { ConfigError, QuerycopError, ServerError, UsageError } from "../../base/errors.ts";
import type { ExitCode } from "../../base/exit_codes.ts";
import type { Secret } from "../../base/secret.ts";
import { isolateTrustStore } from "../../net/mod.ts";
import { firstState } from "../../rotate/begin.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import type { BranchRef } from "../../rotate/planetscale_api.ts";
import { assertMayRotate, gatherPreflight, judgePreflight } from "../../rotate/preflight.ts";
import { Rotation } from "../../rotate/rotation.ts";
import { parseHook, parseSink } from "../../rotate/sinks/parse.ts";
import { formatTarget, makeRunId, type RotationSettings } from "../../rotate/state.ts";
import type { StateStore } from "../../rotate/state_store.ts";
import type { RotationWorld } from "../../rotate/world.ts";
import type { CommandContext } from "../context.ts";
import { goThrough } from "./go_through.ts";
import { StderrNarrator } from "./narrator.ts";
import type { RotateOptions } from "./options.ts";
import { printPlan } from "./plan.ts";
import { assertPairStaysOffFiles, rotateApi, type RotateSetup, rotateSetup } from "./setup.ts";
import { branchTarget } from "./target.ts";
import { parseUrl, rotationWorld, throughTargets } from "./world.ts";

/** `querycop rotate`: all seven steps, or what they would be. */
export async function run(options: RotateOptions, context: CommandContext): Promise<ExitCode> {
  // Before the first TLS connection: from then on only the CA file is trusted, as in serve.
  isolateTrustStore();
  const setup = rotateSetup(options, context);
  const settings = rotationSettings(options, setup, context);
  if (options.plan) return await printPlan(options, settings, setup, context);
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
  await assertNoneUnfinished(setup.store, target);

  const narrator = new StderrNarrator(context);
  try {
    narrator.step("preflight");
    const query = { id: options.passwordId, username: options.username };
    const facts = await gatherPreflight(api, target, query);
    const verdict = judgePreflight(facts, new Date());
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
    const parts = { options, setup, api, settings, accessHost: old.accessHost ?? null, narrator, context };
    const world = rotationWorld({ ...parts, oldPassword: setup.oldPassword });
    await probe(world);
    for (const sink of world.sinks) {
      for (const remark of await sink.remarks?.(old.username) ?? []) {
        narrator.warning(
          remark,
          "Name its variables with --env-username and --env-password, or change it with --to exec:CMD",
        );
      }
    }
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

/** What is saved of the options, in full, so that another process can go on from anywhere. */
function rotationSettings(
  options: RotateOptions,
  { config }: RotateSetup,
  context: CommandContext,
): RotationSettings {
  const given = options.to.length > 0 || !context.prompts.available ? options.to : ["terminal"];
  const sinks = given.map((text) => {
    const spec = parseSink(text);
    return spec.kind === "env-file" ? `env-file:${resolve(context.cwd, spec.path)}` : text;
  });
  if (sinks.length === 0 && !options.plan) {
    throw new UsageError(
      "It is not said where the new password is to go, and there is no terminal to show it on",
      {
        hint: "Give --to env-file:PATH, --to exec:CMD or --to json:-",
      },
    );
  }
  assertPairStaysOffFiles(sinks, options);
  if (new Set(sinks).size < sinks.length) {
    throw new UsageError("--to names the same place twice", { hint: "Give each place once" });
  }
  options.onRecycle.forEach(parseHook);
  for (
    const [option, name] of [["--env-username", options.envUsername], ["--env-password", options.envPassword]]
  ) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name ?? "")) {
      throw new UsageError(`${option} is "${name}", which is no name of a variable`, {
        hint: "Write a name such as DATABASE_PASSWORD",
      });
    }
  }
  return {
    sinks,
    envNames: { username: options.envUsername, password: options.envPassword },
    onRecycle: [...options.onRecycle],
    querycops: options.querycops.map((url) => parseUrl(url).href),
    through: [...throughTargets(options.through, options.querycops, config.listenPort)],
    quietMs: options.quietMs,
  };
}

async function assertNoneUnfinished(store: StateStore, target: BranchRef): Promise<void> {
  const unfinished = (await store.list()).find((state) =>
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
    const held = await sink.recall?.(username);
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
