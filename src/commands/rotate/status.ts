import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import { formatTarget, type RotationState } from "../../rotate/state.ts";
import type { CommandContext } from "../context.ts";
import type { RotateStatusOptions } from "./options.ts";
import { formatReport, reportDocument, standing } from "./report.ts";
import { rotateStore } from "./setup.ts";

/** `querycop rotate status`: every run, or one with all that was done. Asks nobody but the disk. */
export async function run(options: RotateStatusOptions, context: CommandContext): Promise<ExitCode> {
  const store = rotateStore(options.config);
  const { stdout, format } = context;
  if (options.runId !== undefined) {
    stdout.write(formatReport(await store.load(options.runId), format));
    return EXIT_CODES.ok;
  }
  const runs = await store.list();
  const rows: { readonly state: RotationState; readonly active: boolean }[] = [];
  for (const state of runs) {
    const active = state.outcome === "running" && await BranchLock.isHeld(store.directory, state.target);
    rows.push({ state, active });
  }
  if (format === "json") {
    const listed = rows.map(({ state, active }) => ({ ...reportDocument(state), active }));
    stdout.line(JSON.stringify({ schema: "querycop.rotations/1", runs: listed }, undefined, 2));
  } else if (rows.length === 0) {
    context.note(`No rotation has been begun in ${store.directory}`);
  } else {
    for (const { state, active } of rows) stdout.line(describe(state, active));
  }
  return EXIT_CODES.ok;
}

function describe(state: RotationState, active: boolean): string {
  const { runId, target, startedAt, outcome, step, stopped } = state;
  const where = outcome === "running" ? `at ${step}, ${active ? "running now" : "not running"}` : outcome;
  const why = stopped === null ? "" : ` (${stopped.message})`;
  return `${runId}  ${startedAt}  ${formatTarget(target)}  ${where}${why}. ${standing(state)}`;
}
