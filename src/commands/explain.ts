import { visible } from "../base/visible.ts";
import type * as z from "zod";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { nearest } from "../base/suggest.ts";
import { textWidth, wrapText } from "../base/text_width.ts";
import { type LintConfigValues, ruleCodes, settingsFor } from "../lint/config.ts";
import type { explainSchema, ruleSchema, rulesSchema } from "../lint/report_schema.ts";
import { DEFAULT_FILE_SETTINGS } from "../lint/settings.ts";
import { judgeStatement } from "../risk/judge.ts";
import type { Target } from "../risk/options.ts";
import { ALL_RULES, findRule, ruleIds } from "../risk/registry.ts";
import { GROUP_LETTERS, type Rule } from "../risk/rule.ts";
import { RuleSet } from "../risk/rule_set.ts";
import { levelOf } from "../risk/score.ts";
import type { Verdict } from "../risk/verdict.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { digestTextOf } from "../sql/digest/text.ts";
import { KEYWORD_NAMES } from "../sql/lexer/keywords.ts";
import { DEFAULT_SQL_OPTIONS } from "../sql/options.ts";
import type { ObjectName, RowReach, Statement } from "../sql/statement.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";
import type { TokenBuffer } from "../sql/lexer/token_buffer.ts";
import { T } from "../sql/lexer/tokens.ts";
import type { CommandContext, Output } from "./context.ts";

/** Options of `querycop explain`. */
export interface ExplainOptions {
  /** A rule's code or name, an SQL text, or undefined for the list of rules. */
  readonly what: string | undefined;
  /** Flags as for lint-sql. */
  readonly flags: LintConfigValues;
  /** Show every token. */
  readonly tokens: boolean;
}

/** Shows a rule, or how a statement's score comes about. */
export function run(options: ExplainOptions, context: CommandContext): Promise<ExitCode> {
  const { what } = options;
  if (what === undefined) listRules(ALL_RULES, context);
  else if (/^\s*[\w-]+\s*$/.test(what)) {
    const rule = findRule(what);
    if (rule !== undefined) showRule(rule, context);
    else if (isGroup(what)) {
      listRules(ALL_RULES.filter((candidate) => ruleCodes([what], "").has(candidate.code)), context);
    } else explainUnknown(what);
  } else explainSql(what, options, context);
  return Promise.resolve(EXIT_CODES.ok);
}

function isGroup(word: string): boolean {
  return Object.entries(GROUP_LETTERS).some(([name, letter]) =>
    name === word.trim().toLowerCase() || letter === word.trim().toUpperCase()
  );
}

function explainUnknown(what: string): never {
  const near = nearest(what.trim(), [...ruleIds(), ...Object.keys(GROUP_LETTERS)]);
  throw new UsageError(`No rule or group is called ${what.trim()}`, {
    hint: near === undefined
      ? "querycop explain lists the rules; quote a statement"
      : `Did you mean ${near}?`,
  });
}

function listRules(rules: readonly Rule[], { stdout, format }: CommandContext): void {
  if (format === "json") {
    const document: z.input<typeof rulesSchema> = {
      schema: "querycop.rules/2",
      rules: rules.map(ruleFacts),
    };
    stdout.line(JSON.stringify(document));
    return;
  }
  const width = Math.max(...rules.map((rule) => rule.name.length));
  for (const rule of rules) {
    const score = `${String(rule.score).padStart(3)} ${levelOf(rule.score).padEnd(8)}`;
    stdout.line(
      `${stdout.style.bold(rule.code)}  ${score}  ${rule.name.padEnd(width)}${
        rule.optIn === true ? "  (opt-in)" : ""
      }`,
    );
  }
}

const TARGETS: readonly Target[] = ["mysql", "vitess", "planetscale"];

function ruleFacts(rule: Rule) {
  const { code, name, group, title, score, why, fix, fires, quiet, references } = rule;
  return {
    code,
    name,
    group,
    title,
    score,
    level: levelOf(score),
    why,
    fix,
    fires: [...fires],
    quiet: [...quiet],
    references: [...references],
    targets: [...rule.targets ?? TARGETS],
    opt_in: rule.optIn === true,
    scope: rule.scope,
  };
}

function showRule(rule: Rule, { stdout, format }: CommandContext): void {
  if (format === "json") {
    const document: z.input<typeof ruleSchema> = { schema: "querycop.rule/2", ...ruleFacts(rule) };
    stdout.line(JSON.stringify(document));
    return;
  }
  const { style } = stdout;
  stdout.line(`${style.bold(rule.code)} ${rule.name}`);
  stdout.line(
    `${rule.title}: score ${rule.score} (${levelOf(rule.score)})${rule.optIn === true ? ", opt-in" : ""}`,
  );
  if (rule.targets !== undefined) stdout.line(`For ${rule.targets.join(" and ")}`);
  paragraph(stdout, "why", rule.why);
  paragraph(stdout, "fix", rule.fix);
  examples(stdout, "fires on", rule.fires);
  examples(stdout, "not on", rule.quiet);
  for (const page of rule.references) paragraph(stdout, "see", page);
  stdout.line();
  stdout.line(style.dim(`To silence it for one statement: -- querycop-ignore ${rule.name}: reason`));
}

function paragraph(output: Output, label: string, text: string): void {
  output.line();
  const lines = wrapText(text, Math.min(output.columns, 100) - 7);
  for (const [index, line] of lines.entries()) {
    output.line(`  ${index === 0 ? output.style.bold(label.padEnd(5)) : "     "}${line}`);
  }
}

function examples(output: Output, label: string, list: readonly string[]): void {
  output.line();
  output.line(`  ${output.style.bold(label)}`);
  for (const sql of list) output.line(`    ${visible(sql).replaceAll("\n", "\n    ")}`);
}

/** What is shown of one statement. */
interface Explained {
  readonly statement: Statement;
  readonly digest: string;
  readonly verdict: Verdict;
  readonly tokens: readonly { readonly kind: string; readonly text: string }[];
}

function explainSql(text: string, options: ExplainOptions, context: CommandContext): void {
  const settings = settingsFor("explain.sql", undefined, options.flags, DEFAULT_FILE_SETTINGS);
  const risk = { ...settings.risk, mode: "wire" as const };
  const rules = new RuleSet(risk);
  const bytes = new TextEncoder().encode(text);
  const reader = new StatementReader(DEFAULT_SQL_OPTIONS);
  const explained: Explained[] = [];
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    const statement = analyse(bytes, reader.tokens, DEFAULT_SQL_OPTIONS);
    const stacked = explained.length === 0 ? {} : { stacked: true };
    explained.push({
      statement,
      digest: digestTextOf(bytes, reader.tokens, DEFAULT_SQL_OPTIONS),
      verdict: judgeStatement(statement, rules, {
        options: risk,
        schema: risk.schema,
        file: undefined,
        ...stacked,
      }),
      tokens: tokensOf(bytes, reader.tokens),
    });
    if (reader.resumeAt >= bytes.length) break;
  }
  if (explained.length === 0) {
    throw new UsageError("There is no statement in this text", {
      hint: "Quote the SQL: querycop explain 'DELETE FROM t'",
    });
  }
  const { stdout } = context;
  if (context.format === "json") {
    const document: z.input<typeof explainSchema> = {
      schema: "querycop.explain/1",
      statements: explained.map(explainedJson),
    };
    stdout.line(JSON.stringify(document));
    return;
  }
  for (const [index, one] of explained.entries()) {
    if (index > 0) stdout.line();
    show(one, options, stdout);
  }
}

function show(
  { statement, digest, verdict, tokens }: Explained,
  options: ExplainOptions,
  output: Output,
): void {
  const { style } = output;
  const rows: [string, string][] = [["kind", statement.kind], ["digest", digest], ...factsOf(statement)];
  const width = Math.max(...rows.map(([label]) => textWidth(label)));
  const room = Math.max(30, Math.min(output.columns, 100) - width - 2);
  for (const [label, value] of rows) {
    for (const [index, line] of wrapText(visible(value), room).entries()) {
      output.line(`${index === 0 ? style.bold(label.padEnd(width)) : " ".repeat(width)}  ${line}`);
    }
  }
  if (options.tokens) {
    output.line();
    for (const token of tokens) output.line(`  ${token.kind.padEnd(18)}${visible(token.text)}`);
  }
  output.line();
  for (const finding of verdict.findings) {
    output.line(
      `  ${String(finding.score).padStart(4)}  ${style.bold(finding.rule.code)} ${finding.rule.name}`,
    );
    for (const line of wrapText(visible(finding.message), room)) output.line(`        ${line}`);
  }
  const [first, ...rest] = verdict.findings;
  if (first === undefined) {
    output.line("No rule finds anything: score 0 (info)");
    return;
  }
  output.line();
  const added = Math.round((verdict.score - first.score) * 10) / 10;
  const how = rest.length === 0
    ? ""
    : `: ${first.score} for the worst, ${added} for the ${
      rest.length === 1 ? "other" : `${rest.length} others`
    }`;
  output.line(`${style.bold(`Score ${verdict.score} (${verdict.level})`)}${how}`);
}

/** What the rules see of a statement, as far as it fits a few lines. */
function factsOf(statement: Statement): [string, string][] {
  const rows: [string, string][] = [];
  const names = (list: readonly { readonly table: ObjectName }[]) =>
    [
      ...new Set(
        list.map(({ table }) =>
          (table.schema === undefined ? "" : `${table.schema.text}.`) + table.name.text
        ),
      ),
    ].join(", ");
  if (statement.writes.length > 0) rows.push(["writes", names(statement.writes)]);
  if (statement.reads.length > 0) rows.push(["reads", names(statement.reads)]);
  if (statement.kind === "update" || statement.kind === "delete") {
    rows.push(["reaches", REACH[statement.reach]]);
  }
  if (statement.kind === "alter-table") {
    rows.push([
      "does",
      statement.items.map((item) => item.action).join(", "),
    ]);
  }
  if (statement.calls.length > 0) {
    rows.push([
      "calls",
      [...new Set(statement.calls.map((call) => call.key))].join(", "),
    ]);
  }
  for (const problem of statement.problems) rows.push(["problem", problem.message]);
  return rows;
}

const REACH: Readonly<Record<RowReach, string>> = {
  every: "every row",
  "every-not-null": "every row whose tested columns are not NULL",
  truthy: "every row whose tested value is not zero, empty or NULL",
  "all-or-none": "every row or none: the condition does not look at the row",
  some: "the rows that the condition lets through",
  limited: "as many rows as LIMIT says",
  none: "no row",
};

function explainedJson({ statement, digest, verdict, tokens }: Explained) {
  return {
    kind: statement.kind,
    digest,
    score: verdict.score,
    level: verdict.level,
    facts: Object.fromEntries(factsOf(statement)),
    findings: verdict.findings.map(({ rule, score, message, start, end }) => ({
      code: rule.code,
      name: rule.name,
      score,
      message,
      start,
      end,
    })),
    tokens: [...tokens],
  };
}

const KIND_NAMES = new Map<number, string>(Object.entries(T).map(([name, kind]) => [kind, name]));

function tokensOf(bytes: Uint8Array, tokens: TokenBuffer): { kind: string; text: string }[] {
  const decoder = new TextDecoder();
  return Array.from({ length: tokens.length }, (_, index) => {
    const kind = tokens.kind[index] ?? 0;
    const keyword = tokens.keyword[index] ?? 0;
    return {
      kind: kind === T.keyword
        ? `keyword ${KEYWORD_NAMES[keyword] ?? ""}`
        : KIND_NAMES.get(kind) ?? "operator",
      text: decoder.decode(bytes.subarray(tokens.start[index], tokens.end[index])),
    };
  });
}
