import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import type { Rotation } from "../../rotate/rotation.ts";
import { runRotation } from "../../rotate/runner.ts";
import type { CommandContext } from "../context.ts";
import { formatReport, standing } from "./report.ts";

/** Runs what is left of a rotation and reports it; where it stops, says how things stand and how to go on. */
export async function goThrough(rotation: Rotation, context: CommandContext): Promise<ExitCode> {
  try {
    await runRotation(rotation);
  } catch (error) {
    const { runId, step, deletion } = rotation.state;
    const takeBack = deletion === null ? `; take it back: querycop rotate abort ${runId}` : "";
    context.note(`Run ${runId} stopped at ${step}. ${standing(rotation.state)}.`);
    context.note(`Go on: querycop rotate resume ${runId}${takeBack}`);
    throw error;
  }
  rotation.world.narrator.step("report");
  printReport(rotation, context);
  return EXIT_CODES.ok;
}

/** Prints the report, beside the pair where that took standard output. */
function printReport({ state }: Rotation, context: CommandContext): void {
  const report = formatReport(state, context.format);
  if (state.settings.sinks.includes("json:-")) context.stderr.write(report);
  else context.stdout.write(report);
}
