import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { newPasswordName } from "../../rotate/begin.ts";
import { automaticPlan, manualPlan, type Plan, renderPlan } from "../../rotate/plan.ts";
import { gatherPreflight, judgePreflight } from "../../rotate/preflight.ts";
import { makeRunId, type RotationSettings } from "../../rotate/state.ts";
import type { CommandContext } from "../context.ts";
import { serviceToken, variable } from "../secret_text.ts";
import type { RotateOptions } from "./options.ts";
import { branchTarget } from "./target.ts";
import { rotateApi, type RotateSetup } from "./setup.ts";

/** Prints what a rotation would do; without a token, how to do it by hand. Exit code 1 where something would stop it. */
export async function printPlan(
  options: RotateOptions,
  settings: RotationSettings,
  setup: RotateSetup,
  context: CommandContext,
): Promise<ExitCode> {
  const { id, secret, organization, database } = serviceToken(context);
  const input = {
    organization: options.organization ?? organization,
    database: options.database ?? database,
    branch: options.branch ?? variable(context, "branch"),
    passwordId: options.passwordId,
    username: options.username,
    backend: setup.backendFromPassword
      ? undefined
      : { host: setup.config.backendHost, port: setup.config.backendPort },
    caFile: setup.config.backendTlsCaFile,
    ...settings,
  };
  if (id === undefined && secret === undefined) {
    print(manualPlan(input), context);
    return EXIT_CODES.ok;
  }
  const target = branchTarget(options, context);
  const now = new Date();
  const facts = await gatherPreflight(rotateApi(setup, context), target, {
    id: options.passwordId,
    username: options.username,
  });
  const verdict = judgePreflight(facts, now, settings.quietMs);
  print(automaticPlan(input, facts, verdict, newPasswordName(makeRunId(), now.getTime())), context);
  return verdict.findings.some(({ level }) => level === "stop") ? EXIT_CODES.findings : EXIT_CODES.ok;
}

function print(plan: Plan, { format, stdout }: CommandContext): void {
  if (format === "json") stdout.line(JSON.stringify(plan, undefined, 2));
  else stdout.write(renderPlan(plan, format === "markdown" ? "markdown" : "text"));
}
