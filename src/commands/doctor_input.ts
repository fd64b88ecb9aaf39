import { systemClock } from "../base/clock.ts";
import { QuerycopError, UsageError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import {
  type ConfigInput,
  defaultOf,
  inspectConfig,
  type InspectedConfig,
  isPlanetScale,
  PLANETSCALE_HOSTS,
  systemCaBundle,
} from "../config/mod.ts";
import type { Credentials, DoctorInput } from "../doctor/input.ts";
import type { Target } from "../doctor/notes.ts";
import type { NameServer } from "../net/dns/query.ts";
import { ipFamily } from "../net/mod.ts";
import { probeBackend } from "../proxy/probe.ts";
import { backendConnector } from "../serve/backend_connector.ts";
import type { CommandContext } from "./context.ts";
import { checkConfiguration } from "./load_configuration.ts";
import { readSecretFile, serviceToken, variable } from "./secret_text.ts";
import { checkPolicy } from "../serve/load_policy.ts";

/** What decides whom to check and how. */
export interface DoctorInputOptions {
  readonly config: ConfigInput;
  /** `--host HOST[:PORT]`. */
  readonly host: string | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  /** `--name-server ADDRESS[:PORT]`. */
  readonly nameServer: string | undefined;
}

/** Puts together what a run is told, from flags, environment and, for a password, a question. */
export async function doctorInput(
  options: DoctorInputOptions,
  context: CommandContext,
): Promise<DoctorInput> {
  const named = options.host === undefined ? undefined : parseHostPort(options.host, "--host");
  const configured = inspectConfig(withHost(options.config, named?.host, named?.port));
  const unset = configured.sources.backendHost?.from === "unset";
  const hosts = unset ? PLANETSCALE_HOSTS : [];
  const assume = hosts.length > 0 || (named !== undefined && isPlanetScale(named.host));
  const config = assume
    ? assumed(options.config, configured, named?.host ?? PLANETSCALE_HOSTS[0], named?.port)
    : options.config;
  const inspected = assume ? inspectConfig(config) : configured;
  const { backendHost, backendPort, backendTlsMode, backendTlsCaFile, backendTlsServerName } =
    inspected.config;
  const targets = (unset ? hosts : backendHost === undefined ? [] : [backendHost]).map((host): Target => ({
    host,
    port: backendPort ?? defaultOf("backendPort"),
    serverName: backendTlsServerName ?? host,
  }));
  return {
    inspected,
    serveRefuses: refuses(assume ? config : withHost(options.config, named?.host, named?.port), context),
    targetsFrom: unset ? "default" : named !== undefined ? "flag" : "configuration",
    targets,
    tls: {
      mode: backendTlsMode ?? defaultOf("backendTlsMode"),
      caFile: backendTlsCaFile,
      assumed: config !== options.config,
    },
    policy: checkPolicy(inspected.config.policyFile, { planetScale: isPlanetScale(backendHost ?? "") }),
    ...waysOfServe(inspected),
    credentials: await credentials(options, context),
    serviceToken: serviceToken(context),
    apiUrl: variable(context, "planetScaleApiUrl"),
    httpsCaFile: systemCaBundle() ?? backendTlsCaFile,
    edgeUrl: (host) => `https://${host}/`,
    nameServer: options.nameServer === undefined ? undefined : parseNameServer(options.nameServer),
    silenceMs: inspected.config.connectTimeoutMs ?? defaultOf("connectTimeoutMs"),
    clock: systemClock,
    os: Deno.build.os,
  };
}

/** Whether serve would refuse to start with it: by the same function, files and policy included. */
function refuses(config: ConfigInput, context: CommandContext): boolean {
  try {
    // The config check says what is wrong.
    checkConfiguration(config, { ...context, warn: () => {} });
    return false;
  } catch (error) {
    if (error instanceof QuerycopError) return true;
    throw error;
  }
}

/** `db.example`, `db.example:3307`, `127.0.0.1:3306`, `::1` or `[::1]:3306`. */
export function parseHostPort(
  text: string,
  option: string,
): { readonly host: string; readonly port: number | undefined } {
  const bracketed = /^\[([0-9a-f:.%]+)\](?::(\d{1,5}))?$/i.exec(text);
  const plain = /^([^:\s/@[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const match = bracketed ?? plain;
  const host = ipFamily(text) === 6 ? text : match?.[1];
  const port = ipFamily(text) === 6 || match?.[2] === undefined ? undefined : Number(match[2]);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw new UsageError(`${option} is "${text}", which is not HOST or HOST:PORT`, {
      hint: "Write a name or an address, and a port after a colon: db.example:3306, [::1]:3306",
    });
  }
  return { host, port };
}

function parseNameServer(text: string): NameServer {
  const { host, port } = parseHostPort(text, "--name-server");
  if (ipFamily(host) === undefined) {
    throw new UsageError(`--name-server is "${text}", which is not an address`, {
      hint: "Write an IP address, and a port after a colon where it is not 53: 1.1.1.1, [::1]:5353",
    });
  }
  return { address: host, port: port ?? 53 };
}

function withHost(config: ConfigInput, host: string | undefined, port: number | undefined): ConfigInput {
  const flags = {
    ...config.flags,
    ...(host === undefined ? {} : { backendHost: host }),
    ...(port === undefined ? {} : { backendPort: String(port) }),
  };
  return { ...config, flags };
}

/** The cookbook's TLS where none is configured: a host of PlanetScale's refuses anything weaker than require. */
function assumed(
  config: ConfigInput,
  inspected: InspectedConfig,
  host: string,
  port: number | undefined,
): ConfigInput {
  const { sources } = inspected;
  const bundle = systemCaBundle();
  const mode = sources.backendTlsMode?.from === "default" ? { backendTlsMode: "verify-full" } : {};
  const caFile = sources.backendTlsCaFile?.from === "unset" && bundle !== undefined
    ? { backendTlsCaFile: bundle }
    : {};
  return withHost({ ...config, flags: { ...config.flags, ...mode, ...caFile } }, host, port);
}

/** The ways of `serve` to its backend, with the configuration as far as it could be read. */
export function waysOfServe(
  { config }: InspectedConfig,
): Pick<DoctorInput, "connectorFor" | "connectAsServe"> {
  const backendTlsMode = config.backendTlsMode ?? defaultOf("backendTlsMode");
  return {
    connectorFor: (target, address) =>
      backendConnector({
        backendHost: address ?? target.host,
        backendPort: target.port,
        backendIpFamily: config.backendIpFamily ?? defaultOf("backendIpFamily"),
        backendTlsMode,
        backendTlsCaFile: config.backendTlsCaFile,
        backendTlsServerName: target.serverName,
        backendTlsCert: config.backendTlsCert,
        backendTlsKey: config.backendTlsKey,
        connectTimeoutMs: config.connectTimeoutMs ?? defaultOf("connectTimeoutMs"),
      }),
    connectAsServe: (connector, signal) => probeBackend({ connector, backendTls: backendTlsMode }, signal),
  };
}

async function credentials(
  options: DoctorInputOptions,
  context: CommandContext,
): Promise<Credentials | undefined> {
  const { user, passwordFile } = options;
  if (user === undefined) {
    if (passwordFile === undefined) return undefined;
    throw new UsageError("--password-file is given without --user", { hint: "Give --user NAME too" });
  }
  if (passwordFile !== undefined) return { user, password: new Secret(readSecretFile(passwordFile)) };
  const inEnvironment = variable(context, "mysqlPassword");
  if (inEnvironment !== undefined) return { user, password: new Secret(inEnvironment) };
  const insteadUse = "Set MYSQL_PWD, or name a file with --password-file";
  return { user, password: new Secret(await context.prompts.askSecret(`Password of ${user}`, insteadUse)) };
}
