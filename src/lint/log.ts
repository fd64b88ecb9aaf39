/** Linting a log: its statements folded by shape, each shape judged once. */

import { judgeStatement } from "../risk/judge.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { digestTextOf } from "../sql/digest/text.ts";
import { DEFAULT_SQL_OPTIONS } from "../sql/options.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";
import { secretSpans } from "../risk/secrets.ts";
import { type DraftFinding, hashDigest, makeFinding } from "./collector.ts";
import {
  GeneralLogReader,
  JsonReader,
  type LoggedStatement,
  type LogReader,
  SlowLogReader,
} from "./log_readers.ts";
import type { ScriptContext, ScriptResult } from "./script.ts";
import type { InputKind } from "./settings.ts";
import { emptyNotes, readText } from "./source_text.ts";

/** Shapes kept of one log; statements of further shapes are judged one by one. */
const MOST_SHAPES = 100_000;

/** A longer line is taken apart, in characters. */
const LONGEST_LINE = 1 << 23;

/** Findings of one shape, whose count is known at the log's end. */
interface Shape {
  count: number;
  readonly findings: readonly DraftFinding[];
}

/** Lints a log. Throws what reading it throws. */
export async function lintLog(
  chunks: AsyncIterable<Uint8Array>,
  kind: Exclude<InputKind, "sql">,
  context: ScriptContext,
): Promise<ScriptResult> {
  const notes = emptyNotes();
  const shapes = new Map<string, Shape>();
  const reader: LogReader = kind === "slow-log"
    ? new SlowLogReader()
    : kind === "general-log"
    ? new GeneralLogReader()
    : new JsonReader();
  const judge = new ShapeJudge(context);
  const findings: DraftFinding[] = [];
  let statements = 0;
  let dropped = 0;
  const take = (logged: readonly LoggedStatement[]): void => {
    for (const entry of logged) {
      statements += entry.count;
      const digest = judge.read(entry);
      if (digest === undefined) continue;
      const known = shapes.get(digest);
      if (known !== undefined) {
        known.count += entry.count;
        continue;
      }
      const own = judge.judge(digest);
      if (findings.length + own.length > context.room) dropped += own.length;
      else findings.push(...own);
      if (shapes.size < MOST_SHAPES) shapes.set(digest, { count: entry.count, findings: own });
    }
  };
  for await (const line of linesOf(readText(chunks, notes))) take(reader.line(line));
  take(reader.end());
  for (const { count, findings } of shapes.values()) {
    for (const finding of findings) finding.statement = { ...finding.statement, count };
  }
  context.progress?.(notes.bytes);
  return { findings, dropped, statements, notes, sections: new Set(), marked: false };
}

/** Reads and judges logged statements. */
class ShapeJudge {
  readonly #context: ScriptContext;
  readonly #reader = new StatementReader(DEFAULT_SQL_OPTIONS);
  #bytes = new Uint8Array(0);
  #line = 1;
  #index = 0;

  constructor(context: ScriptContext) {
    this.#context = context;
  }

  /** The digest text of the first statement of an entry; undefined where it holds none. */
  read(entry: LoggedStatement): string | undefined {
    this.#bytes = new TextEncoder().encode(entry.text);
    this.#line = entry.line;
    if (!this.#reader.next(this.#bytes, 0, this.#bytes.length, true)) return undefined;
    return digestTextOf(this.#bytes, this.#reader.tokens, DEFAULT_SQL_OPTIONS);
  }

  /** Findings of the statement read last. */
  judge(digest: string): DraftFinding[] {
    const { path, settings, rules, baseline } = this.#context;
    const statement = analyse(this.#bytes, this.#reader.tokens, DEFAULT_SQL_OPTIONS);
    const context = { options: settings.risk, schema: settings.risk.schema, file: undefined };
    const verdict = judgeStatement(statement, rules, context);
    const start = { line: this.#line, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    const view = {
      text: { bytes: this.#bytes, offset: 0, start },
      base: 0,
      statement: {
        digestHash: hashDigest(digest),
        index: this.#index++,
        score: verdict.score,
        section: "up" as const,
        count: 1,
      },
      secrets: secretSpans(statement),
      directives: [],
    };
    return verdict.findings.map((finding) => makeFinding(path, finding, view, baseline, settings.ruleUrl));
  }
}

/** Lines of a text without their ends. Bytes that are not UTF-8 become U+FFFD. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    if (rest.length > LONGEST_LINE) {
      yield rest;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
