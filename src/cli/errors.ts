import { ConfigError, ConfigErrors, QuerycopError, SourceError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import type { Output } from "../commands/context.ts";

/** Exit codes by the first part of an error's code. */
const EXIT_BY_CODE: Readonly<Record<string, ExitCode>> = {
  step: EXIT_CODES.findings,
  usage: EXIT_CODES.usage,
  input: EXIT_CODES.usage,
  output: EXIT_CODES.usage,
  config: EXIT_CODES.configuration,
  listen: EXIT_CODES.configuration,
  store: EXIT_CODES.configuration,
  server: EXIT_CODES.refused,
  api: EXIT_CODES.refused,
  connect: EXIT_CODES.unreachable,
  tls: EXIT_CODES.unreachable,
  protocol: EXIT_CODES.unreachable,
  unsafe: EXIT_CODES.unsafe,
};

const REPORT_HINT =
  "This is a defect in querycop: report it with the output of querycop version --json and of " +
  "this command with --verbose";

/** An error in the form that is shown: `problems` where several were found together. */
interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly key?: string | undefined;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly problems?: readonly ShownError[];
}

/** The exit code for an error that a command threw. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof QuerycopError)) return EXIT_CODES.internal;
  return EXIT_BY_CODE[error.code.split(".")[0] ?? ""] ?? EXIT_CODES.internal;
}

/** Prints an error as `error:` and `hint:` lines, with causes and stack only where asked for. */
export function printError(error: unknown, stderr: Output, verbose: boolean): void {
  const { style } = stderr;
  const shown = describe(error);
  for (const problem of shown.problems ?? [shown]) {
    stderr.line(`${style.bold(style.red("error:"))} ${problem.message}`);
    if (problem.hint !== undefined) stderr.line(`${style.cyan("hint:")} ${problem.hint}`);
  }
  if (verbose) stderr.line(style.dim(stackOf(error)));
}

/** The error as one JSON document, schema `querycop.error/1`. */
export function errorDocument(error: unknown): string {
  const { problems, ...rest } = describe(error);
  return JSON.stringify({
    schema: "querycop.error/1",
    error: problems === undefined ? rest : { ...rest, problems },
  });
}

function describe(error: unknown): ShownError {
  if (!(error instanceof QuerycopError)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { code: "internal", message: `Internal error: ${message}`, hint: REPORT_HINT };
  }
  const several = error instanceof ConfigErrors ? error.problems.map(describe) : undefined;
  return {
    code: error.code,
    message: error.message,
    hint: error.hint ?? (exitCodeOf(error) === EXIT_CODES.internal ? REPORT_HINT : undefined),
    ...(error instanceof SourceError
      ? { file: error.file, line: error.line, column: error.column }
      : error instanceof ConfigError
      ? { key: error.key }
      : {}),
    ...(several === undefined ? {} : { problems: several }),
  };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
