/** A cursor over the tokens of one statement, with the lists that the clauses fill as it passes. */

import * as K from "../lexer/keyword_ids.ts";
import { isLatelyReserved } from "../lexer/lately_reserved.ts";
import { isReserved, spells } from "../lexer/keywords.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";
import type { SqlOptions } from "../options.ts";
import type {
  Call,
  Clause,
  ColumnReference,
  Expression,
  ExpressionRoot,
  Identifier,
  Logical,
  ObjectName,
  Predicate,
  Problem,
  QueryExpression,
  ReadTable,
  Span,
  Text,
  Variable,
  VariableAssignment,
  WrittenTable,
} from "../statement.ts";
import type { Block } from "./block.ts";
import { ClauseText, decodeBytes, impliedSchema, Name, QualifiedName } from "./nodes.ts";

/** How many levels of parentheses, calls and subqueries are followed. MySQL allows 63 nested queries. */
export const MAX_DEPTH = 300;

/** Problems kept; a text of nothing but problems is told by the first few. */
const MAX_PROBLEMS = 20;

export class Cursor {
  readonly source: Uint8Array;
  readonly options: SqlOptions;
  readonly kind: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly keywords: Uint16Array;
  /** Index of the token looked at. */
  at: number;
  /** Index one past the statement's last token. */
  readonly stop: number;
  /** The statement's first token. */
  readonly from: number;
  /** How many statements this one lies within. */
  readonly level: number;
  /** Levels of nesting entered. */
  depth = 0;
  /** Height of the highest expression parsed since the enclosing operand began. */
  height = 0;

  clause: Clause = "other";
  block: Block | undefined;
  /** Names of the common table expressions in scope, in lower case; the innermost last. */
  readonly cteScope: { readonly key: string; used: boolean }[] = [];
  /** Levels of queries entered. */
  queryDepth = 0;
  /** Counts since the enclosing select item began. */
  aggregates = 0;
  subqueries = 0;

  readonly blocks: Block[] = [];
  readonly queries: QueryExpression[] = [];
  writes: WrittenTable[] = [];
  readonly reads: ReadTable[] = [];
  readonly calls: Call[] = [];
  readonly predicates: Predicate[] = [];
  readonly logicals: Logical[] = [];
  readonly columns: ColumnReference[] = [];
  readonly variables: Variable[] = [];
  readonly variableAssignments: VariableAssignment[] = [];
  readonly expressions: ExpressionRoot[] = [];
  readonly problems: Problem[] = [];

  constructor(
    source: Uint8Array,
    tokens: TokenBuffer,
    options: SqlOptions,
    range: { readonly from: number; readonly stop: number; readonly level: number },
  ) {
    this.source = source;
    this.options = options;
    this.kind = tokens.kind;
    this.starts = tokens.start;
    this.ends = tokens.end;
    this.keywords = tokens.keyword;
    this.at = this.from = range.from;
    this.stop = range.stop;
    this.level = range.level;
  }

  /** The kind of the token looked at, or of one that many further on; `T.end` past the statement. */
  peek(ahead = 0): number {
    const index = this.at + ahead;
    return index < this.stop ? this.kind[index]! : T.end;
  }

  /** The keyword number of the token looked at, or of one further on; 0 for what is no keyword. */
  word(ahead = 0): number {
    const index = this.at + ahead;
    return index < this.stop ? this.keywords[index]! : 0;
  }

  /** Whether a token is an unquoted name or keyword that spells `word` (upper case). For words that are no keywords. */
  spelled(word: string, ahead = 0): boolean {
    const index = this.at + ahead;
    if (index >= this.stop) return false;
    const kind = this.kind[index]!;
    if (kind !== T.identifier && kind !== T.keyword) return false;
    return spells(this.source, this.starts[index]!, this.ends[index]!, word);
  }

  done(): boolean {
    return this.at >= this.stop;
  }

  /** Start of the token looked at; the end of the text after the last one. */
  start(): number {
    return this.at < this.stop ? this.starts[this.at]! : this.lastEnd();
  }

  /** End of the token before the one looked at. */
  lastEnd(): number {
    // A clause may have passed the end by a word; what lies there is left from another text.
    const last = Math.min(this.at, this.stop) - 1;
    return last >= 0 ? this.ends[last]! : 0;
  }

  /** End of what began at `start`: that of the last token passed, or `start` itself where none was. */
  endFrom(start: number): number {
    return Math.max(start, this.lastEnd());
  }

  /** Passes a keyword if it is the next token. */
  take(keyword: number): boolean {
    if (this.at >= this.stop || this.keywords[this.at] !== keyword) return false;
    this.at++;
    return true;
  }

  /** Passes two keywords if they are next. */
  take2(first: number, second: number): boolean {
    if (this.word() !== first || this.word(1) !== second) return false;
    this.at += 2;
    return true;
  }

  /** Passes a punctuation token if it is next. */
  takeKind(kind: number): boolean {
    if (this.at >= this.stop || this.kind[this.at] !== kind) return false;
    this.at++;
    return true;
  }

  /** Passes a word that is no keyword if it is next. */
  takeSpelled(word: string): boolean {
    if (!this.spelled(word)) return false;
    this.at++;
    return true;
  }

  /** Passes a keyword, or notes that it is missing. */
  expect(keyword: number): boolean {
    if (this.take(keyword)) return true;
    this.unexpected();
    return false;
  }

  expectKind(kind: number): boolean {
    if (this.takeKind(kind)) return true;
    this.unexpected();
    return false;
  }

  /** Notes that the token looked at does not belong there. */
  unexpected(): void {
    if (this.done()) {
      this.problem("unexpected-end", this.lastEnd(), this.lastEnd(), "The statement ends too soon");
    } else {
      const start = this.starts[this.at]!;
      const end = this.ends[this.at]!;
      this.problem("unexpected-token", start, end, "Unexpected token");
    }
  }

  problem(code: Problem["code"], start: number, end: number, message: string): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    if (this.problems.length > 0 && this.problems[this.problems.length - 1]!.start === start) return;
    this.problems.push({ code, start, end, message });
  }

  /** Whether a token may be a name where one is wanted. */
  isName(ahead = 0): boolean {
    const index = this.at + ahead;
    if (index >= this.stop) return false;
    const kind = this.kind[index]!;
    if (kind === T.identifier || kind === T.quotedIdentifier) return true;
    if (kind !== T.keyword) return false;
    const keyword = this.keywords[index]!;
    return !isReserved(keyword) || isLatelyReserved(keyword);
  }

  /** The token looked at as a name, whatever it is; passes it. */
  takeName(): Identifier {
    const index = this.at;
    if (index >= this.stop) return this.missingName();
    this.at++;
    const kind = this.kind[index]!;
    const escapes = (kind === T.string || kind === T.nationalString) && !this.options.noBackslashEscapes;
    const quoted = kind === T.quotedIdentifier;
    return new Name(this.source, this.starts[index]!, this.ends[index]!, quoted, escapes);
  }

  /** A name, or a note that there is none. */
  name(): Identifier {
    if (this.isName()) return this.takeName();
    this.unexpected();
    // A reserved word here is most likely meant as a name; anything else stays where it is.
    return this.peek() === T.keyword ? this.takeName() : this.missingName();
  }

  /** A name or a string in its place, as option values and accounts have. */
  nameOrText(): Identifier {
    const kind = this.peek();
    if (kind === T.string || kind === T.nationalString) return this.takeName();
    return this.name();
  }

  missingName(): Identifier {
    const at = this.lastEnd();
    return new Name(this.source, at, at, false);
  }

  /** `[schema.]name`, also `.name`: in the current schema where that is one of the server's own and none is written. */
  objectName(): ObjectName {
    this.takeKind(T.dot);
    const first = this.name();
    if (this.peek() !== T.dot) return this.#inCurrentSchema(first);
    this.at++;
    if (this.done()) {
      this.unexpected();
      return this.#inCurrentSchema(first);
    }
    return new QualifiedName(first, this.takeName());
  }

  /** Notes that a table is read which stands in no FROM. */
  readTable(table: ObjectName): void {
    this.reads.push({ start: table.start, end: table.end, table, alias: undefined, block: undefined });
  }

  #inCurrentSchema(name: Identifier): ObjectName {
    const { systemSchema } = this.options;
    if (systemSchema === undefined) return new QualifiedName(undefined, name);
    return new QualifiedName(impliedSchema(systemSchema, name.start), name);
  }

  /** `(a, b, c)`; the parenthesis must be next. */
  nameList(): Identifier[] {
    const names: Identifier[] = [];
    this.expectKind(T.leftParen);
    while (!this.done() && this.peek() !== T.rightParen) {
      names.push(this.nameOrText());
      if (!this.nextInList()) break;
    }
    this.closeParen();
    return names;
  }

  /** Passes the comma before another item of a list in parentheses; one that nothing follows is noted. */
  nextInList(): boolean {
    if (!this.takeKind(T.comma)) return false;
    if (this.peek() !== T.rightParen) return true;
    this.at--;
    this.unexpected();
    this.at++;
    return false;
  }

  /** `a, b, c` without parentheses. */
  nameSequence(): Identifier[] {
    const names = [this.nameOrText()];
    while (this.takeKind(T.comma)) names.push(this.nameOrText());
    return names;
  }

  /** Passes everything up to and including the parenthesis that closes the group the cursor is in. */
  closeParen(): void {
    if (this.takeKind(T.rightParen)) return;
    this.unexpected();
    this.skipToClose();
    this.takeKind(T.rightParen);
  }

  /** Passes everything up to, not including, the parenthesis that closes the group the cursor is in. */
  skipToClose(): void {
    const from = this.at;
    let depth = 0;
    for (; this.at < this.stop; this.at++) {
      const kind = this.kind[this.at]!;
      if (kind === T.leftParen) depth++;
      else if (kind === T.rightParen && --depth < 0) return this.#noteSkipped(from);
    }
    this.#noteSkipped(from);
    this.problem("unbalanced-parenthesis", this.lastEnd(), this.lastEnd(), "A parenthesis is not closed");
  }

  /** Passes all that is left of the statement. */
  skipRest(): void {
    const from = this.at;
    this.at = this.stop;
    this.#noteSkipped(from);
  }

  /**
   * Notes that something was passed over that a rule might have looked at: a query, a call, an assignment. What is never
   * read must not pass for harmless.
   */
  #noteSkipped(from: number): void {
    for (let index = from; index < this.at; index++) {
      const kind = this.kind[index]!;
      const evaluates = kind === T.assign || this.keywords[index] === K.SELECT ||
        (kind === T.identifier || kind === T.quotedIdentifier) && index + 1 < this.at &&
          this.kind[index + 1] === T.leftParen;
      if (!evaluates) continue;
      return this.problem("not-read", this.starts[index]!, this.ends[index]!, "This part is not understood");
    }
  }

  /** Passes a group in parentheses of which the server takes nothing but names, literals and harmless calls. */
  passGroup(): void {
    if (!this.takeKind(T.leftParen)) return;
    for (let depth = 1; depth > 0 && this.at < this.stop; this.at++) {
      const kind = this.kind[this.at]!;
      if (kind === T.leftParen) depth++;
      else if (kind === T.rightParen) depth--;
    }
  }

  /** Passes a group in parentheses without looking at it; the opening one must be next. */
  skipGroup(): Span {
    const start = this.start();
    if (this.takeKind(T.leftParen)) {
      this.skipToClose();
      this.takeKind(T.rightParen);
    }
    return { start, end: this.lastEnd() };
  }

  /** A string as a clause has it; undefined (and noted) where none is next. */
  text(): Text | undefined {
    const kind = this.peek();
    if (kind !== T.string && kind !== T.nationalString && kind !== T.hexLiteral && kind !== T.dollarString) {
      this.unexpected();
      return undefined;
    }
    const index = this.at++;
    const { starts, ends, options } = this;
    return new ClauseText(this.source, starts[index]!, ends[index]!, !options.noBackslashEscapes);
  }

  /** An unsigned number; undefined (and noted) where none is next. */
  number(): number | undefined {
    const kind = this.peek();
    if (kind !== T.integer && kind !== T.decimal && kind !== T.float && kind !== T.hexLiteral) {
      this.unexpected();
      return undefined;
    }
    const index = this.at++;
    return Number(decodeBytes(this.source, this.starts[index]!, this.ends[index]!));
  }

  /** The words of some tokens, upper case with single spaces. */
  wordsBetween(from: number, to: number): string {
    const words: string[] = [];
    for (let index = from; index < to; index++) {
      words.push(decodeBytes(this.source, this.starts[index]!, this.ends[index]!).toUpperCase());
    }
    return words.join(" ");
  }

  /** The block that one beginning here is nested in. */
  enclosing(): Block | undefined {
    for (let block = this.block; block !== undefined; block = block.parent) {
      if (block.depth < this.queryDepth) return block;
    }
    return undefined;
  }

  /** Registers an expression that is no part of another. */
  root(expression: Expression): Expression {
    this.expressions.push({ clause: this.clause, block: this.block, expression });
    return expression;
  }
}
