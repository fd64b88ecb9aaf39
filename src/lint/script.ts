/** Linting one SQL script, of any size, as a stream. */

import { FileJudge, mayBeRecreated, recreated } from "../risk/file_judge.ts";
import { verdictOf } from "../risk/judge.ts";
import type { StatementPlace } from "../risk/rule.ts";
import type { RuleSet } from "../risk/rule_set.ts";
import { SchemaCatalogue } from "../risk/schema_catalogue.ts";
import { secretSpans } from "../risk/secrets.ts";
import type { Finding, Verdict } from "../risk/verdict.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { digestText, digestTextOf } from "../sql/digest/text.ts";
import { SessionSettings } from "../sql/session/settings.ts";
import type { Span } from "../sql/statement.ts";
import { StatementStream } from "../sql/splitter/statement_stream.ts";
import type { Baseline } from "./baseline.ts";
import { type AddedLines, touches } from "./changes.ts";
import { type DraftFinding, hashDigest, makeFinding, relativeTo, type StatementView } from "./collector.ts";
import { type Directive, readComments, type Section } from "./directives.ts";
import { FileNotes } from "./file_notes.ts";
import { inputFinding, type InputProblem } from "./input_findings.ts";
import { positionAt, type StatementText } from "./locate.ts";
import type { UnreadPart } from "./log_readers.ts";
import type { SourcePosition } from "./model.ts";
import type { FileSettings } from "./settings.ts";
import { fillTemplate, problemAt } from "./template.ts";
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
  /** Tables that earlier migrations of the run have made, and that this one adds to; undefined for a file of its own. */
  readonly schema?: SchemaCatalogue | undefined;
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
  /** What the file's SET statements have set so far. */
  #session: SessionSettings;
  readonly #stream: StatementStream;
  readonly #judges = new Map<Section, FileJudge>();
  readonly #findings: DraftFinding[] = [];
  readonly #fileNotes = new FileNotes();
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
    this.#session = sessionOf(context);
    const options = { ...this.#session.options, clientFile: true };
    this.#stream = new StatementStream(options, context.bytes === 0 ? undefined : context.bytes + 1);
  }

  push(chunk: Uint8Array): void {
    this.#stream.push(chunk);
    this.#read();
    this.#context.progress?.(this.notes.bytes);
  }

  finish(): ScriptResult {
    this.#stream.end();
    this.#read();
    this.#noteSource();
    this.#settleDrop(false);
    this.#trailingComments();
    for (const judge of this.#judges.values()) {
      for (const { place, finding } of judge.end()) this.#late(place, finding);
    }
    this.#reportFile();
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

  #read(): void {
    const { reader } = this.#stream;
    while (this.#stream.next()) {
      this.#noteSource();
      this.#statement();
      reader.setOptions(this.#session.options);
    }
  }

  #noteSource(): void {
    const { source } = this.#stream.reader;
    if (source === undefined) return;
    this.#fileNotes.source({ text: this.#textAt(source.start, source.end), index: this.#index });
  }

  #statement(): void {
    const stream = this.#stream;
    const { reader, bytes } = stream;
    this.#insideBody = reader.insideBody;
    const comments = readComments(bytes, reader.tokens);
    if (comments.section !== undefined) {
      this.#marked = true;
      if (!this.#context.down) this.#section = comments.section;
      // The halves of a migration run apart.
      this.#session = sessionOf(this.#context);
    }
    this.#sections.add(this.#section);
    const position = this.#position();
    const text: StatementText = {
      bytes: bytes.subarray(reader.start, reader.end),
      offset: this.#offset() + reader.start,
      start: position,
    };
    const directives = this.#directives(comments.directives);
    const sql = this.#session.options;
    const head = text.bytes.slice(0, HEAD_BYTES);
    let statement = analyse(bytes, reader.tokens, sql);
    const filled = problemAt(statement) === undefined ? undefined : fillTemplate(bytes, reader, sql);
    if (filled !== undefined) statement = filled.statement;
    const place: KeptPlace = {
      start: text.offset,
      end: this.#offset() + reader.end,
      index: this.#index++,
      head,
      secrets: relativeTo(reader.start, secretSpans(statement, HEAD_BYTES)),
      position,
      section: this.#section,
      directives,
    };
    const step = this.#judge().push(statement, place);
    if (step.recreates !== undefined) this.#settleDrop(step.recreates);
    if (statement.kind === "set") this.#session.applySet(statement.items);
    for (const { place, finding } of step.late) this.#late(place, finding);
    const digest = digestTextOf(bytes, filled?.tokens ?? reader.tokens, sql);
    const secrets = relativeTo(reader.start, secretSpans(statement));
    const mayWait = mayBeRecreated(statement);
    filled?.restore();
    if (filled?.unknown !== undefined) this.#noteTemplate(filled.unknown);
    const verdict = filled?.unknown === undefined
      ? step.verdict
      : verdictOf(step.verdict.findings.filter(isTold));
    const { findings, score } = verdict;
    if (findings.length === 0 || !this.#isAdded(position.line, text)) return;
    const view: StatementView = {
      text: mayWait ? { ...text, bytes: text.bytes.slice() } : text,
      base: reader.start,
      statement: {
        digestHash: hashDigest(digest),
        index: place.index,
        score,
        section: this.#section,
        count: 1,
      },
      secrets,
      directives,
    };
    if (mayWait) this.#waiting = { verdict, view };
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
      const { settings, rules, schema } = this.#context;
      // What takes a migration back begins from what is there after it, and leaves nothing for those that follow.
      const own = schema !== undefined && this.#section === "down" ? new SchemaCatalogue(schema) : schema;
      judge = new FileJudge(settings.risk, rules, own);
      this.#judges.set(this.#section, judge);
    }
    return judge;
  }

  /** Notes directives; those for the next statement are returned. */
  #directives(found: readonly Directive[]): readonly Directive[] {
    if (found.length === 0) return found;
    for (const directive of found) {
      const text = this.#textAt(directive.start, directive.end);
      this.#fileNotes.directive(directive, { text, index: this.#index });
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
      digestHash: hashDigest(digestText(kept.head, this.#session.options)),
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
    const { start, end } = finding;
    const text = this.#textAt(start, end);
    const secrets = finding.rule.code === "X009" ? [{ start: 0, end: end - start }] : [];
    this.#add([finding], { ...view, text, base: start, secrets });
  }

  #add(findings: readonly Finding[], view: StatementView): void {
    const { path, baseline, settings } = this.#context;
    for (const finding of findings) {
      this.#keep(makeFinding(path, finding, view, baseline, settings.ruleUrl));
    }
  }

  #keep(finding: DraftFinding | undefined): void {
    if (finding === undefined) return;
    if (this.#findings.length >= this.#context.room) this.#dropped++;
    else this.#findings.push(finding);
  }

  #noteTemplate({ start, end }: Span): void {
    this.#fileNotes.template(() => ({ text: this.#textAt(start, end), index: this.#index - 1 }));
  }

  /** A copy of a range of the buffer, with its place in the file. */
  #textAt(start: number, end: number): StatementText {
    const bytes = this.#stream.bytes.slice(start, end);
    return { bytes, offset: this.#offset() + start, start: this.#placeOf(start) };
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
    if (reader.tokens.length === 0) this.#directives(comments.directives);
  }

  /** Findings about the file itself. */
  #reportFile(): void {
    const { path, settings, added } = this.#context;
    const notes = this.#fileNotes;
    notes.applyFileDirectives(this.#findings);
    const say = (problem: InputProblem): void => {
      const section = this.#section;
      this.#keep(inputFinding(path, settings, { ...problem, section, directives: notes.fileDirectives }));
    };
    if (added === undefined) { for (const problem of notes.directiveProblems(settings.risk)) say(problem); }
    const { delimited } = this.#stream.reader;
    for (const problem of notes.fileProblems(this.notes, { insideBody: this.#insideBody, delimited })) {
      say(problem);
    }
  }
}

/** The session that a file begins with. */
function sessionOf({ settings }: ScriptContext): SessionSettings {
  const version = Math.max(settings.risk.serverVersion, 80000);
  const serverVersion = `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}.${version % 100}`;
  return new SessionSettings({ serverVersion, collation: UTF8MB4, ignoreSpace: false });
}

/** utf8mb4_0900_ai_ci */
const UTF8MB4 = 255;

/** Whether a finding does not hang on what a template leaves open: the grammar, or that a clause is missing. */
function isTold({ rule }: Finding): boolean {
  return !rule.syntax && !["D001", "D002", "D017", "D018"].includes(rule.code);
}
