/** Linting one SQL script, of any size, as a stream. */

import { FileJudge, mayBeRecreated, recreated } from "../risk/file_judge.ts";
import { ALL_RULES } from "../risk/registry.ts";
import type { StatementPlace } from "../risk/rule.ts";
import { isChosen, type RuleSet } from "../risk/rule_set.ts";
import { secretSpans } from "../risk/secrets.ts";
import type { Finding, Verdict } from "../risk/verdict.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { digestText, digestTextOf } from "../sql/digest/text.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../sql/options.ts";
import type { Span } from "../sql/statement.ts";
import { StatementStream } from "../sql/splitter/statement_stream.ts";
import type { Baseline } from "./baseline.ts";
import { type AddedLines, touches } from "./changes.ts";
import { type DraftFinding, hashDigest, makeFinding, relativeTo, type StatementView } from "./collector.ts";
import { covers, type Directive, readComments, type Section } from "./directives.ts";
import { positionAt, type StatementText } from "./locate.ts";
import type { UnreadPart } from "./log_readers.ts";
import type { SourcePosition } from "./model.ts";
import type { FileSettings } from "./settings.ts";
import { BOM_BYTES, emptyNotes, readText, type TextNotes } from "./source_text.ts";

/** What linting a script needs beside its bytes. */
export interface ScriptContext {
  readonly path: string;
  /** Size of the input; 0 where it is not known. */
  readonly bytes: number;
  readonly settings: FileSettings;
  readonly rules: RuleSet;
  readonly baseline: Baseline | undefined;
  /** Only statements that touch these lines are reported; all where undefined. */
  readonly added: AddedLines | undefined;
  /** The file as a whole takes a migration back. */
  readonly down: boolean;
  /** Findings that may still be kept. */
  readonly room: number;
  /** Told bytes read so far. */
  readonly progress?: (bytes: number) => void;
}

/** What a script gave. */
export interface ScriptResult {
  readonly findings: readonly DraftFinding[];
  /** Findings left out for want of room. */
  readonly dropped: number;
  readonly statements: number;
  readonly notes: TextNotes;
  /** Sections seen, for rules on migrations. */
  readonly sections: ReadonlySet<Section>;
  /** A comment said which half of a migration it is. */
  readonly marked: boolean;
  /** What could not be read, in order of lines. */
  readonly unread: readonly UnreadPart[];
}

/** Bytes kept of a statement that a later one may make a finding of. */
const HEAD_BYTES = 256;

/** A place with what a report needs of the statement, because its bytes are gone when it is used. */
interface KeptPlace extends StatementPlace {
  readonly head: Uint8Array;
  /** Ranges of `head` that are not shown. */
  readonly secrets: readonly Span[];
  readonly position: SourcePosition;
  readonly section: Section;
  readonly directives: readonly Directive[];
}

/** A DROP TABLE whose verdict waits for the next statement. */
interface Waiting {
  readonly verdict: Verdict;
  readonly view: StatementView;
}

/** Lints a script. Throws what reading it throws. */
export async function lintScript(
  chunks: AsyncIterable<Uint8Array>,
  context: ScriptContext,
): Promise<ScriptResult> {
  const run = new ScriptRun(context);
  for await (const chunk of readText(chunks, run.notes)) run.push(chunk);
  return run.finish();
}

class ScriptRun {
  readonly notes: TextNotes = emptyNotes();
  readonly #context: ScriptContext;
  readonly #sql: SqlOptions;
  readonly #stream: StatementStream;
  readonly #judges = new Map<Section, FileJudge>();
  readonly #findings: DraftFinding[] = [];
  readonly #fileDirectives: Directive[] = [];
  /** Directives of statements, with where they are, until it is known that they were of use. */
  readonly #unsettled: {
    readonly directive: Directive;
    readonly text: StatementText;
    readonly at: number;
  }[] = [];
  readonly #sections = new Set<Section>();
  #section: Section;
  #marked = false;
  #insideBody = false;
  #waiting: Waiting | undefined;
  #index = 0;
  #dropped = 0;

  constructor(context: ScriptContext) {
    this.#context = context;
    this.#section = context.down ? "down" : "up";
    this.#sql = {
      ...DEFAULT_SQL_OPTIONS,
      clientFile: true,
      serverVersion: Math.max(context.settings.risk.serverVersion, 80000),
    };
    this.#stream = new StatementStream(this.#sql, context.bytes === 0 ? undefined : context.bytes + 1);
  }

  push(chunk: Uint8Array): void {
    this.#stream.push(chunk);
    while (this.#stream.next()) this.#statement();
    this.#context.progress?.(this.notes.bytes);
  }

  finish(): ScriptResult {
    this.#stream.end();
    while (this.#stream.next()) this.#statement();
    this.#settleDrop(false);
    this.#trailingComments();
    for (const judge of this.#judges.values()) {
      for (const { place, finding } of judge.end()) this.#late(place, finding);
    }
    this.#applyFileDirectives();
    this.#reportDirectives();
    this.#reportText();
    return {
      findings: this.#findings,
      dropped: this.#dropped,
      statements: this.#index,
      notes: this.notes,
      sections: this.#sections,
      marked: this.#marked,
      unread: [],
    };
  }

  #statement(): void {
    const stream = this.#stream;
    const { reader, bytes } = stream;
    this.#insideBody = reader.insideBody;
    const comments = readComments(bytes, reader.tokens);
    if (comments.section !== undefined) {
      this.#marked = true;
      if (!this.#context.down) this.#section = comments.section;
    }
    this.#sections.add(this.#section);
    const position = this.#position();
    const text: StatementText = {
      bytes: bytes.subarray(reader.start, reader.end),
      offset: this.#offset() + reader.start,
      start: position,
    };
    const directives = this.#directives(comments.directives, text, reader.start);
    const statement = analyse(bytes, reader.tokens, this.#sql);
    const place: KeptPlace = {
      start: text.offset,
      end: this.#offset() + reader.end,
      index: this.#index++,
      head: text.bytes.slice(0, HEAD_BYTES),
      secrets: relativeTo(reader.start, secretSpans(statement, HEAD_BYTES)),
      position,
      section: this.#section,
      directives,
    };
    const step = this.#judge().push(statement, place);
    if (statement.kind !== "set") this.#settleDrop(step.recreates);
    for (const { place, finding } of step.late) this.#late(place, finding);
    const { findings } = step.verdict;
    if (findings.length === 0 || !this.#isAdded(position.line, text)) return;
    const view: StatementView = {
      text: mayBeRecreated(statement) ? { ...text, bytes: text.bytes.slice() } : text,
      base: reader.start,
      statement: {
        digestHash: hashDigest(digestTextOf(bytes, reader.tokens, this.#sql)),
        index: place.index,
        score: step.verdict.score,
        section: this.#section,
        count: 1,
      },
      secrets: relativeTo(reader.start, secretSpans(statement)),
      directives,
    };
    if (mayBeRecreated(statement)) this.#waiting = { verdict: step.verdict, view };
    else {
      const isOutside = ({ start, end }: Finding) => start < reader.start || end > reader.end;
      this.#add(findings.filter((finding) => !isOutside(finding)), view);
      for (const finding of findings.filter(isOutside)) this.#addOutside(finding, view);
    }
  }

  /** Where the buffer's first byte is in the file. */
  #offset(): number {
    return this.#stream.base + (this.notes.bom && !this.notes.utf16 ? BOM_BYTES : 0);
  }

  /** Line and columns of the statement's first byte; columns in characters where its line is still there. */
  #position(): SourcePosition {
    const { reader, bytes, line, column } = this.#stream;
    const lineStart = reader.start - (column - 1);
    if (lineStart < 0 || column > 4096) {
      return { line, byteColumn: column, utf16Column: column, charColumn: column };
    }
    const origin = { line, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    return positionAt(
      { bytes: bytes.subarray(lineStart, reader.start), offset: 0, start: origin },
      column - 1,
    );
  }

  #judge(): FileJudge {
    let judge = this.#judges.get(this.#section);
    if (judge === undefined) {
      judge = new FileJudge(this.#context.settings.risk, this.#context.rules);
      this.#judges.set(this.#section, judge);
    }
    return judge;
  }

  /** Sorts directives by scope; those for the statement are returned. */
  #directives(found: readonly Directive[], text: StatementText, base: number): readonly Directive[] {
    if (found.length === 0) return found;
    for (const directive of found) {
      if (directive.scope === "file") this.#fileDirectives.push(directive);
      const { bytes } = this.#stream;
      const start = this.#placeOf(directive.start);
      const comment = {
        bytes: bytes.slice(directive.start, directive.end),
        offset: text.offset - base + directive.start,
        start,
      };
      this.#unsettled.push({ directive, text: comment, at: this.#index });
    }
    return found.filter((directive) => directive.scope === "statement");
  }

  /** The place of an offset of the buffer near the statement that was just read. */
  #placeOf(offset: number): SourcePosition {
    const { reader, bytes } = this.#stream;
    let { line } = this.#stream;
    for (let at = offset; at < reader.start; at++) if (bytes[at] === 10) line--;
    for (let at = reader.start; at < offset; at++) if (bytes[at] === 10) line++;
    let start = offset;
    while (start > 0 && bytes[start - 1] !== 10) start--;
    const origin = { line, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    return positionAt({ bytes: bytes.subarray(start, offset), offset: 0, start: origin }, offset - start);
  }

  #settleDrop(isRecreated: boolean): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    const verdict = isRecreated ? recreated(waiting.verdict) : waiting.verdict;
    this.#add(verdict.findings, {
      ...waiting.view,
      statement: { ...waiting.view.statement, score: verdict.score },
    });
  }

  #late(place: StatementPlace, finding: Finding): void {
    const kept = place as KeptPlace;
    const text = { bytes: kept.head, offset: kept.start, start: kept.position };
    if (!this.#isAdded(kept.position.line, text)) return;
    const length = Math.min(kept.head.length, kept.end - kept.start);
    const statement = {
      digestHash: hashDigest(digestText(kept.head, this.#sql)),
      index: kept.index,
      score: finding.score,
      section: kept.section,
      count: 1,
    };
    this.#add([{ ...finding, start: 0, end: length }], {
      text,
      base: 0,
      statement,
      secrets: kept.secrets,
      directives: kept.directives,
    });
  }

  /** A finding in a comment before or behind its statement: only what it is about is shown. */
  #addOutside(finding: Finding, view: StatementView): void {
    const { bytes, base } = this.#stream;
    const { start, end } = finding;
    const text = { bytes: bytes.slice(start, end), offset: base + start, start: this.#placeOf(start) };
    const secrets = finding.rule.code === "X009" ? [{ start: 0, end: end - start }] : [];
    this.#add([finding], { ...view, text, base: start, secrets });
  }

  #add(findings: readonly Finding[], view: StatementView): void {
    for (const finding of findings) {
      if (this.#findings.length >= this.#context.room) this.#dropped++;
      else {this.#findings.push(
          makeFinding(
            this.#context.path,
            finding,
            view,
            this.#context.baseline,
            this.#context.settings.ruleUrl,
          ),
        );}
    }
  }

  #isAdded(line: number, text: StatementText): boolean {
    const { added } = this.#context;
    if (added === undefined) return true;
    let last = line;
    for (const byte of text.bytes) if (byte === 10) last++;
    return touches(added, line, last);
  }

  /** Comments after the last statement may hold directives for the file, or useless ones. */
  #trailingComments(): void {
    const { reader, bytes } = this.#stream;
    const comments = readComments(bytes, reader.tokens);
    if (reader.tokens.length > 0) return;
    for (const directive of comments.directives) {
      if (directive.scope === "file") this.#fileDirectives.push(directive);
      const start = this.#placeOf(directive.start);
      const text = {
        bytes: bytes.slice(directive.start, directive.end),
        offset: this.#offset() + directive.start,
        start,
      };
      this.#unsettled.push({ directive, text, at: this.#index });
    }
  }

  #applyFileDirectives(): void {
    for (const finding of this.#findings) {
      if (finding.suppressed?.kind === "inline") continue;
      const directive = this.#fileDirectives.find((candidate) => covers(candidate, finding.code));
      if (directive === undefined) continue;
      directive.used = true;
      finding.suppressed = {
        kind: "inline",
        ...(directive.reason === undefined ? {} : { reason: directive.reason }),
      };
    }
  }

  #reportDirectives(): void {
    if (this.#context.added !== undefined) return;
    for (const { directive, text, at } of this.#unsettled) {
      const message = directive.unknown.length > 0
        ? `No rule is called ${directive.unknown.join(" or ")}`
        : directive.codes !== "all" && directive.codes.size === 0
        ? "This directive names no rule"
        : directive.used || !this.#allRun(directive)
        ? undefined
        : "This directive suppresses nothing";
      if (message !== undefined) this.#input("M007", message, text, at);
      if (directive.reason === undefined) this.#input("M008", "This directive has no reason", text, at);
    }
  }

  /** Whether every rule that a directive names runs: one that does not cannot show whether it is of use. */
  #allRun({ codes }: Directive): boolean {
    const { risk } = this.#context.settings;
    return codes === "all" || ALL_RULES.every((rule) => !codes.has(rule.code) || isChosen(rule, risk));
  }

  #reportText(): void {
    const { notes } = this;
    const origin = { line: 1, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    const text = { bytes: new Uint8Array(0), offset: 0, start: origin };
    const say = (message: string) => this.#input("M009", message, text, 0);
    if (notes.utf16) say("The file is UTF-16; clients send it as it is, and the server refuses it");
    else if (notes.bom) say("The file begins with a byte order mark");
    if (notes.invalidUtf8 >= 0) say(`Byte ${notes.invalidUtf8} is not UTF-8`);
    if (notes.nul >= 0) say(`Byte ${notes.nul} is a NUL`);
    if (notes.bareReturns >= 0) {
      say("Lines end with bare carriage returns, which do not end a comment in MySQL");
    }
    const { reader } = this.#stream;
    if (this.#insideBody) {
      this.#input("M004", "The body of a stored program is not closed at the end of the file", text, 0);
    } else if (reader.delimited) {
      this.#input("M004", "DELIMITER is not restored at the end of the file", text, 0);
    }
  }

  /** A finding about the file itself. */
  #input(code: string, message: string, text: StatementText, index: number): void {
    const rule = INPUT_RULES.get(code);
    const { settings } = this.#context;
    if (rule === undefined || !isChosen(rule, settings.risk)) return;
    const score = settings.risk.weights.get(code) ?? rule.score;
    const statement = { digestHash: hashDigest(message), index, score, section: this.#section, count: 1 };
    const finding = { rule, score, message, start: 0, end: text.bytes.length };
    this.#add([finding], { text, base: 0, statement, secrets: [], directives: this.#fileDirectives });
  }
}

const INPUT_RULES = new Map(
  ALL_RULES.filter((rule) => rule.scope === "input").map((rule) => [rule.code, rule]),
);

/** Rules about the file itself, by code. */
export function inputRule(code: string) {
  return INPUT_RULES.get(code);
}
