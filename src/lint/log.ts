/** Linting a log: its statements folded by shape, each shape judged once. */

import { isDecidedByShape, judgeStatement } from "../risk/judge.ts";
import type { RuleContext } from "../risk/options.ts";
import { secretSpans } from "../risk/secrets.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { digestTextOf } from "../sql/digest/text.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../sql/options.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";
import { type DraftFinding, hashDigest, makeFinding, relativeTo } from "./collector.ts";
import { JsonLogReader } from "./json_log_reader.ts";
import { positionAt } from "./locate.ts";
import {
  GeneralLogReader,
  type LoggedText,
  type LogReader,
  LONGEST_ENTRY,
  SlowLogReader,
} from "./log_readers.ts";
import type { ScriptContext, ScriptResult } from "./script.ts";
import type { InputKind } from "./settings.ts";
import { emptyNotes, readText } from "./source_text.ts";

/** Shapes kept of one log; statements of further shapes are judged one by one. */
const MOST_SHAPES = 100_000;
/** Verdicts kept apart of one shape whose literals matter. */
const MOST_VARIANTS = 8;

type LogKind = Exclude<InputKind, "sql">;

/** Statements of one shape and verdict; their count is known at the log's end. */
interface Variant {
  count: number;
  readonly verdict: string;
  readonly findings: readonly DraftFinding[];
}

/** Statements of one shape. */
interface Shape {
  /** Whatever the literals, the verdict is that of the first. */
  readonly decided: boolean;
  readonly variants: Variant[];
}

/** Lints a log. Throws what reading it throws. */
export async function lintLog(
  chunks: AsyncIterable<Uint8Array>,
  kind: LogKind,
  context: ScriptContext,
): Promise<ScriptResult> {
  const notes = emptyNotes();
  const reader = readerOf(kind);
  const run = new LogRun(kind, context);
  for await (const line of linesOf(readText(chunks, notes))) {
    for (const entry of reader.line(line)) run.take(entry);
    context.progress?.(notes.bytes);
  }
  for (const entry of reader.end()) run.take(entry);
  return { ...run.finish(), notes, sections: new Set(), marked: false, unread: reader.unread };
}

function readerOf(kind: LogKind): LogReader {
  if (kind === "slow-log") return new SlowLogReader();
  return kind === "general-log" ? new GeneralLogReader() : new JsonLogReader();
}

/** Reads, folds and judges the statements of logged texts. */
class LogRun {
  readonly #context: ScriptContext;
  readonly #kind: LogKind;
  readonly #sql: SqlOptions;
  readonly #reader: StatementReader;
  readonly #risk: RuleContext;
  readonly #shapes = new Map<string, Shape>();
  readonly #findings: DraftFinding[] = [];
  #statements = 0;
  #dropped = 0;
  #index = 0;

  constructor(kind: LogKind, context: ScriptContext) {
    this.#context = context;
    this.#kind = kind;
    // Applications and VTGate log named bind variables.
    this.#sql = { ...DEFAULT_SQL_OPTIONS, namedPlaceholders: kind === "json" };
    this.#reader = new StatementReader(this.#sql);
    const { risk } = context.settings;
    this.#risk = { options: risk, schema: risk.schema, file: undefined };
  }

  /** Takes in every statement of an entry, as serve judges every statement of a text. */
  take(entry: LoggedText): void {
    const bytes = new TextEncoder().encode(entry.text);
    const reader = this.#reader;
    let isStacked = false;
    for (let at = 0; at < bytes.length && reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
      this.#statement(bytes, entry, isStacked);
      isStacked = true;
    }
  }

  #statement(bytes: Uint8Array, entry: LoggedText, isStacked: boolean): void {
    this.#statements += entry.count;
    const digest = digestTextOf(bytes, this.#reader.tokens, this.#sql);
    const key = isStacked ? `; ${digest}` : digest;
    const known = this.#shapes.get(key);
    const first = known?.variants[0];
    if (known?.decided === true && first !== undefined) {
      first.count += entry.count;
      return;
    }
    const { rules } = this.#context;
    const context = isStacked ? { ...this.#risk, stacked: true } : this.#risk;
    const statement = analyse(bytes, this.#reader.tokens, this.#sql);
    const { score, findings } = judgeStatement(statement, rules, context);
    const verdict = findings.map(({ rule, score }) => `${rule.code} ${score}`).join();
    const same = known?.variants.find((variant) => variant.verdict === verdict);
    if (same !== undefined) {
      same.count += entry.count;
      return;
    }
    const { start, end } = this.#reader;
    const origin = { line: entry.line, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    const place = positionAt({ bytes, offset: 0, start: origin }, start);
    const view = {
      // A JSON string's line feeds are no lines of the log.
      text: {
        bytes: bytes.subarray(start, end),
        offset: start,
        start: this.#kind === "json" ? { ...place, line: entry.line } : place,
      },
      base: start,
      statement: {
        digestHash: hashDigest(digest),
        index: this.#index++,
        score,
        section: "up" as const,
        count: entry.count,
      },
      secrets: relativeTo(start, secretSpans(statement)),
      directives: [],
    };
    const { path, baseline, settings, room } = this.#context;
    const own = findings.map((finding) => makeFinding(path, finding, view, baseline, settings.ruleUrl));
    if (this.#findings.length + own.length > room) this.#dropped += own.length;
    else this.#findings.push(...own);
    const variant = { count: entry.count, verdict, findings: own };
    if (known !== undefined) {
      if (known.variants.length < MOST_VARIANTS) known.variants.push(variant);
    } else if (this.#shapes.size < MOST_SHAPES) {
      this.#shapes.set(key, { decided: isDecidedByShape(statement, rules, context), variants: [variant] });
    }
  }

  finish() {
    for (const { variants } of this.#shapes.values()) {
      for (const { count, findings } of variants) {
        for (const finding of findings) finding.statement = { ...finding.statement, count };
      }
    }
    return { findings: this.#findings, dropped: this.#dropped, statements: this.#statements };
  }
}

/** Lines of a text without their ends, cut past the longest entry. Bytes that are not UTF-8 become U+FFFD. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  const add = (part: string): void => {
    length += part.length;
    // One character more, so that a reader of the line sees that it is too long.
    if (length <= LONGEST_ENTRY + (1 << 20)) parts.push(part);
  };
  const take = (): string => {
    const line = parts.join("");
    parts = [];
    length = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  };
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    for (const line of lines.slice(0, -1)) {
      add(line);
      yield take();
    }
    add(lines.at(-1) ?? "");
  }
  add(decoder.decode());
  if (length > 0) yield take();
}
