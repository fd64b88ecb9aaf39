import { Argument, Option } from "@commander-js/extra-typings";
import type { Shell } from "../shell.ts";

/** `querycop explain`. */
export function declare(shell: Shell) {
  const command = shell.command("explain", {
    summary: "Show a rule, or how a statement's score comes about",
    description: "Without an argument it lists the rules; a group's name or letter lists that group.",
    examples: [
      { run: "querycop explain D001", note: "What the rule finds, why, and what to do" },
      { run: "querycop explain 'DELETE FROM users WHERE 1 = 1'", note: "Digest, facts, findings and score" },
      { run: "querycop explain vitess", note: "The rules of one group" },
    ],
  })
    .addArgument(new Argument("[what]", "a rule's code or name, a group, or a quoted statement"))
    .addOption(
      new Option("--target <server>", "the server it is meant for (default planetscale)")
        .choices(["mysql", "vitess", "planetscale"] as const),
    )
    .option("--sharded", "tables live in a sharded keyspace")
    .option("--tokens", "show the tokens as well");
  return command.action((what, options) =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/explain.ts");
      return await run({
        what,
        flags: {
          ...(options.target === undefined ? {} : { target: options.target }),
          ...(options.sharded === true ? { sharded: true } : {}),
        },
        tokens: options.tokens === true,
      }, context);
    })
  );
}
