import type { Shell } from "../shell.ts";

/** `querycop version`. */
export function declare(shell: Shell) {
  const command = shell.command("version", {
    summary: "Print the version and what this build is made of",
    examples: [{ run: "querycop version --json", note: "For a bug report" }],
  });
  return command.action(() =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/version.ts");
      return run({ json: context.format === "json" }, context);
    })
  );
}
