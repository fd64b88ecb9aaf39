/**
 * Statements of a template: what stands for a name or a value is filled in for judging, in place and in the same number
 * of bytes, so that spans stay those of the file.
 */

import { analyse } from "../sql/analyser/analyse.ts";
import { Lexer } from "../sql/lexer/lexer.ts";
import { TokenBuffer } from "../sql/lexer/token_buffer.ts";
import type { SqlOptions } from "../sql/options.ts";
import type { Span, Statement } from "../sql/statement.ts";

/** A statement as it is judged with its markers filled in. */
export interface FilledStatement {
  readonly statement: Statement;
  readonly tokens: TokenBuffer;
  /** The first marker of which it cannot be told what stands there: a whole clause, or anything else. */
  readonly unknown: Span | undefined;
  /** Puts the file's own bytes back; facts that have not been read yet are lost. */
  restore(): void;
}

/** A longer statement is filled in by what stands around its markers alone, and not tried in several ways. */
const LONGEST_TRIED = 65_536;
const LONGEST = 1 << 20;
const MOST_TRIES = 48;

/** What a marker is taken for. A clause and a control word of the template leave nothing. */
type Filling = "name" | "value" | "number" | "clause" | "control";

interface Slot extends Span {
  filling: Filling;
  readonly choices: readonly Filling[];
}

/** Quoted texts and comments first: what is in them is no marker. */
const PARTS = new RegExp(
  [
    /'(?:[^'\\]|\\[\s\S])*'/,
    /"(?:[^"\\]|\\[\s\S])*"/,
    /`[^`]*`/,
    /--[ \t][^\n]*/,
    /\/\*[\s\S]*?\*\//,
    // Words of control: Jinja and Go, ERB, MyBatis.
    /(?<control>\{%[\s\S]*?%\}|<%(?!=)[\s\S]*?%>|<\/?(?:if|foreach|where|set|choose|when|otherwise|trim|include)\b[^>]*>)/,
    /(?<marker>\$\{[^{}\n]*\}|\{\{[\s\S]*?\}\}|<%=[\s\S]*?%>|#\{[^{}\n]*\}|\$\(\w+\)|%\(\w+\)[sd]|%[sd]\b|(?<![\w:]):[A-Za-z_]\w*|@[A-Za-z_][\w.]*@|\{[A-Za-z_]\w*\})/,
  ].map(({ source }) => source).join("|"),
  "g",
);
const MAY_HOLD =
  /\$[{(]|\{\{|\{%|<%|#\{|%[sd(]|:\w|@[\w.]+@|\{\w+\}|<\/?(?:if|foreach|where|set|choose|when)\b/;

/** Words before which a name stands, and those before which a value does. */
const BEFORE_NAME =
  /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|EXISTS|VIEW|INDEX|KEY|ON|DATABASE|SCHEMA|USE|COLUMN|CHANGE|MODIFY|ADD|DROP|TO|AS|REFERENCES|CONSTRAINT|TRUNCATE|CALL|PROCEDURE|FUNCTION|TRIGGER|EVENT|CHARSET|COLLATE|ENGINE|AFTER|USER)\s*$/i;
const BEFORE_VALUE =
  /(?:[=<>!(,+*/%|&-]|\b(?:WHERE|AND|OR|NOT|SELECT|SET|VALUES?|IN|LIKE|LIMIT|OFFSET|INTERVAL|BY|THEN|ELSE|WHEN|CASE|BETWEEN|RETURN|DEFAULT|COMMENT|IS|HAVING|XOR|DIV|MOD|REGEXP|RLIKE|DISTINCT))\s*$/i;

/**
 * Fills in the markers between two offsets. Undefined where there are none, or the statement is too long; the bytes are
 * unchanged then.
 */
export function fillTemplate(
  bytes: Uint8Array,
  { start, end }: Span,
  sql: SqlOptions,
): FilledStatement | undefined {
  if (end - start > LONGEST) return undefined;
  const original = bytes.slice(start, end);
  const text = latin1.decode(original);
  if (!MAY_HOLD.test(text)) return undefined;
  const slots = slotsIn(text);
  if (slots.length === 0) return undefined;
  const lexer = new Lexer(sql);
  const read = () => {
    bytes.set(original, start);
    for (const slot of slots) fill(bytes, start, slot);
    const tokens = new TokenBuffer();
    lexer.tokenize(bytes, tokens, start, end);
    return { statement: analyse(bytes, tokens, sql), tokens };
  };
  let best = read();
  if (end - start <= LONGEST_TRIED) {
    for (let tries = 0; tries < MOST_TRIES && problemAt(best.statement) !== undefined;) {
      // The last marker before what could not be read is what could not be read.
      const at = (problemAt(best.statement) ?? end) - start;
      const slot = slots.findLast((candidate) => candidate.start <= at && candidate.choices.length > 1) ??
        slots.find((candidate) => candidate.choices.length > 1);
      if (slot === undefined) break;
      const before = slot.filling;
      let better = before;
      for (const choice of slot.choices) {
        if (choice === before) continue;
        slot.filling = choice;
        tries++;
        const next = read();
        if (isFurther(problemAt(next.statement), problemAt(best.statement))) {
          best = next;
          better = choice;
        }
      }
      slot.filling = better;
      if (better === before) break;
    }
    // The bytes are those of the last try, which need not be the best.
    best = read();
  }
  const unread = problemAt(best.statement);
  const unknown = unread !== undefined ? slots[0] : slots.find(({ filling }) => filling === "clause");
  return {
    ...best,
    unknown: unknown === undefined ? undefined : { start: start + unknown.start, end: start + unknown.end },
    restore: () => bytes.set(original, start),
  };
}

function slotsIn(text: string): Slot[] {
  const slots: Slot[] = [];
  for (const match of text.matchAll(PARTS)) {
    const { control, marker } = match.groups ?? {};
    const at = match.index;
    const end = at + match[0].length;
    if (control !== undefined) slots.push({ start: at, end, filling: "control", choices: ["control"] });
    else if (marker !== undefined) {
      const choices = choicesFor(text.slice(Math.max(0, at - 64), at), text.slice(end, end + 1));
      slots.push({ start: at, end, filling: choices[0] ?? "name", choices });
    }
  }
  return slots;
}

/** What a marker may stand for between two texts, most likely first. */
function choicesFor(before: string, after: string): readonly Filling[] {
  if (/[\w$`."']$/.test(before) || /[\w$`."']/.test(after)) return ["name", "number"];
  if (BEFORE_NAME.test(before)) return ["name", "value", "number", "clause"];
  if (BEFORE_VALUE.test(before)) return ["value", "name", "number", "clause"];
  return before.trim() === "" ? ["clause", "name"] : ["clause", "name", "value"];
}

function fill(bytes: Uint8Array, base: number, { start, end, filling }: Slot): void {
  const [first, rest] = filling === "name"
    ? [0x78, 0x78]
    : filling === "value"
    ? [0x3f, 0x20]
    : filling === "number"
    ? [0x31, 0x20]
    : [0x20, 0x20];
  bytes.fill(rest, base + start, base + end);
  bytes[base + start] = first;
}

/** Where a statement can no longer be read; undefined where it is read to its end. */
export function problemAt(statement: Statement): number | undefined {
  if (statement.kind === "unknown") return statement.start;
  const [problem] = statement.problems;
  return problem?.start;
}

function isFurther(a: number | undefined, b: number | undefined): boolean {
  return b !== undefined && (a === undefined || a > b);
}

const latin1 = new TextDecoder("latin1");
