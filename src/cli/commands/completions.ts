import { Argument } from "@commander-js/extra-typings";
import { EXIT_CODES } from "../../base/exit_codes.ts";
import { completionScript, SHELLS } from "../completion_scripts.ts";
import type { Shell } from "../shell.ts";

/** `querycop completions`. */
export function declare(shell: Shell) {
  const command = shell.command("completions", {
    summary: "Print a completion script for a shell",
    examples: [
      { note: "bash, in ~/.bashrc", run: "source <(querycop completions bash)" },
      { note: "zsh, in ~/.zshrc behind compinit", run: "source <(querycop completions zsh)" },
      { note: "fish", run: "querycop completions fish > ~/.config/fish/completions/querycop.fish" },
      {
        note: "PowerShell, in $PROFILE",
        run: "querycop completions powershell | Out-String | Invoke-Expression",
      },
    ],
    formats: ["text"],
  }).addArgument(new Argument("<shell>", "the shell").choices(SHELLS));
  return command.action((name) =>
    shell.run(command, (context) => {
      context.stdout.write(completionScript(name));
      return Promise.resolve(EXIT_CODES.ok);
    })
  );
}
