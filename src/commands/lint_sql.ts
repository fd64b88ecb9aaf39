import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { formatByteSize } from "../base/byte_size.ts";
import { ConfigError, QuerycopError, UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { reasonOf } from "../base/file_reason.ts";
import { type Baseline, formatBaseline, parseBaseline } from "../lint/baseline.ts";
import { changedSince } from "../lint/changes.ts";
import {
  failScore,
  type LintConfigFile,
  lintConfigJsonSchema,
  LintConfigs,
  type LintConfigValues,
  readLintConfig,
} from "../lint/config.ts";
import { applyFixes } from "../lint/fix.ts";
import type { FormatOptions, Painter } from "../lint/formats/format.ts";
import { formatStepSummary } from "../lint/formats/markdown.ts";
import { type FormatName, FORMATS } from "../lint/formats/registry.ts";
import { findInputs } from "../lint/inputs.ts";
import { counts, type LintReport, totalsOf } from "../lint/model.ts";
import { runLint } from "../lint/run.ts";
import { readSchema } from "../lint/schema_file.ts";
import {
  DEFAULT_FAIL_ON,
  DEFAULT_FILE_SETTINGS,
  type FileSettings,
  type InputKind,
} from "../lint/settings.ts";
import type { CommandContext, Output } from "./context.ts";
import { variable } from "./secret_text.ts";

/** Options of `querycop lint-sql`. */
export interface LintSqlOptions {
  readonly paths: readonly string[];
  /** `--stdin-filename` */
  readonly stdinFilename: string | undefined;
  readonly input: InputKind;
  /** Flags that a configuration file has too. */
  readonly flags: LintConfigValues;
  readonly failOn: string | undefined;
  /** `--allow-unparsed` */
  readonly allowUnparsed: boolean | undefined;
  readonly maxWarnings: number | undefined;
  /** `false` for --no-config. */
  readonly config: string | false | undefined;
  readonly schema: string | undefined;
  readonly exclude: readonly string[];
  readonly baseline: string | undefined;
  readonly writeBaseline: string | undefined;
  readonly changedSince: string | undefined;
  readonly fix: boolean;
  readonly printConfigSchema: boolean;
}

/** Endings of the files taken from directories, by input kind. */
const ENDINGS: Readonly<Record<InputKind, readonly string[]>> = {
  sql: [".sql"],
  "slow-log": [".log", ".txt"],
  "general-log": [".log", ".txt"],
  json: [".json", ".jsonl", ".ndjson"],
};

/** Judges SQL files and prints the report. */
export async function run(options: LintSqlOptions, context: CommandContext): Promise<ExitCode> {
  if (options.printConfigSchema) {
    context.stdout.line(JSON.stringify(lintConfigJsonSchema(), null, 2));
    return EXIT_CODES.ok;
  }
  const configs = new LintConfigs(options.config === false);
  const named = await namedConfig(options, context);
  const config = named ?? await configs.find(context.cwd);
  const failOn = failOnOf(options, config);
  const defaults = await defaultsOf(options, context);
  const baseline = await baselineOf(options, context);
  const piped = await pipedInput(options, context);
  const found = await findInputs(piped.paths, {
    cwd: context.cwd,
    stdinFilename: options.stdinFilename,
    endings: ENDINGS[options.input],
    exclude: [...(config?.values.exclude ?? []), ...options.exclude],
  });
  const added = options.changedSince === undefined
    ? undefined
    : await changedSince(options.changedSince, context.cwd);
  const total = found.inputs.reduce((sum, input) => sum + input.bytes, 0);
  const progress = context.progress("Linting");
  let report: LintReport;
  try {
    report = await runLint({
      ...found,
      kind: options.input,
      flags: options.flags,
      defaults,
      config: named,
      configs,
      failOn,
      allowUnparsed: options.allowUnparsed ?? config?.values.allow_unparsed ?? false,
      baseline,
      added,
      cwd: context.cwd,
      stdin: () => piped.stream,
      signal: context.signal,
      progress: (done) =>
        progress.update(
          found.inputs.some(({ bytes }) => bytes === 0)
            ? formatByteSize(done)
            : { done: Math.min(done, total), total },
        ),
    });
  } finally {
    progress.end();
  }
  if (options.fix && options.input === "sql") {
    const files = new Set(found.inputs.flatMap(({ path, file }) => (file === undefined ? [] : [path])));
    report = await applyFixes(report, context.cwd, { files, tell: (text) => context.note(text) });
  }
  if (options.writeBaseline !== undefined) return await writeBaseline(options.writeBaseline, report, context);
  if (baseline !== undefined && baseline.unused > 0) {
    context.note(`${baseline.unused} findings of the baseline are gone: write it anew to keep them gone`);
  }
  printReport(report, config?.values.rule_url, context);
  return exitCodeOf(report, options.maxWarnings ?? config?.values.max_warnings, context);
}

/** What is to be read: the paths named, else what is piped in, else the working directory. */
async function pipedInput(
  { paths, stdinFilename, changedSince }: LintSqlOptions,
  { stdin }: CommandContext,
): Promise<{ readonly paths: readonly string[]; readonly stream: AsyncIterable<Uint8Array> }> {
  if (paths.length > 0) return { paths, stream: stdin.stream() };
  if (stdinFilename !== undefined) return { paths: ["-"], stream: stdin.stream() };
  if (changedSince !== undefined || stdin.isTerminal) return { paths: ["."], stream: stdin.stream() };
  // A job's runner may leave an empty input behind: what is piped in has bytes.
  const chunks = stdin.stream()[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return { paths: ["."], stream: stdin.stream() };
  return {
    paths: ["-"],
    stream: async function* () {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => chunks };
    }(),
  };
}

async function namedConfig(
  options: LintSqlOptions,
  context: CommandContext,
): Promise<LintConfigFile | undefined> {
  if (typeof options.config !== "string") return undefined;
  try {
    return await readLintConfig(resolve(context.cwd, options.config));
  } catch (error) {
    if (error instanceof QuerycopError) throw error;
    throw new ConfigError("config", `Cannot read the configuration ${options.config}: ${reasonOf(error)}`, {
      hint: "Name a file that exists, or leave --config out",
      cause: error,
    });
  }
}

function failOnOf(options: LintSqlOptions, config: LintConfigFile | undefined): number {
  if (options.failOn !== undefined) {
    const score = failScore(options.failOn);
    if (score !== undefined) return score;
    throw new UsageError(`--fail-on ${options.failOn} is neither a level nor a score`, {
      hint: "Write info, low, medium, high, critical, or a number from 0 to 100",
    });
  }
  return config?.values.fail_on === undefined
    ? DEFAULT_FAIL_ON
    : failScore(config.values.fail_on) ?? DEFAULT_FAIL_ON;
}

async function defaultsOf(options: LintSqlOptions, context: CommandContext): Promise<FileSettings> {
  if (options.schema === undefined) return DEFAULT_FILE_SETTINGS;
  const file = resolve(context.cwd, options.schema);
  try {
    const schema = readSchema(await Deno.readFile(file));
    return { ...DEFAULT_FILE_SETTINGS, risk: { ...DEFAULT_FILE_SETTINGS.risk, schema } };
  } catch (error) {
    throw new UsageError(`Cannot read the schema ${options.schema}: ${reasonOf(error)}`, {
      hint: "Name a file of CREATE TABLE statements, as mysqldump --no-data writes it",
      cause: error,
    });
  }
}

async function baselineOf(options: LintSqlOptions, context: CommandContext): Promise<Baseline | undefined> {
  if (options.baseline === undefined) return undefined;
  let text: string;
  try {
    text = await Deno.readTextFile(resolve(context.cwd, options.baseline));
  } catch (error) {
    throw new ConfigError("baseline", `Cannot read the baseline ${options.baseline}: ${reasonOf(error)}`, {
      hint: "Write one with --write-baseline",
      cause: error,
    });
  }
  return parseBaseline(text, options.baseline);
}

async function writeBaseline(name: string, report: LintReport, context: CommandContext): Promise<ExitCode> {
  try {
    await Deno.writeTextFile(resolve(context.cwd, name), formatBaseline(report.findings));
  } catch (error) {
    throw new UsageError(`Cannot write the baseline ${name}: ${reasonOf(error)}`, {
      hint: "Give --write-baseline a path in a directory that exists and that you may write to",
      cause: error,
    });
  }
  context.note(`Wrote ${name}: findings in it do not count from now on (--baseline ${name})`);
  for (const error of report.errors) context.warn(error.message, error.hint);
  return report.errors.length > 0 ? EXIT_CODES.usage : EXIT_CODES.ok;
}

function printReport(report: LintReport, ruleUrl: string | undefined, context: CommandContext): void {
  const format = FORMATS[context.format as FormatName];
  context.stdout.write(format(report, formatOptions(context.stdout, context.cwd, ruleUrl)));
  const summary = variable(context, "githubStepSummary");
  if (context.format === "github" && summary !== undefined) {
    try {
      Deno.writeTextFileSync(summary, formatStepSummary(report), { append: true });
    } catch (error) {
      context.warn(`Cannot write the step summary: ${reasonOf(error)}`);
    }
  }
  // Errors are in the text itself; other formats are for machines, and people look at the log.
  if (context.format !== "text") {
    for (const error of report.errors) {
      context.warn(error.message, error.hint);
    }
  }
}

function formatOptions(output: Output, cwd: string, ruleUrl: string | undefined): FormatOptions {
  return {
    width: output.columns,
    ascii: output.style.marks.horizontal === "-",
    paint: painterFor(output),
    ...(ruleUrl === undefined ? {} : { homepage: ruleUrl }),
    root: pathToFileURL(cwd.endsWith("/") ? cwd : `${cwd}/`).href,
  };
}

function painterFor({ style }: Output): Painter {
  return (role, text) => {
    switch (role) {
      case "critical":
        return style.bold(style.red(text));
      case "high":
      case "bad":
        return style.red(text);
      case "medium":
        return style.yellow(text);
      case "low":
        return style.cyan(text);
      case "info":
      case "faint":
        return style.dim(text);
      case "strong":
        return style.bold(text);
      case "good":
        return style.green(text);
    }
  };
}

/** 2 where something could not be read, so that nothing is skipped in silence; else 1 for findings. */
function exitCodeOf(report: LintReport, maxWarnings: number | undefined, context: CommandContext): ExitCode {
  if (report.errors.length > 0) return EXIT_CODES.usage;
  if (totalsOf(report).failing > 0) return EXIT_CODES.findings;
  const warnings =
    report.findings.filter((finding) => counts(report, finding) && finding.level !== "info").length;
  if (maxWarnings === undefined || warnings <= maxWarnings) return EXIT_CODES.ok;
  context.warn(`${warnings} warnings are more than the ${maxWarnings} allowed`);
  return EXIT_CODES.findings;
}
