/** Statement shapes, and what was judged of them. */

import { digestTextOf } from "../sql/digest_text.ts";
import { Lexer } from "../sql/lexer.ts";
import type { SqlOptions } from "../sql/options.ts";
import { effectsOf } from "../sql/session_effects.ts";
import type { Statement, StatementKind } from "../sql/statement.ts";
import { statementDigestOf } from "../sql/statement_digest.ts";
import { TokenBuffer } from "../sql/token_buffer.ts";
import type { StatementView, TableUse } from "./policy/policy.ts";
import type { Level } from "./score.ts";
import type { Finding, Verdict } from "./verdict.ts";

/** Characters of normal form that are kept. */
export const MAX_NORMALISED = 4096;
/** Statements up to this long are kept to work their digest out from when it is asked for. */
const MAX_KEPT_BYTES = 4096;

/** What all statements of one shape have in common, whatever their literals. */
export class StatementShape {
  readonly kind: StatementKind;
  /** Stored tables that it names, those in texts that it runs left out. */
  readonly tables: readonly TableUse[];
  /** Bits of `Effect`. */
  readonly effects: number;
  #source: { readonly bytes: Uint8Array; readonly options: SqlOptions } | undefined;
  #names: { readonly digest: string; readonly normalised: string } | undefined;

  /** `tokens` and `bytes` are the statement's own; nothing of them is kept but a copy of a short statement. */
  constructor(statement: Statement, bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions) {
    this.kind = statement.kind;
    this.tables = tablesOf(statement);
    this.effects = effectsOf(statement);
    const from = tokens.length === 0 ? 0 : tokens.start[0]!;
    const to = tokens.length === 0 ? 0 : tokens.end[tokens.length - 1]!;
    // Inside an executable comment the text alone would not be read the same.
    if (to - from <= MAX_KEPT_BYTES && tokens.commentCount === 0) {
      this.#source = { bytes: bytes.slice(from, to), options };
    } else this.#names = namesOf(bytes, tokens, options);
  }

  /** MySQL's STATEMENT_DIGEST(): 64 hexadecimal digits, or empty where it has none. Worked out when first read. */
  get digest(): string {
    return this.#named().digest;
  }

  /** MySQL's STATEMENT_DIGEST_TEXT(), at most {@link MAX_NORMALISED} characters of it. */
  get normalised(): string {
    return this.#named().normalised;
  }

  /** About how many bytes of memory it takes. */
  get weight(): number {
    return 512 + 128 * this.tables.length + (this.#source?.bytes.length ?? MAX_NORMALISED);
  }

  #named() {
    if (this.#names === undefined) {
      const { bytes, options } = this.#source!;
      const tokens = new TokenBuffer();
      new Lexer(options).tokenize(bytes, tokens);
      this.#names = namesOf(bytes, tokens, options);
      this.#source = undefined;
    }
    return this.#names;
  }
}

/** A statement of some shape with its verdict: one object for all statements of the shape that have this verdict. */
export class JudgedStatement implements StatementView, Verdict {
  readonly shape: StatementShape;
  readonly score: number;
  readonly level: Level;
  readonly findings: readonly Finding[];
  /** Room for whoever decides on it, to keep the answer. */
  memo: unknown = undefined;

  constructor(shape: StatementShape, { score, level, findings }: Verdict) {
    this.shape = shape;
    this.score = score;
    this.level = level;
    this.findings = findings;
  }

  get verdict(): Verdict {
    return this;
  }

  get kind(): StatementKind {
    return this.shape.kind;
  }

  get digest(): string {
    return this.shape.digest;
  }

  get tables(): readonly TableUse[] {
    return this.shape.tables;
  }
}

function namesOf(bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions) {
  const text = digestTextOf(bytes, tokens, options);
  return {
    digest: statementDigestOf(bytes, tokens, options),
    normalised: text.length > MAX_NORMALISED ? text.slice(0, MAX_NORMALISED - 3) + "..." : text,
  };
}

function tablesOf(statement: Statement): readonly TableUse[] {
  if (statement.writes.length === 0 && statement.reads.length === 0) return [];
  const uses = new Map<string, TableUse>();
  const add = (
    table: {
      readonly schema?: { readonly text: string } | undefined;
      readonly name: { readonly text: string };
    },
    write: boolean,
  ) => {
    const use = { schema: table.schema?.text, name: table.name.text, write };
    uses.set(`${write ? "w" : "r"} ${use.schema ?? ""}\0${use.name}`, use);
  };
  for (const { table, unresolved } of statement.writes) if (!unresolved) add(table, true);
  for (const { table } of statement.reads) add(table, false);
  return [...uses.values()];
}
