import { QuerycopError } from "../base/errors.ts";
import { runProgram } from "./sinks/run_program.ts";
import type { RecycleHook } from "./world.ts";

/** What a hook is made of. */
export interface HookOptions {
  readonly command: string;
  /** Environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly show: (output: string) => void;
  readonly limitMs: number;
}

/** A command that makes applications take up the new pair: it is told who is to go and who comes, no secret. */
export function recycleHook({ show, ...options }: HookOptions): RecycleHook {
  return {
    name: `exec ${options.command}`,
    async run({ target, runId, old, current }, secrets, signal) {
      const document = {
        schema: "querycop.recycle/1",
        run: runId,
        ...target,
        old_username: old.username,
        new_username: current?.username,
      };
      const stdin = JSON.stringify(document) + "\n";
      const { failure, output } = await runProgram({ ...options, stdin, secrets, signal });
      if (output !== "") show(output);
      if (failure === undefined) return;
      throw new QuerycopError("step.recycle", `The command of --on-recycle failed: ${failure}`, {
        hint: "Correct it: querycop rotate resume --on-recycle exec:CMD, or resume to run it again",
      });
    },
  };
}
