import { resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { parseHook, parseReadBack, parseSink } from "../../rotate/sinks/parse.ts";
import type { RotationSettings } from "../../rotate/state.ts";
import type { CommandContext } from "../context.ts";
import type { RotateSettingsOptions } from "./options.ts";
import { parseUrl, throughTargets } from "./world.ts";

const DEFAULT_NAMES = { username: "DATABASE_USERNAME", password: "DATABASE_PASSWORD", url: null };
const DEFAULT_QUIET_MS = 15 * 60_000;
const TO_HINT = "Add --to env-file:PATH, --to exec:CMD or --to json:-";

/** What is saved of the options, in full, so that another process can go on from anywhere. Errors: `UsageError`. */
export function rotationSettings(
  options: RotateSettingsOptions,
  listenPort: number,
  context: CommandContext,
): RotationSettings {
  const to = options.to ?? (context.prompts.available ? ["terminal"] : []);
  const querycops = (options.querycops ?? []).map((url) => parseUrl(url).href);
  return {
    ...sinkSettings(to, options, context),
    onRecycle: hooks(options.onRecycle ?? []),
    querycops,
    through: [...throughTargets(options.through ?? [], querycops, listenPort)],
    quietMs: options.quietMs ?? DEFAULT_QUIET_MS,
  };
}

/** Settings of a rotation that was begun, with those replaced that are given now. Errors: `UsageError`. */
export function changedSettings(
  settings: RotationSettings,
  options: RotateSettingsOptions,
  listenPort: number,
  context: CommandContext,
): RotationSettings {
  const { to, readBack, envUsername, envPassword, envUrl, onRecycle, querycops, through, quietMs } = options;
  const sinks = [to, readBack, envUsername, envPassword, envUrl].some((each) => each !== undefined);
  const urls = querycops?.map((url) => parseUrl(url).href) ?? settings.querycops;
  return {
    ...settings,
    ...(sinks ? sinkSettings(to ?? settings.sinks, options, context, settings) : {}),
    ...(onRecycle === undefined ? {} : { onRecycle: hooks(onRecycle) }),
    ...(quietMs === undefined ? {} : { quietMs }),
    querycops: urls,
    ...(through === undefined && querycops === undefined
      ? {}
      : { through: [...throughTargets(through ?? [], urls, listenPort)] }),
  };
}

function sinkSettings(
  to: readonly string[],
  { readBack, envUsername, envPassword, envUrl }: RotateSettingsOptions,
  context: CommandContext,
  before?: RotationSettings,
): Pick<RotationSettings, "sinks" | "readBack" | "envNames"> {
  const sinks = to.map((text) => {
    const spec = parseSink(text);
    return spec.kind === "env-file" ? `env-file:${resolve(context.cwd, spec.path)}` : text;
  });
  if (new Set(sinks).size < sinks.length) {
    throw new UsageError("--to names the same place twice", { hint: "Give each place once" });
  }
  const names = before?.envNames ?? DEFAULT_NAMES;
  return {
    sinks,
    readBack: readBack === undefined
      ? sinks.map((sink) => before?.readBack[before.sinks.indexOf(sink)] ?? null)
      : readBacks(sinks, readBack),
    envNames: {
      username: variable("--env-username", envUsername ?? names.username),
      password: variable("--env-password", envPassword ?? names.password),
      url: envUrl === undefined ? names.url : variable("--env-url", envUrl),
    },
  };
}

/** Throws `UsageError` where there is no place for the new password and no terminal to show it on. */
export function assertSinks({ sinks }: RotationSettings): void {
  if (sinks.length > 0) return;
  throw new UsageError("No destination for the new password, and there is no terminal to show it on", {
    hint: TO_HINT,
  });
}

/** The command for each sink, in the order of those that run one. */
function readBacks(sinks: readonly string[], given: readonly string[]): (string | null)[] {
  const commands = given.map(parseReadBack);
  const execs = sinks.filter((sink) => parseSink(sink).kind === "exec");
  if (commands.length !== execs.length) {
    throw new UsageError(
      `There are ${execs.length} --to exec: and ${commands.length} --read-back`,
      {
        hint:
          "Give one --read-back for each --to exec:, in the same order; none for a store that cannot be read",
      },
    );
  }
  return sinks.map((sink) => parseSink(sink).kind === "exec" ? commands.shift() ?? null : null);
}

function hooks(given: readonly string[]): string[] {
  given.forEach(parseHook);
  return [...given];
}

function variable(option: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  throw new UsageError(`${option} is "${name}", which is not the name of a variable`, {
    hint: "Write a name such as DATABASE_PASSWORD",
  });
}
