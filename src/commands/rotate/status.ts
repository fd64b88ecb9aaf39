import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { BranchLock } from "../../rotate/branch_lock.ts";
import { formatTarget, type RotationState } from "../../rotate/state.ts";
import type { CommandContext } from "../context.ts";
import type { RotateStatusOptions } from "./options.ts";
import { formatReport, reportDocument, standing } from "./report.ts";
import { rotateStore } from "./setup.ts";

interface Row {
  readonly state: RotationState;
  readonly active: boolean;
}

/** `querycop rotate status`: every run, or one with all that was done. Asks nobody but the disk. */
export async function run(options: RotateStatusOptions, context: CommandContext): Promise<ExitCode> {
  const store = rotateStore(options.config);
  const { stdout, format } = context;
  if (options.runId !== undefined) {
    stdout.write(formatReport(await store.load(options.runId), format));
    return EXIT_CODES.ok;
  }
  const { runs, unreadable } = await store.list();
  const rows: Row[] = [];
  for (const state of runs) {
    const active = state.outcome === "running" && await BranchLock.isHeld(store.directory, state.target);
    rows.push({ state, active });
  }
  if (format === "json") {
    const listed = rows.map(({ state, active }) => ({ ...reportDocument(state), active }));
    const document = { schema: "querycop.rotations/1", runs: listed, unreadable };
    stdout.line(JSON.stringify(document, undefined, 2));
    return EXIT_CODES.ok;
  }
  for (const { why } of unreadable) context.warn(why, UNREADABLE_HINT);
  if (format === "markdown") {
    stdout.write(markdownTable(rows));
  } else if (rows.length === 0) {
    context.note(`No rotation has been begun in ${store.directory}`);
  } else {
    for (const { state, active } of rows) stdout.line(describe(state, active));
  }
  return EXIT_CODES.ok;
}

/** What to do about a file that cannot be read. */
export const UNREADABLE_HINT =
  "Move it away once you know what it is; an unfinished rotation of another version is finished with that version";

function markdownTable(rows: readonly Row[]): string {
  const lines = rows.map(({ state, active }) => {
    const { runId, startedAt, target } = state;
    const cells = [runId, startedAt, formatTarget(target), placeOf(state, active), standing(state)];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| run | started | branch | where | standing |", "| --- | --- | --- | --- | --- |", ...lines, ""]
    .join("\n");
}

function describe(state: RotationState, active: boolean): string {
  const { runId, target, startedAt } = state;
  return `${runId}  ${startedAt}  ${formatTarget(target)}  ${placeOf(state, active)}. ${standing(state)}`;
}

function placeOf({ outcome, step, stopped }: RotationState, active: boolean): string {
  const where = outcome === "running" ? `at ${step}, ${active ? "running now" : "not running"}` : outcome;
  return stopped === null ? where : `${where} (${stopped.message})`;
}
