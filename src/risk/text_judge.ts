/** Judging a text as one client sent it: what the proxy asks for each command. */

import { analyse } from "../sql/analyser/analyse.ts";
import { DigestHasher } from "../sql/digest_hash.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../sql/options.ts";
import { StatementReader } from "../sql/statement_reader.ts";
import type { Statement, StatementKind } from "../sql/statement.ts";
import { isDecidedByShape, judgeStatement } from "./judge.ts";
import { literalClass } from "./literal_class.ts";
import type { RiskOptions, RuleContext } from "./options.ts";
import { RuleSet } from "./rule_set.ts";
import { CLEAN, type Verdict } from "./verdict.ts";
import { VerdictCache } from "./verdict_cache.ts";

/** Shapes whose verdict is kept, by default. */
const CACHED_SHAPES = 8192;

/** One statement of a text. */
export interface StatementVerdict extends Verdict {
  readonly kind: StatementKind;
}

/**
 * The verdict on a text: its worst statement's. Where it came from the cache, messages are right and spans are those of
 * the text that was judged first; {@link TextJudge.judgeExactly} gives spans of this text.
 */
export interface TextVerdict extends Verdict {
  readonly statements: readonly StatementVerdict[];
}

const EMPTY: TextVerdict = { ...CLEAN, statements: [] };

/** Judges texts under one set of settings. Not for use from two threads of work at once; it never waits. */
export class TextJudge {
  /** Texts answered from the cache, and texts judged. */
  readonly counters = { hits: 0, misses: 0 };

  readonly #context: RuleContext;
  /** The context of a statement that another one of its text comes before. */
  readonly #stackedContext: RuleContext;
  readonly #rules: RuleSet;
  readonly #cache: VerdictCache;
  readonly #hasher = new DigestHasher();
  readonly #readers = new WeakMap<SqlOptions, StatementReader>();

  constructor(options: RiskOptions, cachedShapes = CACHED_SHAPES) {
    this.#context = { options, schema: options.schema, file: undefined };
    this.#stackedContext = { ...this.#context, stacked: true };
    this.#rules = new RuleSet(options);
    this.#cache = new VerdictCache(cachedShapes >> 1);
  }

  /** The verdict on a text of one or more statements. The bytes are not kept. Never throws, whatever they are. */
  judge(bytes: Uint8Array, sql: SqlOptions = DEFAULT_SQL_OPTIONS): TextVerdict {
    const reader = this.#reader(sql);
    if (!reader.next(bytes, 0, bytes.length, true)) return EMPTY;
    const first = this.#judgeNext(reader, bytes, sql, this.#context);
    let verdicts: TextVerdict[] | undefined;
    while (reader.resumeAt < bytes.length && reader.next(bytes, reader.resumeAt, bytes.length, true)) {
      (verdicts ??= [first]).push(this.#judgeNext(reader, bytes, sql, this.#stackedContext));
    }
    return verdicts === undefined ? first : worstOf(verdicts);
  }

  /** The verdict on a text by all rules anew, with spans that are the text's own. */
  judgeExactly(bytes: Uint8Array, sql: SqlOptions = DEFAULT_SQL_OPTIONS): TextVerdict {
    const verdicts: TextVerdict[] = [];
    const reader = this.#reader(sql);
    for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
      const context = verdicts.length === 0 ? this.#context : this.#stackedContext;
      verdicts.push(this.#judgeStatement(analyse(bytes, reader.tokens, sql), context));
      if (reader.resumeAt >= bytes.length) break;
    }
    return verdicts.length === 0 ? EMPTY : worstOf(verdicts);
  }

  #judgeNext(reader: StatementReader, bytes: Uint8Array, sql: SqlOptions, context: RuleContext): TextVerdict {
    const { tokens } = reader;
    const hasher = this.#hasher;
    hasher.hash(bytes, tokens, sql);
    const literals = literalClass(bytes, tokens);
    const { high } = hasher;
    const low = context.stacked === true ? ~hasher.low >>> 0 : hasher.low;
    const known = this.#cache.get(high, low, literals);
    if (known?.verdict !== undefined) {
      this.counters.hits++;
      return known.verdict;
    }
    this.counters.misses++;
    const statement = analyse(bytes, tokens, sql);
    const verdict = this.#judgeStatement(statement, context);
    if (known === undefined) {
      const keep = isDecidedByShape(statement, this.#rules, context);
      this.#cache.set(high, low, literals, keep ? verdict : undefined);
    }
    return verdict;
  }

  #judgeStatement(statement: Statement, context: RuleContext): TextVerdict {
    const { score, level, findings } = judgeStatement(statement, this.#rules, context);
    return { score, level, findings, statements: [{ kind: statement.kind, score, level, findings }] };
  }

  #reader(sql: SqlOptions): StatementReader {
    let reader = this.#readers.get(sql);
    if (reader === undefined) {
      reader = new StatementReader(sql);
      this.#readers.set(sql, reader);
    }
    return reader;
  }
}

function worstOf(verdicts: readonly TextVerdict[]): TextVerdict {
  const worst = verdicts.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    score: worst.score,
    level: worst.level,
    findings: worst.findings,
    statements: verdicts.flatMap((verdict) => verdict.statements),
  };
}
