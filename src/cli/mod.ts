import { VERSION } from "../base/version.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";

/** Runs the command line and resolves to the exit code. */
export function run(_args: readonly string[]): Promise<ExitCode> {
  console.log(`querycop ${VERSION}`);
  return Promise.resolve(EXIT_CODES.ok);
}
