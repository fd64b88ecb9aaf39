import { formatDurationMs } from "../../base/duration.ts";
import { parseSink } from "../../rotate/sinks/parse.ts";
import { formatTarget, type RotationState } from "../../rotate/state.ts";

/** What became of a rotation, in the form asked for, ending in a newline. */
export function formatReport(state: RotationState, format: string): string {
  switch (format) {
    case "json":
      return JSON.stringify(reportDocument(state), undefined, 2) + "\n";
    case "markdown":
      return markdownReport(state);
    default:
      return textReport(state);
  }
}

/** Where things stand, in a sentence: what exists, and what works. */
export function standing(state: RotationState): string {
  if (state.outcome === "done") return "The old password is deleted; the new one works";
  if (state.outcome === "aborted") return "Aborted; the old password works, and what was made is deleted";
  const { deletion, current, superseded, attempts } = state;
  if (deletion !== null && deletion.deletedAt !== null) {
    return "The old password is deleted; the new one works";
  }
  if (deletion !== null) return "The deletion of the old password had begun; the new one works";
  if (current !== null || superseded.length > 0) {
    return "The old password works as before; nothing of it was deleted";
  }
  return attempts > 0
    ? "The old password works as before; a new one may have been made"
    : "Nothing was changed";
}

/** The report as data, schema `querycop.rotation/1`: fields may be added to it, none is renamed or removed. */
export function reportDocument(state: RotationState): Record<string, unknown> {
  const { current, old, deletion, settings } = state;
  return {
    schema: "querycop.rotation/1",
    run: state.runId,
    outcome: state.outcome,
    step: state.step,
    standing: standing(state),
    started: state.startedAt,
    updated: state.updatedAt,
    token_id: state.tokenId,
    ...state.target,
    old: {
      id: old.id,
      name: old.name,
      username: old.username,
      deleted: deletion?.deletedAt ?? null,
      refused: deletion?.refused ?? null,
    },
    new: current === null ? null : {
      id: current.id,
      name: current.name,
      username: current.username,
      host: current.host,
      verified: current.verifiedAt,
    },
    superseded: state.superseded,
    sinks: settings.sinks.map((to, index) => ({
      to,
      confirmed: current?.deliveredTo.includes(index) ?? false,
      seen: proofOf(to, settings.readBack[index] ?? null),
    })),
    quiet_ms: settings.quietMs,
    quiet_passed: state.quiet?.passedAt ?? null,
    stopped: state.stopped,
    events: state.events,
  };
}

/** How it is known that a sink holds the pair: read back, confirmed by its command, or not at all. */
function proofOf(to: string, readBack: string | null): "read" | "confirmed" | "unseen" {
  const { kind } = parseSink(to);
  if (kind === "env-file" || readBack !== null) return "read";
  return kind === "exec" ? "confirmed" : "unseen";
}

function textReport(state: RotationState): string {
  const lines = [
    `${titleOf(state)}`,
    ...facts(state).map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    "",
  ];
  for (const { at, step, text } of state.events) lines.push(`  ${at}  ${step.padEnd(9)} ${text}`);
  return lines.join("\n") + "\n";
}

function markdownReport(state: RotationState): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [
    `# ${titleOf(state)}`,
    "",
    ...facts(state).map(([name, value]) => `- **${name}**: ${value}`),
    "",
    "| when | step | what |",
    "|---|---|---|",
    ...state.events.map(({ at, step, text }) => `| ${at} | ${step} | ${cell(text)} |`),
  ].join("\n") + "\n";
}

function titleOf(state: RotationState): string {
  return `Rotation ${state.runId} of ${formatTarget(state.target)}: ${
    state.outcome === "running" ? `at step ${state.step}` : state.outcome
  }`;
}

function facts(state: RotationState): readonly (readonly [string, string])[] {
  const { old, current, deletion, stopped, settings } = state;
  const refused = deletion?.refused === "yes" ? ", refused at login" : "";
  return [
    ["standing", standing(state)],
    [
      "old",
      `${old.id}, username ${old.username}${
        deletion === null || deletion.deletedAt === null ? "" : `, deleted ${deletion.deletedAt}${refused}`
      }`,
    ],
    ...(current === null ? [] : [["new", `${current.id}, username ${current.username}`] as const]),
    ["sinks", settings.sinks.join(", ")],
    [
      "quiet",
      `${formatDurationMs(settings.quietMs)}${state.quiet === null ? "" : `, over ${state.quiet.passedAt}`}`,
    ],
    ["token", state.tokenId],
    ...(stopped === null
      ? []
      : [["stopped", `${stopped.at} at ${stopped.step}: ${stopped.message}`] as const]),
  ];
}
