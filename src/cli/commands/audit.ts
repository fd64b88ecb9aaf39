import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addConfigOptions, configInput } from "../config_options.ts";
import type { Shell } from "../shell.ts";
import { integerOption, listOption } from "../values.ts";

const MORE = "Reads the data directory and changes nothing in it, whether querycop serves or not.";

/** `querycop audit`. */
export function declare(shell: Shell) {
  const command = shell.command("audit", {
    summary: "Check, search and export what was recorded",
    description:
      "Every record carries the hash of the one before it, so that a record that was changed, taken out or moved is found.",
    examples: [
      { note: "Is it as it was recorded?", run: "querycop audit verify" },
      { note: "What was refused in the last hour?", run: "querycop audit query --action refuse --since 1h" },
      { note: "Into an archive", run: "querycop audit export --since 30d --output audit.ndjson" },
    ],
    more: MORE,
  });
  command.addCommand(verify(shell));
  command.addCommand(query(shell));
  command.addCommand(exportRecords(shell));
  return command;
}

function verify(shell: Shell): CommandUnknownOpts {
  const command = shell.command("verify", {
    summary: "Check that no record was changed, taken out, moved or cut off",
    description:
      "Follows the chain of hashes from the oldest record that is kept to the newest. Whoever may write the whole " +
      "database could chain all of it anew: keep exports, or the last hash that this prints, where they cannot.",
    examples: [
      { note: "The data directory's", run: "querycop audit verify" },
      { note: "An export", run: "querycop audit verify --file audit.ndjson" },
      {
        note: "With the last hash of an earlier check, kept where nobody could change it",
        run: "querycop audit verify --expect HASH",
      },
    ],
    more: "Exit codes: 0 whole, 1 broken, with the first record that is.\n" + MORE,
  }).addOption(new Option("--file <path>", "an export in place of the data directory; - is standard input"))
    .addOption(
      new Option("--expect <hash>", "a last hash that was noted before: broken unless it is in the chain"),
    );
  addConfigOptions(command, ["dataDir"]);
  return command.action((options) =>
    shell.run(command, async (context) => {
      const { verifyAudit } = await import("../../commands/audit.ts");
      const { file, expect } = options;
      return verifyAudit({ config: configInput(command, context), file, expect }, context);
    })
  );
}

function query(shell: Shell): CommandUnknownOpts {
  const command = shell.command("query", {
    summary: "Print records, newest first",
    examples: [
      { note: "What was refused in the last hour?", run: "querycop audit query --action refuse --since 1h" },
      { note: "All of one session", run: "querycop audit query --session 01J8ZQ3V --limit 1000" },
      { note: "As it comes", run: "querycop audit query --follow --type statement,approval" },
    ],
    more: MORE,
  })
    .addOption(
      new Option(
        "--type <types>",
        "statement, approval, login, session_end, policy, ...; several with commas",
      )
        .argParser(listOption),
    )
    .addOption(
      new Option("--action <actions>", "allow, warn, hold, refuse, approved, ...; several with commas")
        .argParser(listOption),
    )
    .addOption(new Option("--user <name>", "of this user"))
    .addOption(new Option("--role <name>", "of this role of the policy"))
    .addOption(new Option("--session <id>", "of this session"))
    .addOption(new Option("--digest <digest>", "about statements of this shape"))
    .addOption(new Option("--since <time>", "from then on: how long ago (1h, 7d), or a date or time"))
    .addOption(new Option("--until <time>", "before then"))
    .addOption(
      new Option("--limit <number>", "at most so many").argParser(integerOption(1, 100_000)).default(50),
    )
    .addOption(new Option("--follow", "print those, oldest first, and go on with what comes"));
  addConfigOptions(command, ["dataDir"]);
  return command.action((options) =>
    shell.run(command, async (context) => {
      const { queryAudit } = await import("../../commands/audit_query.ts");
      return queryAudit({
        config: configInput(command, context),
        types: options.type,
        actions: options.action,
        user: options.user,
        role: options.role,
        session: options.session,
        digest: options.digest,
        since: options.since,
        until: options.until,
        limit: options.limit,
        follow: options.follow === true,
      }, context);
    })
  );
}

function exportRecords(shell: Shell): CommandUnknownOpts {
  const command = shell.command("export", {
    summary: "Write records as NDJSON that can be checked",
    description:
      "One record a line, hashes included, after a first line that says between which records they stand. With a " +
      "period: all from its first record to its last, so that they are a piece of the chain.",
    examples: [
      { note: "Last month's", run: "querycop audit export --since 30d --output audit.ndjson" },
      { note: "Is the file whole?", run: "querycop audit verify --file audit.ndjson" },
    ],
    formats: ["ndjson"],
    more: MORE,
  })
    .addOption(new Option("--since <time>", "from then on: how long ago (1h, 7d), or a date or time"))
    .addOption(new Option("--until <time>", "before then"));
  addConfigOptions(command, ["dataDir"]);
  return command.action((options) =>
    shell.run(command, async (context) => {
      const { exportAudit } = await import("../../commands/audit.ts");
      return exportAudit({
        config: configInput(command, context),
        since: options.since,
        until: options.until,
      }, context);
    })
  );
}
