/** Comments that speak to querycop: what to ignore, and which half of a migration follows. */

import { findRule } from "../risk/registry.ts";
import { type MarkerSection, readMarker } from "../sql/lexer/client_text.ts";
import type { TokenBuffer } from "../sql/lexer/token_buffer.ts";
import { C } from "../sql/lexer/tokens.ts";

/** One `querycop-ignore` or `querycop-ignore-file`. */
export interface Directive {
  readonly scope: "statement" | "file";
  /** Byte offsets in the source the comment was read from. */
  readonly start: number;
  readonly end: number;
  /** Codes of the rules named; `all` for every rule. */
  readonly codes: ReadonlySet<string> | "all";
  /** Words that name no rule. */
  readonly unknown: readonly string[];
  readonly reason: string | undefined;
  /** Set when it suppressed something. */
  used: boolean;
}

/** Which half of a migration a comment says begins. */
export type Section = MarkerSection;

/** What the comments around one statement say. */
export interface CommentNotes {
  readonly directives: readonly Directive[];
  /** The last section marker among them. */
  readonly section: Section | undefined;
}

const NONE: CommentNotes = { directives: [], section: undefined };

/** Longest comment that is looked into. */
const LONGEST = 2048;

const DIRECTIVE = /\bquerycop-ignore(-file)?\b[ \t]*([^:\r\n]*?)(?::[ \t]*([^\r\n]*?))?\s*(?:\*\/)?\s*$/;

/** Reads the comments that lie among or before the tokens. */
export function readComments(bytes: Uint8Array, tokens: TokenBuffer): CommentNotes {
  if (tokens.commentCount === 0) return NONE;
  let directives: Directive[] | undefined;
  let section: Section | undefined;
  for (let index = 0; index < tokens.commentCount; index++) {
    const kind = tokens.commentKind[index];
    if (kind !== C.line && kind !== C.block) continue;
    const start = tokens.commentStart[index] ?? 0;
    const end = tokens.commentEnd[index] ?? 0;
    if (end - start > LONGEST) continue;
    const text = decoder.decode(bytes.subarray(start, end));
    if (kind === C.line) section = readMarker(bytes, start, end)?.section ?? section;
    const directive = parseDirective(text, start, end);
    if (directive !== undefined) (directives ??= []).push(directive);
  }
  return directives === undefined && section === undefined ? NONE : { directives: directives ?? [], section };
}

/** A directive from a comment's text; undefined where there is none. */
function parseDirective(text: string, start: number, end: number): Directive | undefined {
  if (!text.includes("querycop-ignore")) return undefined;
  const match = DIRECTIVE.exec(text);
  if (match === null) return undefined;
  const words = (match[2] ?? "").split(/[\s,]+/).filter((word) => word !== "");
  const codes = new Set<string>();
  const unknown: string[] = [];
  for (const word of words) {
    const rule = findRule(word);
    if (rule !== undefined) codes.add(rule.code);
    else if (word.toLowerCase() !== "all") unknown.push(word);
  }
  const reason = match[3]?.trim();
  return {
    scope: match[1] === undefined ? "statement" : "file",
    start,
    end,
    codes: words.some((word) => word.toLowerCase() === "all") ? "all" : codes,
    unknown,
    reason: reason === "" ? undefined : reason,
    used: false,
  };
}

/** Whether a directive covers a rule. */
export function covers(directive: Directive, code: string): boolean {
  return directive.codes === "all" || directive.codes.has(code);
}

const decoder = new TextDecoder();
