import { QuerycopError } from "../../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { abandonRotation, abortRotation, planAbort } from "../../rotate/abort.ts";
import { formatTarget } from "../../rotate/state.ts";
import type { CommandContext } from "../context.ts";
import type { RotateAbortOptions } from "./options.ts";
import { formatReport } from "./report.ts";
import { withRun } from "./resume.ts";
import { answered } from "./world.ts";

/** `querycop rotate abort`: deletes what a run made, if nobody uses it. */
export async function run(options: RotateAbortOptions, context: CommandContext): Promise<ExitCode> {
  return await withRun(options, context, async (rotation) => {
    if (options.force) {
      for (const left of await abandonRotation(rotation)) context.warn(left);
      context.stdout.write(formatReport(rotation.state, context.format));
      return EXIT_CODES.ok;
    }
    const plan = await planAbort(rotation);
    const { state } = rotation;
    const names = plan.passwords.map(({ id, username }) => `${id} (username ${username ?? "unknown"})`).join(
      ", ",
    );
    if (plan.offered && rotation.world.oldPassword === undefined) {
      context.warn(
        `The new pair was given to ${state.settings.sinks.join(", ")}, where it stays and will be refused`,
        "Put the old pair back there; with --old-password-file that is done first",
      );
    }
    if (!options.yes && plan.passwords.length > 0) {
      const confirmed = await answered(
        context.prompts.confirmTyping(
          `This deletes ${names} of ${formatTarget(state.target)}, for good`,
          state.runId,
          "Pass --yes",
        ),
        context.signal,
      );
      if (!confirmed) {
        throw new QuerycopError("step.abort", "The deletion was not confirmed; nothing was deleted", {
          hint: "Run it again and type the text it asks for",
        });
      }
    }
    await abortRotation(rotation, plan);
    context.stdout.write(formatReport(rotation.state, context.format));
    return EXIT_CODES.ok;
  });
}
