/** Statement shapes, and what was judged of them. */

import type { DigestOrNone } from "../contract/digest.ts";
import { digestTextOf } from "../sql/digest/text.ts";
import { Lexer } from "../sql/lexer/lexer.ts";
import type { SqlOptions } from "../sql/options.ts";
import { effectsOf } from "../sql/session/effects.ts";
import type { Statement, StatementKind } from "../sql/statement.ts";
import { statementDigestOf } from "../sql/digest/digest.ts";
import { TokenBuffer } from "../sql/lexer/token_buffer.ts";
import type { StatementView, TableUse } from "./policy/policy.ts";
import { viewStatement } from "./policy/statement_view.ts";
import type { Level } from "./score.ts";
import { CLEAN, type Finding, type Verdict } from "./verdict.ts";

/** Characters of normal form that are kept. */
export const MAX_NORMALISED = 4096;
/** Statements up to this long are kept to work their digest out from when it is asked for. */
const MAX_KEPT_BYTES = 4096;

/** What all statements of one shape have in common, whatever their literals. */
export class StatementShape {
  readonly kind: StatementKind;
  /** What a policy looks at beside verdict and digest; where a text is run, that of the first statement seen. */
  readonly facts: PolicyFacts;
  /** Bits of `Effect`. */
  readonly effects: number;
  #source: { readonly bytes: Uint8Array; readonly options: SqlOptions } | undefined;
  #names: { readonly digest: DigestOrNone; readonly normalised: string } | undefined;

  /** `tokens` and `bytes` are the statement's own; nothing of them is kept but a copy of a short statement. */
  constructor(statement: Statement, bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions) {
    this.kind = statement.kind;
    this.facts = policyFacts(statement);
    this.effects = effectsOf(statement);
    const from = tokens.length === 0 ? 0 : tokens.start[0]!;
    const to = tokens.length === 0 ? 0 : tokens.end[tokens.length - 1]!;
    // Inside an executable comment the text alone would not be read the same.
    if (to - from <= MAX_KEPT_BYTES && tokens.commentCount === 0) {
      this.#source = { bytes: bytes.slice(from, to), options };
    } else this.#names = namesOf(bytes, tokens, options);
  }

  /** MySQL's STATEMENT_DIGEST(): 64 hexadecimal digits, or empty where it has none. Worked out when first read. */
  get digest(): DigestOrNone {
    return this.#named().digest;
  }

  /** MySQL's STATEMENT_DIGEST_TEXT(), at most {@link MAX_NORMALISED} characters of it. */
  get normalised(): string {
    return this.#named().normalised;
  }

  /** About how many bytes of memory it takes. */
  get weight(): number {
    return 512 + 128 * this.facts.tables.length + (this.#source?.bytes.length ?? MAX_NORMALISED);
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

/** The part of a {@link StatementView} that the statement's facts alone decide. */
export type PolicyFacts = Pick<StatementView, "kinds" | "tables" | "tablesUncertain">;

/**
 * A statement of some shape with its verdict: one object for all statements of the shape that have this verdict. `Memo` is
 * what the code that decides on it keeps there.
 */
export class JudgedStatement<Memo = unknown> implements StatementView, Verdict {
  readonly shape: StatementShape;
  readonly score: number;
  readonly level: Level;
  readonly findings: readonly Finding[];
  readonly kinds: readonly StatementKind[];
  readonly tables: readonly TableUse[];
  readonly tablesUncertain: boolean;
  /** Room for the code that decides on it to keep the answer. */
  memo: Memo | undefined = undefined;

  constructor(shape: StatementShape, { score, level, findings }: Verdict, facts: PolicyFacts = shape.facts) {
    this.shape = shape;
    this.score = score;
    this.level = level;
    this.findings = findings;
    this.kinds = facts.kinds;
    this.tables = facts.tables;
    this.tablesUncertain = facts.tablesUncertain;
  }

  get verdict(): Verdict {
    return this;
  }

  get kind(): StatementKind {
    return this.shape.kind;
  }

  get digest(): DigestOrNone {
    return this.shape.digest;
  }
}

/** What a policy looks at in a statement beside its verdict and digest. */
export function policyFacts(statement: Statement): PolicyFacts {
  const { kinds, tables, tablesUncertain } = viewStatement(statement, CLEAN, "");
  return { kinds, tables, tablesUncertain };
}

function namesOf(bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions) {
  const text = digestTextOf(bytes, tokens, options);
  return {
    digest: statementDigestOf(bytes, tokens, options) as DigestOrNone,
    normalised: text.length > MAX_NORMALISED ? text.slice(0, MAX_NORMALISED - 3) + "..." : text,
  };
}
