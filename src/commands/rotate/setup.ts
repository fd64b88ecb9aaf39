import { ConfigError, UsageError } from "../../base/errors.ts";
import { createLogger, type Logger } from "../../base/logger.ts";
import { Secret } from "../../base/secret.ts";
import {
  type Config,
  type ConfigInput,
  inspectConfig,
  KEYS,
  PLANETSCALE_HOSTS,
  systemCaBundle,
  variableEnv,
} from "../../config/mod.ts";
import { createPlanetScaleApi, type PlanetScaleApi } from "../../rotate/planetscale_api.ts";
import { StateStore } from "../../rotate/state_store.ts";
import type { CommandContext } from "../context.ts";
import { loadConfiguration } from "../load_configuration.ts";
import { readSecretFile, serviceToken, variable } from "../secret_text.ts";
import type { RotateCommonOptions } from "./options.ts";

/** What flags, environment and files say, read and checked. */
export interface RotateSetup {
  readonly config: Config;
  /** No backend is configured: the host that PlanetScale names for the password is it. */
  readonly backendFromPassword: boolean;
  readonly store: StateStore;
  readonly apiUrl: string;
  /** PEM file by which outgoing HTTPS is judged. */
  readonly httpsCaFile: string | undefined;
  readonly oldPassword: Secret | undefined;
}

/** A host that stands in until the password's own is known; it only has to be one of PlanetScale's. */
const STAND_IN_HOST = PLANETSCALE_HOSTS[0];

/** Reads the configuration as `serve` does; without a backend the cookbook's TLS is assumed. */
export function rotateSetup(options: RotateCommonOptions, context: CommandContext): RotateSetup {
  const inspected = inspectConfig(options.config);
  const unset = inspected.sources.backendHost?.from === "unset";
  const config = loadConfiguration(unset ? assumed(options.config) : options.config, context).config;
  const oldPassword = options.oldPasswordFile === undefined
    ? variable(context, "oldPassword")
    : readSecretFile(options.oldPasswordFile, "--old-password-file");
  return {
    config,
    backendFromPassword: unset,
    store: new StateStore(config.dataDir),
    apiUrl: options.apiUrl ?? variable(context, "planetScaleApiUrl"),
    httpsCaFile: options.apiCaFile ?? variable(context, "planetScaleApiCaFile") ??
      systemCaBundle() ?? config.backendTlsCaFile,
    oldPassword: oldPassword === undefined ? undefined : new Secret(oldPassword),
  };
}

/** The API with the environment's service token. Errors: `ConfigError` where there is none. */
export function rotateApi(setup: RotateSetup, context: CommandContext): PlanetScaleApi {
  const { id, secret } = serviceToken(context);
  for (const [value, variable] of [[id, "serviceTokenId"], [secret, "serviceToken"]] as const) {
    if (value !== undefined) continue;
    const name = variableEnv(variable);
    throw new ConfigError(name, `${name} is not set`, {
      hint:
        "Make a service token in the organization's settings; without one, --plan prints how to rotate by hand",
    });
  }
  return createPlanetScaleApi({
    baseUrl: setup.apiUrl,
    tokenId: id ?? "",
    token: secret ?? new Secret(""),
    log: rotateLog(context),
    signal: context.signal,
    caFile: setup.httpsCaFile,
  });
}

/** Throws `UsageError` where `json:-` would write the pair into the file that the report is for. */
export function assertPairStaysOffFiles(sinks: readonly string[], { outputFile }: RotateCommonOptions): void {
  if (!sinks.includes("json:-") || outputFile === undefined || outputFile === "-") return;
  throw new UsageError(
    "--to json:- writes the password to standard output, and --output turns that into a file",
    {
      hint: "Leave --output out, or write the pair with --to env-file:PATH",
    },
  );
}

/** Where the state is kept, for commands that need nothing else. */
export function rotateStore(config: ConfigInput): StateStore {
  const { config: { dataDir }, problems } = inspectConfig(config);
  if (dataDir === undefined) throw problems.find(({ key }) => key === KEYS.dataDir.env) ?? problems[0];
  return new StateStore(dataDir);
}

function rotateLog({ verbose, stderr }: CommandContext): Logger {
  return createLogger({
    level: verbose ? "debug" : "error",
    format: "pretty",
    write: (line) => stderr.line(line),
  });
}

function assumed(config: ConfigInput): ConfigInput {
  const { sources } = inspectConfig({ ...config, flags: { ...config.flags, backendHost: STAND_IN_HOST } });
  const bundle = systemCaBundle();
  return {
    ...config,
    flags: {
      ...config.flags,
      backendHost: STAND_IN_HOST,
      ...(sources.backendTlsMode?.from === "default" ? { backendTlsMode: "verify-full" } : {}),
      ...(sources.backendTlsCaFile?.from === "unset" && bundle !== undefined
        ? { backendTlsCaFile: bundle }
        : {}),
    },
  };
}
