import type { ExcerptLine, SourcePosition, SourceSpan } from "./model.ts";

/** A statement's bytes and where in its file they begin. */
export interface StatementText {
  readonly bytes: Uint8Array;
  /** Byte offset of `bytes[0]` in the file. */
  readonly offset: number;
  /** Position of `bytes[0]` in the file. */
  readonly start: SourcePosition;
}

/** A byte range within a statement, end exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Longest line of an excerpt, in UTF-16 units, before it is cut to a window around the mark. */
export const MAX_EXCERPT_CHARS = 160;
/** Most lines of an excerpt. */
const MAX_EXCERPT_LINES = 6;

const LF = 0x0a;
const CR = 0x0d;
const REDACTED = "***";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The position `offset` bytes into `from.bytes`. Bytes that are not UTF-8 count as one character each. */
export function positionAt(from: StatementText, offset: number): SourcePosition {
  const { bytes } = from;
  const end = Math.min(Math.max(offset, 0), bytes.length);
  let { line, byteColumn, utf16Column, charColumn } = from.start;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) {
      line++;
      byteColumn = utf16Column = charColumn = 1;
      continue;
    }
    byteColumn++;
    // A continuation byte belongs to the character before it; a four-byte character is two UTF-16 units.
    if (byte >= 0x80 && byte < 0xc0 && continues(bytes, at)) continue;
    charColumn++;
    utf16Column += byte >= 0xf0 && isLead(bytes, at) ? 2 : 1;
  }
  return { line, byteColumn, utf16Column, charColumn };
}

/** The span of a byte range of a statement, in the file's terms. An end before the start is taken as the start. */
export function spanOf(from: StatementText, range: ByteRange): SourceSpan {
  const end = Math.max(range.start, range.end);
  return {
    startByte: from.offset + range.start,
    endByte: from.offset + end,
    start: positionAt(from, range.start),
    end: positionAt(from, end),
  };
}

/**
 * The lines to show for a finding: those the range touches, with up to two lines of the statement before, at most
 * {@link MAX_EXCERPT_LINES}, long lines cut around the mark. Bytes in `redact` are replaced by `***`; a cut never
 * shows part of them.
 */
export function excerptOf(
  from: StatementText,
  range: ByteRange,
  redact: readonly ByteRange[] = [],
): readonly ExcerptLine[] {
  const { bytes } = from;
  const first = lineStart(bytes, Math.min(range.start, bytes.length));
  let begin = first;
  for (let context = 0; context < 2 && begin > 0; context++) begin = lineStart(bytes, begin - 1);
  const lines: ExcerptLine[] = [];
  let line = positionAt(from, begin).line;
  for (let at = begin; at <= bytes.length && lines.length < MAX_EXCERPT_LINES;) {
    const end = lineEnd(bytes, at);
    const excerpt = excerptLine(bytes, at, end, line, range, redact);
    const blank = excerpt.text.trim() === "";
    if (!(blank && lines.length === 0 && at < first)) lines.push(excerpt);
    if (end >= bytes.length) break;
    at = end + (bytes[end] === CR && bytes[end + 1] === LF ? 2 : 1);
    if (at >= range.end && at > first) break;
    line++;
  }
  return lines;
}

/** One line [start, end) as it may be shown. */
function excerptLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
  range: ByteRange,
  redact: readonly ByteRange[],
): ExcerptLine {
  // Only a window is decoded, so that a line of a megabyte costs no more than a short one.
  const marked = range.start < end && range.end > start ? range : undefined;
  const focus = marked === undefined ? start : Math.max(marked.start, start);
  let from = start;
  if (end - start > MAX_EXCERPT_CHARS * 4 || focus - start > MAX_EXCERPT_CHARS - 40) {
    const markBytes = marked === undefined ? 0 : Math.min(marked.end, end) - focus;
    if (focus - start + Math.min(markBytes, 40) > MAX_EXCERPT_CHARS) from = Math.max(start, focus - 40);
  }
  while (from > start && continues(bytes, from)) from--;
  for (const secret of redact) {
    if (secret.start < from && secret.end > from) from = Math.max(start, secret.start);
  }
  let to = Math.min(end, from + MAX_EXCERPT_CHARS);
  while (to < end && to > from && continues(bytes, to)) to--;

  let text = "";
  let markStart: number | undefined;
  let markEnd: number | undefined;
  const cuts = [...redact].sort((a, b) => a.start - b.start);
  let at = from;
  const put = (until: number): void => {
    if (until <= at) return;
    if (marked !== undefined) {
      if (markStart === undefined && marked.start < until) {
        const before = Math.max(at, marked.start);
        text += decoder.decode(bytes.subarray(at, before));
        at = before;
        markStart = text.length;
      }
      if (markStart !== undefined && markEnd === undefined && marked.end <= until) {
        const before = Math.max(at, marked.end);
        text += decoder.decode(bytes.subarray(at, before));
        at = before;
        markEnd = text.length;
      }
    }
    text += decoder.decode(bytes.subarray(at, until));
    at = until;
  };
  for (const secret of cuts) {
    if (secret.end <= at || secret.start >= to || secret.end <= secret.start) continue;
    put(Math.max(at, secret.start));
    if (marked !== undefined && markStart === undefined && marked.start < secret.end) markStart = text.length;
    text += REDACTED;
    at = secret.end;
    if (markStart !== undefined && markEnd === undefined && (marked?.end ?? 0) <= secret.end) {
      markEnd = text.length;
    }
  }
  put(to);
  const shown = {
    line,
    text,
    cutStart: from > start,
    cutEnd: Math.max(at, to) < end,
  };
  return markStart === undefined
    ? shown
    : { ...shown, mark: { start: markStart, end: markEnd ?? text.length } };
}

function lineStart(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at > 0) {
    const before = bytes[at - 1];
    if (before === LF || (before === CR && bytes[at] !== LF)) break;
    at--;
  }
  return at;
}

function lineEnd(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Whether the byte at `at` continues a character of up to four bytes that begins before it. */
function continues(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80 || byte >= 0xc0) return false;
  for (let back = 1; back <= 3; back++) {
    const before = bytes[at - back];
    if (before === undefined) return false;
    if (before >= 0xc2) return back < (before >= 0xf0 ? 4 : before >= 0xe0 ? 3 : 2);
    if (before < 0x80 || before >= 0xc0) return false;
  }
  return false;
}

/** Whether a byte of 0xf0 and above begins a whole four-byte character. */
function isLead(bytes: Uint8Array, at: number): boolean {
  for (let next = 1; next <= 3; next++) {
    const byte = bytes[at + next] ?? 0;
    if (byte < 0x80 || byte >= 0xc0) return false;
  }
  return (bytes[at] ?? 0) < 0xf5;
}
