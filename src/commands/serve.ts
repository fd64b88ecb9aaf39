import { QuerycopError } from "../base/errors.ts";
import type { ExitCode } from "../base/exit_codes.ts";
import type { Config, ConfigInput } from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { loadConfiguration } from "./load_configuration.ts";

/** Options of `querycop serve`. */
export interface ServeOptions {
  readonly config: ConfigInput;
}

/** Serves until a signal ends it. Nothing listens before the configuration is known to be good. */
export function run(options: ServeOptions, context: CommandContext): Promise<ExitCode> {
  const { config } = loadConfiguration(options.config, context);
  return serve(config, context);
}

/** The seam to the proxy; the command is in the registry once this is joined. */
function serve(config: Config, _context: CommandContext): Promise<ExitCode> {
  throw new QuerycopError("internal", `Nothing serves ${config.backendHost} in this build`);
}
