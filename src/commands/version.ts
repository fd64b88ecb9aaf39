import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { buildKind, selfCommand } from "../base/self_command.ts";
import { VERSION } from "../base/version.ts";
import type { CommandContext } from "./context.ts";

/** Options of `querycop version`. */
export interface VersionOptions {
  readonly json: boolean;
}

/** Prints the version, the runtime's versions and the kind of build. */
export function run(options: VersionOptions, context: CommandContext): Promise<ExitCode> {
  const self = selfCommand();
  const facts = {
    version: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    target: Deno.build.target,
    build: buildKind(),
    command: [self.command, ...self.args],
  };
  if (options.json) {
    context.stdout.line(JSON.stringify({ schema: "querycop.version/1", ...facts }));
  } else {
    context.stdout.line(`querycop ${VERSION}`);
    context.stdout.line(`deno ${facts.deno}, v8 ${facts.v8}, ${facts.target}, ${facts.build}`);
  }
  return Promise.resolve(EXIT_CODES.ok);
}
