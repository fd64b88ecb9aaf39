/** Linting texts and folders in tests. */

import { dirname, join } from "node:path";
import { LintConfigs, type LintConfigValues } from "../../src/lint/config.ts";
import { findInputs } from "../../src/lint/inputs.ts";
import type { LintReport } from "../../src/lint/model.ts";
import { type LintRun, runLint } from "../../src/lint/run.ts";
import { lintScript, type ScriptContext, type ScriptResult } from "../../src/lint/script.ts";
import { DEFAULT_FAIL_ON, DEFAULT_FILE_SETTINGS, type InputKind } from "../../src/lint/settings.ts";
import { DEFAULT_RISK_OPTIONS, type RiskOptions } from "../../src/risk/options.ts";
import { RuleSet } from "../../src/risk/rule_set.ts";

/** Lints a script given in chunks. */
export async function lintChunks(
  chunks: readonly Uint8Array[],
  risk: Partial<RiskOptions> = {},
  more: Partial<ScriptContext> = {},
): Promise<ScriptResult> {
  const options = { ...DEFAULT_RISK_OPTIONS, ...risk };
  return await lintScript(stream(chunks), {
    path: "a.sql",
    bytes: 0,
    settings: { ...DEFAULT_FILE_SETTINGS, risk: options },
    rules: new RuleSet(options),
    baseline: undefined,
    added: undefined,
    down: false,
    room: 1000,
    ...more,
  });
}

/** Lints a script. */
export async function lintText(
  sql: string,
  risk: Partial<RiskOptions> = {},
  more: Partial<ScriptContext> = {},
): Promise<ScriptResult> {
  return await lintChunks([new TextEncoder().encode(sql)], risk, more);
}

/** Findings in short: `D001 3:1`, with `-` in front of suppressed ones and `v` in front of those in down sections. */
export function brief(result: ScriptResult | LintReport): string[] {
  return result.findings.map((finding) =>
    (finding.suppressed === undefined ? "" : "-") + (finding.statement.section === "down" ? "v" : "") +
    `${finding.code} ${finding.span.start.line}:${finding.span.start.charColumn}`
  );
}

/** Writes files into a new directory, calls back with it, and removes it. */
export async function inDirectory(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "querycop-lint-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(directory, name);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    }
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Lints what is named in a directory. */
export async function lintNamed(
  cwd: string,
  names: readonly string[],
  flags: LintConfigValues = {},
  more: Partial<LintRun> = {},
): Promise<LintReport> {
  const kind: InputKind = more.kind ?? "sql";
  const found = await findInputs(names, { cwd, endings: [kind === "sql" ? ".sql" : ".log"], exclude: [] });
  return await runLint({
    ...found,
    kind,
    flags,
    defaults: DEFAULT_FILE_SETTINGS,
    config: undefined,
    configs: new LintConfigs(),
    failOn: DEFAULT_FAIL_ON,
    allowUnparsed: false,
    baseline: undefined,
    added: undefined,
    cwd,
    stdin: () => stream([]),
    signal: new AbortController().signal,
    ...more,
  });
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}
