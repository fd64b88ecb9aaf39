import { JudgedStatement } from "../risk/judged_statement.ts";
import { verdictOf } from "../risk/judge.ts";
import { unknownDynamicText } from "../risk/rules/security/unknown_dynamic_text.ts";
import { hidesAscii } from "../sql/lexer/charset.ts";
import { inSchema } from "../sql/options.ts";
import { Effect } from "../sql/session/effects.ts";
import type { SessionSettings } from "../sql/session/settings.ts";
import type { Expression, Statement, StatementOf } from "../sql/statement.ts";
import { followEffects } from "./follow_effects.ts";
import type { NamedStatements } from "./named_statements.ts";
import type { GateJudge, GateStatement, Part } from "./statement_decision.ts";

/** What a session has prepared by PREPARE. */
export interface SessionTexts {
  /** Effects of the texts, bits of `Effect`. */
  readonly prepares: number;
  readonly named: NamedStatements;
}

/** What a session is once a text has run. */
export interface After {
  readonly settings: SessionSettings;
  readonly schema: string;
  /** What else may be the current schema, where the text can be read in several ways. */
  readonly others: readonly string[];
  /** Each schema that the text makes the current one: it may end behind any of them. */
  readonly uses: readonly string[];
}

/** Why a text is refused of which not every reading was gone through. */
export const TOO_AMBIGUOUS =
  "there are too many ways to read this text, since sql_mode or the character set are in doubt; SET them first";

/** Readings of one text that are gone through at most, where settings are in doubt again and again. */
const MOST_READINGS = 256;
/** Bytes gone through for them; a long text in doubt would keep everybody waiting. */
const MOST_READ_BYTES = 128 * 1024 * 1024;
/** Texts within texts that are followed. */
const MOST_LEVELS = 3;
const encoder = new TextEncoder();

/** Goes through a text statement by statement as the server will, each under the settings that those before it leave. */
export class TextReading {
  readonly parts: Part[] = [];
  /** Bits of `Effect` of its statements, those of texts that it runs left out. */
  effects = 0;
  /** Effects of the texts that it names by PREPARE. */
  prepares: number;
  /** What is named by PREPARE once it has run. */
  named: NamedStatements;
  /** Statements of the text itself. */
  statements = 0;
  /** Not every way to read it was gone through: it may hold anything. */
  tooAmbiguous = false;

  readonly #judge: GateJudge;
  /** What user variables hold when the text runs is not known: it is being prepared. */
  readonly #later: boolean;
  #readings = 0;
  #readBytes = 0;
  #level = 0;

  constructor(judge: GateJudge, session: SessionTexts, later: boolean) {
    this.#judge = judge;
    this.prepares = session.prepares;
    this.named = session.named;
    this.#later = later;
  }

  /** Reads a whole text. What is given stays as it is. `alternative`: it has been read with another schema. */
  read(bytes: Uint8Array, settings: SessionSettings, schema: string, alternative = false): After {
    return this.#walk(bytes, 0, settings, schema, false, alternative);
  }

  #walk(
    bytes: Uint8Array,
    from: number,
    before: SessionSettings,
    beforeSchema: string,
    stacked: boolean,
    alternative: boolean,
  ): After {
    let settings = before;
    let schema = beforeSchema;
    const uses: string[] = [];
    for (let at = from; at < bytes.length;) {
      if (settings.uncertain) {
        const rest = this.#readEveryWay(bytes, at, settings, schema, stacked, alternative);
        return { ...rest, uses: [...uses, ...rest.uses] };
      }
      let judged = this.#judge.next(bytes, at, inSchema(settings.options, schema), stacked);
      at = this.#judge.resumeAt;
      if (judged === undefined) break;
      const { effects } = judged.shape;
      const place = this.parts.length;
      if (effects !== 0) {
        const statement = this.#judge.statement();
        if (settings === before) settings = before.fork();
        if ((effects & Effect.runsText) !== 0) {
          judged = statement.kind === "set" && statement.inner !== undefined
            ? this.#followInner(statement, statement.inner, judged, settings, schema)
            : this.#followText(statement, judged, settings, schema, alternative);
        }
        if (statement.kind === "prepare") {
          this.named = this.named.with(statement.name.key, this.parts.slice(place), alternative);
        } else if (statement.kind === "execute" && statement.name !== undefined) {
          // Decided on as what it runs, each time that it runs.
          const { workload } = settings;
          for (const part of this.named.find(statement.name.key)) {
            this.parts.push({ ...part, workload, alternative });
          }
        }
        followEffects(statement, effects, settings, this.prepares);
        if (statement.kind === "use" && this.#level === 0) uses.push(schema = statement.schema.text);
      }
      if (this.#level === 0) {
        this.effects |= effects;
        if (!alternative) this.statements++;
      }
      this.parts.splice(place, 0, { judged, schema, workload: settings.workload, alternative });
      stacked = true;
    }
    return { settings, schema, others: [], uses };
  }

  #readEveryWay(
    bytes: Uint8Array,
    at: number,
    settings: SessionSettings,
    schema: string,
    stacked: boolean,
    alternative: boolean,
  ): After {
    let after: After | undefined;
    this.tooAmbiguous ||= settings.unreadable;
    for (const reading of settings.readings(at === 0 ? bytes : bytes.subarray(at))) {
      this.#readBytes += bytes.length - at;
      const tooMuch = after !== undefined && this.#readBytes > MOST_READ_BYTES;
      if (++this.#readings > MOST_READINGS || tooMuch) {
        this.tooAmbiguous = true;
        break;
      }
      const one = this.#walk(bytes, at, reading, schema, stacked, alternative || after !== undefined);
      if (after === undefined) after = one;
      else {
        after.settings.blur(one.settings);
        after = {
          ...after,
          others: [...new Set([...after.others, one.schema, ...one.others])],
          uses: [...new Set([...after.uses, ...one.uses])],
        };
      }
    }
    return after ?? { settings: settings.fork(), schema, others: [], uses: [] };
  }

  /**
   * Judges what SET STATEMENT is for once more, under the settings that it has while it runs: the texts that it runs, and
   * the body of a program that it makes, are read under those.
   */
  #followInner(
    { bytes, items, variableAssignments }: StatementOf<"set">,
    inner: Statement,
    judged: GateStatement,
    settings: SessionSettings,
    schema: string,
  ): GateStatement {
    const during = settings.fork();
    during.applySet(items, variableAssignments.length > 0);
    const outer = this.effects;
    this.effects = 0;
    this.#level++;
    this.#walk(bytes.subarray(inner.start, inner.end), 0, during, schema, false, true);
    this.#level--;
    if ((this.effects & (Effect.settings | Effect.opaque)) !== 0) settings.doubt(true);
    this.effects = outer;
    return judged;
  }

  /** Judges the text that a statement runs, where it is known, as a part of its own. */
  #followText(
    statement: Statement,
    judged: GateStatement,
    settings: SessionSettings,
    schema: string,
    alternative: boolean,
  ): GateStatement {
    const source = textSource(statement);
    if (source === undefined) return judged;
    const text = typeof source === "string"
      ? source
      : this.#later || this.#level > 0
      ? undefined
      : settings.textOf(source);
    const unclear = text === undefined || this.#level >= MOST_LEVELS ||
      hidesAscii(settings.options.charset) && !isAscii(text);
    const outer = this.effects;
    this.effects = 0;
    if (unclear) {
      if (statement.nested.length === 0) this.effects = ANY;
    } else {
      const inner = settings.fork();
      inner.forgetVariables();
      this.#level++;
      const from = this.parts.length;
      this.#walk(encoder.encode(text), 0, inner, schema, false, alternative);
      this.#level--;
      for (const part of this.parts.slice(from)) this.effects |= part.judged.shape.effects;
    }
    if (statement.kind === "prepare") this.prepares |= this.effects;
    else if ((this.effects & (Effect.settings | Effect.opaque)) !== 0) settings.doubt(true);
    this.effects = outer;
    return unclear || statement.nested.length > 0 ? judged : withKnownText(judged);
  }
}

const ANY = Effect.settings | Effect.variables | Effect.forgets | Effect.opaque;

/** The text that a statement prepares or executes, or the expression that gives it. */
function textSource(statement: Statement): string | Expression | undefined {
  switch (statement.kind) {
    case "prepare":
    case "execute-immediate":
      return statement.text?.value ?? statement.from;
    case "call":
      return statement.routine.name.key === "execute_prepared_stmt" ? statement.args[0] : undefined;
    default:
      return undefined;
  }
}

/** A statement that runs a text, without the complaint that the text is not known. */
function withKnownText(judged: GateStatement): GateStatement {
  const findings = judged.findings.filter(({ rule }) => rule !== unknownDynamicText);
  const { kinds, tables } = judged;
  return new JudgedStatement(judged.shape, verdictOf(findings), { kinds, tables, tablesUncertain: false });
}

function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\x7f]*$/.test(text);
}
