/** One run of lint-sql: inputs in, report out. */

import { dirname } from "node:path";
import { QuerycopError } from "../base/errors.ts";
import { fileReason } from "../base/file_reason.ts";
import { VERSION } from "../base/version.ts";
import { ALL_RULES } from "../risk/registry.ts";
import { isChosen, RuleSet } from "../risk/rule_set.ts";
import { SchemaCatalogue } from "../risk/schema_catalogue.ts";
import type { Baseline } from "./baseline.ts";
import type { AddedLines } from "./changes.ts";
import { describe, type DraftFinding } from "./collector.ts";
import {
  type LintConfigFile,
  LintConfigs,
  type LintConfigValues,
  overridesFor,
  settingsFor,
} from "./config.ts";
import type { LintInput } from "./inputs.ts";
import { lintLog } from "./log.ts";
import { isDownFile, migrationsOf } from "./migration_names.ts";
import { checkMigrations, type LintedFile } from "./migrations.ts";
import type { UnreadPart } from "./log_readers.ts";
import type { LintError, LintFile, LintFinding, LintReport, LintRule } from "./model.ts";
import { lintScript } from "./script.ts";
import { type FileSettings, type InputKind, MOST_FINDINGS } from "./settings.ts";

/** What a run goes by. */
export interface LintRun {
  readonly inputs: readonly LintInput[];
  /** Problems met before, while looking for inputs. */
  readonly errors: readonly LintError[];
  readonly kind: InputKind;
  /** The flags, as a configuration; they go before the files'. */
  readonly flags: LintConfigValues;
  readonly defaults: FileSettings;
  /** A configuration named by a flag; the nearest of each file's otherwise. */
  readonly config: LintConfigFile | undefined;
  readonly configs: LintConfigs;
  readonly failOn: number;
  readonly allowUnparsed: boolean;
  readonly baseline: Baseline | undefined;
  /** Added lines by absolute path; only those are reported. */
  readonly added: ReadonlyMap<string, AddedLines> | undefined;
  readonly cwd: string;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Told the bytes read of all inputs together. */
  readonly progress?: (bytes: number) => void;
}

/** Files up to this are read at once. */
const SMALL_FILE_BYTES = 1 << 18;

/** Lints all inputs. What cannot be read is an error of the report; the others are judged all the same. */
export async function runLint(run: LintRun): Promise<LintReport> {
  const findings: LintFinding[] = [];
  const files: LintFile[] = [];
  const errors: LintError[] = [...run.errors];
  const ruleSets = new RuleSets();
  const schemas = new MigrationSchemas();
  const settingsCache = new SettingsCache();
  const usedSettings = new Set<FileSettings>();
  const results = new Map<LintInput, LintedFile>();
  let dropped = 0;
  let done = 0;
  for (const input of run.inputs) {
    if (run.signal.aborted) break;
    const added = input.file === undefined ? undefined : run.added?.get(realPath(input.file));
    // Migrations that a branch does not touch are read for the tables that they make.
    const isKnowledge = run.added !== undefined && added === undefined && input.file !== undefined;
    if (isKnowledge && migrationsOf(input.path) === undefined) continue;
    try {
      const settings = await settingsCache.of(run, input);
      usedSettings.add(settings);
      const chunks = input.file === undefined ? run.stdin() : readFile(input.file, input.bytes, run.signal);
      const down = isDownFile(input.file ?? input.standsFor ?? input.path, isFile);
      const context = {
        path: input.path,
        bytes: input.bytes,
        settings,
        rules: ruleSets.of(settings),
        schema: run.kind === "sql" ? schemas.of(input, settings) : undefined,
        baseline: isKnowledge ? undefined : run.baseline,
        added,
        down,
        room: MOST_FINDINGS - findings.length,
        progress: (bytes: number) => run.progress?.(done + bytes),
      };
      const result = run.kind === "sql"
        ? await lintScript(chunks, context)
        : await lintLog(chunks, run.kind, context);
      done += result.notes.bytes;
      if (isKnowledge) continue;
      dropped += result.dropped;
      if (result.notes.binary !== undefined) {
        errors.push({
          file: input.path,
          code: "lint.binary",
          message: `${input.path} looks like ${result.notes.binary}, not SQL`,
          hint: "Leave it out with exclude, or unpack it first",
        });
        continue;
      }
      errors.push(...unreadErrors(input, result.unread, run.kind));
      results.set(input, { result, settings, down });
      const counted = (finding: DraftFinding) =>
        finding.suppressed === undefined && (finding.statement.section === "up" || settings.downCounts);
      const own = result.findings.toSorted((a, b) =>
        a.span.start.line - b.span.start.line || a.span.start.byteColumn - b.span.start.byteColumn ||
        b.score - a.score
      );
      for (const finding of own) findings.push(finding);
      files.push({
        path: input.path,
        bytes: result.notes.bytes,
        statements: result.statements,
        score: own.filter(counted).reduce((worst, finding) => Math.max(worst, finding.statement.score), 0),
      });
    } catch (error) {
      errors.push(errorOf(input, error));
    }
  }
  if (run.kind === "sql") findings.push(...checkMigrations(results));
  if (dropped > 0) {
    errors.push({
      code: "lint.too-many",
      message: `${dropped} findings beyond the first ${MOST_FINDINGS} are not shown`,
      hint: "Ignore the rules that find most, or write a baseline",
    });
  }
  return {
    version: VERSION,
    target: run.flags.target ?? [...usedSettings][0]?.risk.target ?? run.defaults.risk.target,
    files,
    findings,
    errors,
    rules: rulesOf(usedSettings.size === 0 ? [run.defaults] : [...usedSettings]),
    failOn: run.failOn,
    // What a server logged it has seen, and logs cut texts short.
    allowUnparsed: run.allowUnparsed || run.kind !== "sql",
    downCounts: [...usedSettings].some((settings) => settings.downCounts),
  };
}

/** Settings by input: files for which the same is written share them, and with them their rules. */
class SettingsCache {
  readonly #known = new Map<string, FileSettings>();

  async of(run: LintRun, input: LintInput): Promise<FileSettings> {
    const path = input.file ?? input.standsFor ?? `${run.cwd}/stdin.sql`;
    const config = run.config ?? await run.configs.find(dirname(path));
    const key = `${config?.file ?? ""}\0${config === undefined ? "" : overridesFor(path, config).join()}`;
    let settings = this.#known.get(key);
    if (settings === undefined) {
      settings = settingsFor(path, config, run.flags, run.defaults);
      if (run.kind !== "sql") settings = { ...settings, risk: { ...settings.risk, mode: "wire" } };
      this.#known.set(key, settings);
    }
    return settings;
  }
}

/** What the migrations of each folder have made so far. */
class MigrationSchemas {
  readonly #schemas = new Map<string, SchemaCatalogue>();

  of(input: LintInput, { risk }: FileSettings): SchemaCatalogue | undefined {
    const folder = migrationsOf(input.standsFor ?? input.file ?? input.path);
    if (folder === undefined) return undefined;
    let schema = this.#schemas.get(folder);
    if (schema === undefined) this.#schemas.set(folder, schema = new SchemaCatalogue(risk.schema));
    return schema;
  }
}

/** Rule sets by settings. */
class RuleSets {
  readonly #sets = new Map<FileSettings, RuleSet>();

  of(settings: FileSettings): RuleSet {
    let set = this.#sets.get(settings);
    if (set === undefined) {
      set = new RuleSet(settings.risk);
      this.#sets.set(settings, set);
    }
    return set;
  }
}

function rulesOf(all: readonly FileSettings[]): LintRule[] {
  return ALL_RULES.filter((rule) => all.some((settings) => isChosen(rule, settings.risk))).map((rule) => ({
    ...describe(rule, all[0]?.ruleUrl),
    title: rule.title,
    score: rule.score,
  })).toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** The bytes of a file: a small one at once, others in chunks that are valid until the next. */
async function* readFile(path: string, bytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (bytes > 0 && bytes <= SMALL_FILE_BYTES) {
    yield Deno.readFileSync(path);
    return;
  }
  using file = await Deno.open(path, { read: true });
  const buffer = new Uint8Array(1 << 18);
  for (;;) {
    signal.throwIfAborted();
    const read = await file.read(buffer);
    if (read === null) return;
    yield buffer.subarray(0, read);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Without symbolic links, as git names files; the path itself where it cannot be followed. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** What reading or judging one input threw, as that input's error; the configuration's and the user's Ctrl-C are not. */
function errorOf(input: LintInput, error: unknown): LintError {
  if (error instanceof QuerycopError) throw error;
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  const reason = fileReason(error);
  if (reason !== undefined) {
    return {
      file: input.path,
      code: "lint.unreadable",
      message: `Cannot read ${input.path}: ${reason}`,
      hint: "Check the path and its permissions, or pipe the text in and name -",
    };
  }
  return {
    file: input.path,
    code: "lint.internal",
    message: `Cannot judge ${input.path}: internal error: ${error instanceof Error ? error.message : error}`,
    hint: "This is a defect in querycop: report it with the smallest input that shows it",
  };
}

const UNREAD_HINTS: Readonly<Record<InputKind, string>> = {
  sql: "Lint it by itself",
  "slow-log": "Use --input general-log or --input json if it is one of those",
  "general-log": "Use --input slow-log or --input json if it is one of those",
  json: "Write one JSON object or string a line, or an array of them, with the text under sql or query",
};

/** One error for the parts of an input that could not be read. */
function unreadErrors(input: LintInput, unread: readonly UnreadPart[], kind: InputKind): LintError[] {
  const [first] = unread;
  if (first === undefined) return [];
  const others = unread.length === 1 ? "" : `, and ${unread.length - 1} more lines like it`;
  return [{
    file: input.path,
    code: "lint.unread-lines",
    message: `Line ${first.line} of ${input.path} ${first.problem}${others}`,
    hint: UNREAD_HINTS[kind],
  }];
}
