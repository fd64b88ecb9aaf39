/** Judging a text as one client sent it: what the proxy asks for each command. */

import { analyse } from "../sql/analyser/analyse.ts";
import { DigestHasher } from "../sql/digest/hash.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../sql/options.ts";
import { Effect } from "../sql/session/effects.ts";
import { StatementReader } from "../sql/splitter/statement_reader.ts";
import type { Statement } from "../sql/statement.ts";
import { isDecidedByShape, judgeStatement } from "./judge.ts";
import { JudgedStatement, policyFacts, StatementShape } from "./judged_statement.ts";
import { literalClass } from "./literal_class.ts";
import type { RiskOptions, RuleContext } from "./options.ts";
import { RuleSet } from "./rule_set.ts";
import { CLEAN, type Verdict } from "./verdict.ts";
import { VerdictCache } from "./verdict_cache.ts";

/** Shapes whose verdict is kept, by default. */
const CACHED_SHAPES = 8192;
/** Verdicts kept of one shape whose literals matter. */
const MAX_VARIANTS = 8;

/**
 * The verdict on a text: its worst statement's. Where it came from the cache, messages are right and spans are those of
 * the text that was judged first; {@link TextJudge.judgeExactly} gives spans of this text.
 */
export interface TextVerdict extends Verdict {
  readonly statements: readonly JudgedStatement[];
}

/** Settings under which texts are read at a time; clients choose among hundreds. */
const MOST_READERS = 16;
/** Texts from this size on are read with buffers of their own. */
const LARGE_TEXT_BYTES = 256 * 1024;

const EMPTY: TextVerdict = { ...CLEAN, statements: [] };

/** Judges texts under one set of settings; `Memo` is what is kept with each of its statements. Not for use from two threads of work at once; it never waits. */
export class TextJudge<Memo = unknown> {
  /** Statements answered from the cache, and statements judged. */
  readonly counters = { hits: 0, misses: 0 };
  /** Where the text goes on behind the statement that {@link next} judged. */
  resumeAt = 0;

  readonly #context: RuleContext;
  /** The context of a statement that another one of its text comes before. */
  readonly #stackedContext: RuleContext;
  readonly #rules: RuleSet;
  readonly #cache: VerdictCache<Memo>;
  readonly #hasher = new DigestHasher();
  readonly #readers = new Map<SqlOptions, StatementReader>();
  /** The reader of a large text, whose buffers are let go with it. */
  #large: { readonly sql: SqlOptions; readonly reader: StatementReader } | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #sql: SqlOptions = DEFAULT_SQL_OPTIONS;
  #statement: Statement | undefined;

  constructor(options: RiskOptions, cachedShapes = CACHED_SHAPES) {
    this.#context = { options, schema: options.schema, file: undefined };
    this.#stackedContext = { ...this.#context, stacked: true };
    this.#rules = new RuleSet(options);
    this.#cache = new VerdictCache(cachedShapes >> 1);
  }

  /** The verdict on a text of one or more statements. The bytes are not kept. Never throws, whatever they are. */
  judge(bytes: Uint8Array, sql: SqlOptions = DEFAULT_SQL_OPTIONS): TextVerdict {
    const first = this.next(bytes, 0, sql, false);
    if (first === undefined) return EMPTY;
    if (this.resumeAt >= bytes.length) return textOf([first]);
    const judged = [first];
    while (this.resumeAt < bytes.length) {
      const next = this.next(bytes, this.resumeAt, sql, true);
      if (next === undefined) break;
      judged.push(next);
    }
    return textOf(judged);
  }

  /** The verdict on a text by all rules anew, with spans that are the text's own. */
  judgeExactly(bytes: Uint8Array, sql: SqlOptions = DEFAULT_SQL_OPTIONS): TextVerdict {
    const judged: JudgedStatement[] = [];
    const reader = this.#reader(sql, bytes.length);
    for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
      const context = judged.length === 0 ? this.#context : this.#stackedContext;
      const statement = analyse(bytes, reader.tokens, sql);
      const shape = new StatementShape(statement, bytes, reader.tokens, sql);
      judged.push(new JudgedStatement(shape, judgeStatement(statement, this.#rules, context)));
      if (reader.resumeAt >= bytes.length) break;
    }
    return judged.length === 0 ? EMPTY : textOf(judged);
  }

  /**
   * Judges the next statement at or behind `at`: the same object for all of one shape that have the same verdict.
   * Undefined where only white space and comments are left. Then {@link resumeAt} is where the text goes on, and
   * {@link statement} tells the facts. `stacked`: another statement of the text came before.
   */
  next(bytes: Uint8Array, at: number, sql: SqlOptions, stacked: boolean): JudgedStatement<Memo> | undefined {
    const reader = this.#reader(sql, bytes.length);
    this.#bytes = bytes;
    this.#sql = sql;
    this.#statement = undefined;
    const found = reader.next(bytes, at, bytes.length, true);
    this.resumeAt = reader.resumeAt;
    if (!found) return undefined;
    const { tokens } = reader;
    const hasher = this.#hasher;
    hasher.hash(bytes, tokens, sql);
    const literals = literalClass(bytes, tokens);
    const { high } = hasher;
    const low = stacked ? ~hasher.low >>> 0 : hasher.low;
    const known = this.#cache.get(high, low, literals);
    if (known?.judged !== undefined) {
      this.counters.hits++;
      return known.judged;
    }
    this.counters.misses++;
    const context = stacked ? this.#stackedContext : this.#context;
    const statement = analyse(bytes, tokens, sql);
    this.#statement = statement;
    const verdict = judgeStatement(statement, this.#rules, context);
    if (known !== undefined) {
      // What a text that is run names is its own, whatever the shape around it.
      if ((known.shape.effects & Effect.runsText) !== 0) {
        return new JudgedStatement<Memo>(known.shape, verdict, policyFacts(statement));
      }
      return variantOf(known.shape, known.variants, verdict);
    }
    const shape = new StatementShape(statement, bytes, tokens, sql);
    const judged = new JudgedStatement<Memo>(shape, verdict);
    const keep = isDecidedByShape(statement, this.#rules, context);
    this.#cache.set({
      high,
      low,
      literals,
      shape,
      judged: keep ? judged : undefined,
      variants: keep ? [] : [judged],
    });
    return judged;
  }

  /**
   * The facts of the statement that {@link next} judged last. They refer to the bytes given to it, and are to be asked for
   * before anything else is judged.
   */
  statement(): Statement {
    return this.#statement ??= analyse(
      this.#bytes,
      this.#reader(this.#sql, this.#bytes.length).tokens,
      this.#sql,
    );
  }

  #reader(sql: SqlOptions, size: number): StatementReader {
    if (size > LARGE_TEXT_BYTES) {
      if (this.#large?.sql !== sql) this.#large = { sql, reader: new StatementReader(sql) };
      return this.#large.reader;
    }
    this.#large = undefined;
    let reader = this.#readers.get(sql);
    if (reader === undefined) {
      for (const oldest of this.#readers.keys()) {
        if (this.#readers.size < MOST_READERS) break;
        this.#readers.delete(oldest);
      }
      reader = new StatementReader(sql);
      this.#readers.set(sql, reader);
    }
    return reader;
  }
}

/** The object kept for a verdict of this shape, so that what was decided by it is found again. */
function variantOf<Memo>(
  shape: StatementShape,
  variants: JudgedStatement<Memo>[],
  verdict: Verdict,
): JudgedStatement<Memo> {
  for (const variant of variants) if (sameVerdict(variant, verdict)) return variant;
  const judged = new JudgedStatement<Memo>(shape, verdict);
  if (variants.length < MAX_VARIANTS) variants.push(judged);
  return judged;
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  return a.score === b.score && a.findings.length === b.findings.length &&
    a.findings.every((finding, index) => {
      const other = b.findings[index]!;
      return finding.rule === other.rule && finding.score === other.score &&
        finding.message === other.message;
    });
}

function textOf(statements: readonly JudgedStatement[]): TextVerdict {
  const { score, level, findings } = statements.length === 1
    ? statements[0]!
    : statements.reduce((a, b) => (b.score > a.score ? b : a));
  return { score, level, findings, statements };
}
