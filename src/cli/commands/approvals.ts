import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addAdminOptions, ADMIN_VARIABLES, adminTarget } from "../admin_options.ts";
import type { Shell } from "../shell.ts";
import { durationOption, integerOption } from "../values.ts";

const STATES = ["pending", "approved", "rejected", "timed_out", "withdrawn", "lost", "all"];
const MORE =
  "Exit codes: 0 done, 2 wrong usage, 4 refused (wrong key, unknown id, decided already), 5 unreachable.";
const HOUR_MS = 3_600_000;

/** `querycop approvals`. */
export function declare(shell: Shell) {
  const command = shell.command("approvals", {
    summary: "See held statements, and approve or reject them",
    description:
      "Speaks with the admin API of a running querycop; what is decided is recorded with who and why.",
    examples: [
      { note: "What waits now", run: "querycop approvals list" },
      { note: "Let one run", run: "querycop approvals approve 01J8ZQ3V --reason 'reviewed with the owner'" },
      {
        note: "And all of its shape and role, for an hour",
        run: "querycop approvals approve 01J8ZQ3V --digest --for 1h --reason 'clean-up of OPS-12'",
      },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  });
  for (const declareOne of [declareList, declareShow, declareApprove, declareReject, declareWatch]) {
    command.addCommand(declareOne(shell));
  }
  return command;
}

function declareList(shell: Shell): CommandUnknownOpts {
  const list = shell.command("list", {
    summary: "List held statements: those that wait now, or those that ended so",
    examples: [
      { note: "What waits now", run: "querycop approvals list" },
      { note: "The last that were rejected", run: "querycop approvals list --state rejected --limit 10" },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  })
    .addOption(new Option("--state <state>", "how they stand").choices(STATES).default("pending"))
    .addOption(
      new Option("--limit <number>", "at most so many").argParser(integerOption(1, 1000)).default(100),
    );
  addAdminOptions(list);
  return list.action((options) =>
    shell.run(list, async (context) => {
      const { listApprovals } = await import("../../commands/approvals.ts");
      return listApprovals({ ...adminTarget(list), state: options.state, limit: options.limit }, context);
    })
  );
}

function declareShow(shell: Shell): CommandUnknownOpts {
  const show = shell.command("show", {
    summary: "Show one held statement: what, whose, why, and how it ended",
    examples: [{ note: "All that is known of it", run: "querycop approvals show 01J8ZQ3V" }],
    variables: ADMIN_VARIABLES,
    more: MORE,
  }).argument("<id>", "the statement's id, as its client was told");
  addAdminOptions(show);
  return show.action((id) =>
    shell.run(show, async (context) => {
      const { showApproval } = await import("../../commands/approvals.ts");
      return showApproval({ ...adminTarget(show), id }, context);
    })
  );
}

function declareApprove(shell: Shell): CommandUnknownOpts {
  const approve = shell.command("approve", {
    summary: "Let a held statement run",
    examples: [
      {
        note: "This one, once",
        run: "querycop approvals approve 01J8ZQ3V --reason 'reviewed with the owner'",
      },
      {
        note: "All of its shape and role, for an hour",
        run: "querycop approvals approve 01J8ZQ3V --digest --for 1h --reason 'clean-up of OPS-12'",
      },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  })
    .argument("<id>", "the statement's id")
    .requiredOption("--reason <text>", "why, for the audit")
    .option("--by <name>", "who approves; user@host where it is left out")
    .option("--digest", "also what has the same shape and role, for the time of --for")
    .addOption(
      new Option("--for <duration>", "how long --digest holds").argParser(durationOption).default(
        HOUR_MS,
        "1h",
      ),
    );
  addAdminOptions(approve);
  return approve.action((id, options) =>
    shell.run(approve, async (context) => {
      const commands = await import("../../commands/approvals.ts");
      return commands.approve({
        ...adminTarget(approve),
        id,
        reason: options.reason,
        by: options.by,
        digestForMs: options.digest === true ? options.for : undefined,
      }, context);
    })
  );
}

function declareReject(shell: Shell): CommandUnknownOpts {
  const reject = shell.command("reject", {
    summary: "Refuse a held statement; its client is told who and why",
    examples: [
      {
        note: "With a word for its author",
        run: "querycop approvals reject 01J8ZQ3V --reason 'add a WHERE clause'",
      },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  })
    .argument("<id>", "the statement's id")
    .requiredOption("--reason <text>", "why, for its author and the audit")
    .option("--by <name>", "who rejects; user@host where it is left out");
  addAdminOptions(reject);
  return reject.action((id, options) =>
    shell.run(reject, async (context) => {
      const commands = await import("../../commands/approvals.ts");
      return commands.reject({
        ...adminTarget(reject),
        id,
        reason: options.reason,
        by: options.by,
      }, context);
    })
  );
}

function declareWatch(shell: Shell): CommandUnknownOpts {
  const watch = shell.command("watch", {
    summary: "Print held statements as they come and as they end",
    examples: [
      { note: "Until Ctrl-C", run: "querycop approvals watch" },
      { note: "For a script: one JSON object a line", run: "querycop approvals watch --format json" },
    ],
    variables: ADMIN_VARIABLES,
    more: MORE,
  });
  addAdminOptions(watch);
  return watch.action(() =>
    shell.run(watch, async (context) => {
      const { watchApprovals } = await import("../../commands/approvals.ts");
      return watchApprovals(adminTarget(watch), context);
    })
  );
}
