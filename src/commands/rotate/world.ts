import { defaultOf } from "../../config/mod.ts";
import { ConfigError, UsageError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { createBackendConnector } from "../../net/mod.ts";
import { recycleHook } from "../../rotate/hook.ts";
import { mysqlLogin } from "../../rotate/login_target.ts";
import { type PlanetScaleApi, systemTiming } from "../../rotate/planetscale_api.ts";
import { querycopSessions } from "../../rotate/session_source.ts";
import { EnvFileSink } from "../../rotate/sinks/env_file.ts";
import { ExecSink } from "../../rotate/sinks/exec.ts";
import { JsonSink } from "../../rotate/sinks/json.ts";
import { parseHook, parseSink } from "../../rotate/sinks/parse.ts";
import { isRunning } from "../../rotate/sinks/run_program.ts";
import type { Sink } from "../../rotate/sinks/sink.ts";
import { TerminalSink } from "../../rotate/sinks/terminal.ts";
import { retiring } from "../../rotate/rotation.ts";
import { formatTarget, type RotationSettings, type RotationState } from "../../rotate/state.ts";
import type { LoginTarget, RotationWorld, SessionSource } from "../../rotate/world.ts";
import { backendConnector } from "../../serve/backend_connector.ts";
import type { CommandContext } from "../context.ts";
import { parseHostPort } from "../doctor_input.ts";
import type { StderrNarrator } from "./narrator.ts";
import type { RotateCommonOptions } from "./options.ts";
import type { RotateSetup } from "./setup.ts";

/** PlanetScale may take moments to know a new password everywhere. */
const VERIFY_LIMIT_MS = 120_000;
/** PlanetScale says that deleting takes up to five minutes. */
const REFUSAL_LIMIT_MS = 7 * 60_000;
/** For an operator's command. */
const COMMAND_LIMIT_MS = 5 * 60_000;
const THROUGH_CONNECT_LIMIT_MS = 10_000;
/** `--through` of those who do not let anybody log in through querycop from here. */
const NOWHERE = "none";
/** What an operator's command has no use for: the secrets that this process was given. */
const KEPT_FROM_COMMANDS: readonly string[] = [
  "PLANETSCALE_SERVICE_TOKEN",
  "PLANETSCALE_OLD_PASSWORD",
  "ADMIN_API_KEY",
  "MYSQL_PWD",
];

/** What a world is made of. */
export interface WorldParts {
  readonly options: RotateCommonOptions;
  readonly setup: RotateSetup;
  readonly api: PlanetScaleApi;
  readonly settings: RotationSettings;
  /** Host that PlanetScale names for the password. */
  readonly accessHost: string | null;
  readonly oldPassword: Secret | undefined;
  readonly narrator: StderrNarrator;
  readonly context: CommandContext;
}

/** Everything outside that a rotation acts on, as the command line set it up. Errors: `UsageError`, `ConfigError`. */
export function rotationWorld(parts: WorldParts): RotationWorld {
  const { options, setup, api, settings, narrator, context } = parts;
  const env = commandEnvironment(context);
  const show = (output: string) => narrator.output(output);
  return {
    api,
    save: (state) => setup.store.save(state),
    sinks: makeSinks(parts),
    logins: [databaseLogin(parts), ...settings.through.map((each) => throughLogin(each))],
    sessions: makeSources(parts),
    hooks: settings.onRecycle.map((hook) =>
      recycleHook({ command: parseHook(hook), env, show, limitMs: COMMAND_LIMIT_MS })
    ),
    oldPassword: parts.oldPassword,
    trustsSinks: options.trustSinks || !options.yes,
    confirmDelete: (state, signal) => confirmDelete(state, options, parts, signal),
    tryAgain: async (failure, signal) => {
      if (!context.prompts.available) return false;
      narrator.warning(failure);
      const answer = await answered(
        context.prompts.ask("Type again to try once more, anything else to stop", ""),
        signal,
      );
      return answer === "again";
    },
    isRunning,
    narrator,
    limits: {
      verifyMs: VERIFY_LIMIT_MS,
      commandMs: COMMAND_LIMIT_MS,
      waitMs: options.waitMs,
      refusalMs: REFUSAL_LIMIT_MS,
      pollMs: options.pollMs,
    },
    timing: systemTiming,
    signal: context.signal,
  };
}

/** Where applications reach querycop, each as `HOST:PORT`; for a URL without one the usual port of its host. */
export function throughTargets(
  through: readonly string[],
  querycops: readonly string[],
  listenPort: number,
): readonly string[] {
  if (through.includes(NOWHERE)) {
    if (through.length === 1) return [];
    throw new UsageError(
      `--through is ${NOWHERE} and ${through.filter((each) => each !== NOWHERE).join(", ")}`,
      {
        hint: `Give the addresses, or ${NOWHERE} alone`,
      },
    );
  }
  if (through.length === 0) {
    return [
      ...new Set(
        querycops.map((url) => hostPort(parseUrl(url).hostname.replace(/^\[|\]$/g, ""), listenPort)),
      ),
    ];
  }
  return through.map((each) => {
    const { host, port } = parseHostPort(each, "--through");
    return hostPort(host, port ?? listenPort);
  });
}

/** Waits for an answer, or for the signal: a question that is open does not keep Ctrl-C from being heard. */
export function answered<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** URL of an admin API. Errors: `UsageError`. */
export function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "") return url;
  throw new UsageError(`--querycop is "${text}", which is no URL of an admin API`, {
    hint: "Write http://HOST:PORT, such as --querycop http://127.0.0.1:8080",
  });
}

/** The sinks of a rotation's settings, in their order. */
export function makeSinks(
  { settings, context }: Pick<WorldParts, "settings" | "context">,
): readonly Sink[] {
  const { prompts, stderr, stdout } = context;
  const env = commandEnvironment(context);
  return settings.sinks.map((text, index): Sink => {
    const spec = parseSink(text);
    switch (spec.kind) {
      case "env-file":
        return new EnvFileSink({ path: spec.path, names: settings.envNames });
      case "exec":
        return new ExecSink({
          command: spec.command,
          readBack: settings.readBack[index] ?? undefined,
          env,
          // With --quiet too: what the command says is for the person who has to fix it.
          show: (output) => output.split("\n").forEach((line) => stderr.line(`    | ${line}`)),
          limitMs: COMMAND_LIMIT_MS,
        });
      case "json":
        return new JsonSink((line) => stdout.line(line));
      case "terminal":
        return new TerminalSink({
          available: prompts.available,
          show: (lines) => lines.forEach((line) => stderr.line(line)),
          confirm: (signal) =>
            answered(
              prompts.confirmTyping(
                "Store it where the application reads it",
                "stored",
                "Name a sink with --to",
              ),
              signal,
            ),
        });
    }
  });
}

function databaseLogin({ setup, accessHost }: WorldParts): LoginTarget {
  const { config } = setup;
  const backendHost = setup.backendFromPassword ? accessHost ?? config.backendHost : config.backendHost;
  return mysqlLogin(
    `the database, ${hostPort(backendHost, config.backendPort)}`,
    backendConnector({ ...config, backendHost }),
    config.backendTlsMode,
  );
}

/** As an application on a trusted network does: with TLS where querycop offers it. */
function throughLogin(target: string): LoginTarget {
  const { host, port } = parseHostPort(target, "--through");
  const connector = createBackendConnector({
    host,
    port: port ?? defaultOf("backendPort"),
    family: "auto",
    connectTimeoutMs: THROUGH_CONNECT_LIMIT_MS,
    tls: { mode: "prefer" },
  });
  return mysqlLogin(`querycop, ${target}`, connector, "prefer");
}

function makeSources({ settings, setup }: WorldParts): readonly SessionSource[] {
  const key = setup.config.adminApiKey;
  return settings.querycops.map((text) => {
    const url = parseUrl(text);
    if (key === undefined) {
      throw new ConfigError("ADMIN_API_KEY", "ADMIN_API_KEY is not set, and --querycop names an admin API", {
        hint: "Set it to that querycop's key: without it nobody can see who still uses the old username",
      });
    }
    return querycopSessions({ url, key, caFile: setup.httpsCaFile });
  });
}

async function confirmDelete(
  state: RotationState,
  options: RotateCommonOptions,
  { narrator, context }: WorldParts,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.yes) return true;
  narrator.end();
  const unseen = state.settings.sinks.filter((text) => ["json", "terminal"].includes(parseSink(text).kind));
  if (unseen.length > 0) {
    narrator.warning(
      `${
        unseen.join(" and ")
      } cannot be read back: check that applications have the pair of ${state.current?.username}`,
    );
  }
  const ids = retiring(state).map(({ id, username }) => `${id} (username ${username})`).join(", ");
  return await answered(
    context.prompts.confirmTyping(
      `This deletes ${ids} of ${formatTarget(state.target)}, for good`,
      `${state.target.database}/${state.target.branch}/${state.old.id}`,
      "Pass --yes",
    ),
    signal,
  );
}

function commandEnvironment({ env }: CommandContext): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || KEPT_FROM_COMMANDS.includes(name) ? [] : [[name, value]]
    ),
  );
}

function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
