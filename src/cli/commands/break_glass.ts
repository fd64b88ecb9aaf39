import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addAdminOptions, ADMIN_VARIABLES, adminTarget } from "../admin_options.ts";
import type { Shell } from "../shell.ts";
import { durationOption } from "../values.ts";

const MORE = "Exit codes: 0 done, 2 wrong usage, 4 refused (wrong key, unknown role or id), 5 unreachable.";

/** `querycop break-glass`. */
export function declare(shell: Shell) {
  const command = shell.command("break-glass", {
    summary: "Lift a role's refusals for a time, in an emergency",
    description:
      "What would have been refused or held then runs, and is recorded with the entry's id. Blocked digests stay " +
      "blocked. Speaks with the admin API of a running querycop.",
    examples: [
      {
        note: "Half an hour for the role of the migration",
        run: "querycop break-glass open migrations --for 30m --reason 'INC-42: stuck deploy'",
      },
      { note: "What is lifted now", run: "querycop break-glass list" },
      { note: "And back", run: "querycop break-glass close 01J8ZQ3V" },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  });
  for (const declareOne of [declareOpen, declareList, declareClose]) command.addCommand(declareOne(shell));
  return command;
}

function declareOpen(shell: Shell): CommandUnknownOpts {
  const open = shell.command("open", {
    summary: "Refuse and hold nothing of a role, for a time",
    examples: [
      {
        note: "Half an hour",
        run: "querycop break-glass open migrations --for 30m --reason 'INC-42: stuck deploy'",
      },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  })
    .argument("<role>", "a role of the policy; default is the last of every policy")
    .addOption(
      new Option("--for <duration>", "how long").argParser(durationOption).makeOptionMandatory(),
    )
    .requiredOption("--reason <text>", "why, for the audit")
    .option("--by <name>", "who opens it; user@host where it is left out");
  addAdminOptions(open);
  return open.action((role, options) =>
    shell.run(open, async (context) => {
      const { openBreakGlass } = await import("../../commands/break_glass.ts");
      return openBreakGlass({
        ...adminTarget(open),
        role,
        reason: options.reason,
        by: options.by,
        forMs: Number(options.for),
      }, context);
    })
  );
}

function declareList(shell: Shell): CommandUnknownOpts {
  const list = shell.command("list", {
    summary: "List what is lifted now",
    examples: [{ note: "What is lifted now", run: "querycop break-glass list" }],
    variables: ADMIN_VARIABLES,
    more: MORE,
  });
  addAdminOptions(list);
  return list.action(() =>
    shell.run(list, async (context) => {
      const { listBreakGlass } = await import("../../commands/break_glass.ts");
      return listBreakGlass(adminTarget(list), context);
    })
  );
}

function declareClose(shell: Shell): CommandUnknownOpts {
  const close = shell.command("close", {
    summary: "End one before its time",
    examples: [{ note: "The policy decides again", run: "querycop break-glass close 01J8ZQ3V" }],
    variables: ADMIN_VARIABLES,
    more: MORE,
  })
    .argument("<id>", "the entry's id")
    .option("--reason <text>", "why, for the audit")
    .option("--by <name>", "who ends it; user@host where it is left out");
  addAdminOptions(close);
  return close.action((id, options) =>
    shell.run(close, async (context) => {
      const { closeBreakGlass } = await import("../../commands/break_glass.ts");
      return closeBreakGlass({ ...adminTarget(close), id, reason: options.reason, by: options.by }, context);
    })
  );
}
