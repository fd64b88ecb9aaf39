import { Oddity, T } from "./tokens.ts";

/** Tokens kept of one text; a statement of 64 MB has some ten million at worst, most have twenty. */
const MAX_TOKENS = 1 << 23;

/** Entries kept in the lists of comments and oddities; a text full of either is told by `oddities` and the count. */
const MAX_LISTED = 4096;

/** Tokens above which the arrays are given back after use. */
const RETAINED_TOKENS = 1 << 18;

/**
 * The tokens of one text, in parallel arrays: token `i` has `kind[i]`, and covers bytes `start[i]` up to but not
 * including `end[i]`. Reused: the arrays are valid until the next text is lexed into the same buffer, and may be
 * replaced by larger ones while lexing, so they are read anew after it.
 */
export class TokenBuffer {
  /** See {@link T}. */
  kind: Uint8Array;
  /** Byte offsets. */
  start: Uint32Array;
  /** Byte offsets. */
  end: Uint32Array;
  /** Keyword numbers (keyword_ids.ts); 0 for what is no keyword. */
  keyword: Uint16Array;
  /** Bits of F. */
  flags: Uint8Array;
  /** How many tokens there are. The kind at this index is always {@link T.end}, so that a look-ahead needs no check. */
  length = 0;

  /** Kinds of comments (C), with their byte ranges and the index of the token that follows. */
  commentKind = new Uint8Array(16);
  commentStart = new Uint32Array(16);
  commentEnd = new Uint32Array(16);
  commentToken = new Uint32Array(16);
  commentCount = 0;

  /** Bits of Oddity: all that were met. */
  oddities = 0;
  /** The first oddities, one of Oddity each, and where they are. */
  oddityKind = new Uint16Array(16);
  oddityOffset = new Uint32Array(16);
  oddityCount = 0;

  constructor(capacity = 256) {
    this.kind = new Uint8Array(capacity);
    this.start = new Uint32Array(capacity);
    this.end = new Uint32Array(capacity);
    this.keyword = new Uint16Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  /** Empties it, and gives back the memory that an unusually long text took. */
  clear(): void {
    if (this.kind.length > RETAINED_TOKENS && this.length < this.kind.length >> 3) {
      this.#resize(RETAINED_TOKENS, 0);
    }
    this.length = 0;
    this.commentCount = 0;
    this.oddities = 0;
    this.oddityCount = 0;
    this.kind[0] = T.end;
  }

  /** Makes room for at least one more token; false when there are as many as are ever kept. */
  grow(): boolean {
    if (this.kind.length >= MAX_TOKENS) return false;
    this.#resize(Math.min(this.kind.length * 2, MAX_TOKENS), this.length);
    return true;
  }

  /** Adds to the list of comments. */
  addComment(kind: number, start: number, end: number): void {
    const at = this.commentCount;
    if (at >= this.commentKind.length) {
      if (at >= MAX_LISTED) return;
      this.commentKind = enlarged(this.commentKind, at * 2);
      this.commentStart = enlarged(this.commentStart, at * 2);
      this.commentEnd = enlarged(this.commentEnd, at * 2);
      this.commentToken = enlarged(this.commentToken, at * 2);
    }
    this.commentKind[at] = kind;
    this.commentStart[at] = start;
    this.commentEnd[at] = end;
    this.commentToken[at] = this.length;
    this.commentCount = at + 1;
  }

  /** Adds to the oddities. */
  addOddity(oddity: number, offset: number): void {
    this.oddities |= oddity;
    const at = this.oddityCount;
    if (at >= this.oddityKind.length) {
      if (at >= MAX_LISTED) return;
      this.oddityKind = enlarged(this.oddityKind, at * 2);
      this.oddityOffset = enlarged(this.oddityOffset, at * 2);
    }
    this.oddityKind[at] = oddity;
    this.oddityOffset[at] = offset;
    this.oddityCount = at + 1;
  }

  /** Adds to the oddities where parentheses do not pair. */
  noteParens(): void {
    const { kind, length } = this;
    let depth = 0;
    for (let i = 0; i < length; i++) {
      const one = kind[i];
      if (one === T.leftParen) depth++;
      else if (one === T.rightParen && --depth < 0) {
        return this.addOddity(Oddity.unbalancedParens, this.start[i]!);
      }
    }
    if (depth > 0) this.addOddity(Oddity.unbalancedParens, this.start[length - 1]!);
  }

  #resize(capacity: number, used: number): void {
    this.kind = enlarged(this.kind, capacity, used);
    this.start = enlarged(this.start, capacity, used);
    this.end = enlarged(this.end, capacity, used);
    this.keyword = enlarged(this.keyword, capacity, used);
    this.flags = enlarged(this.flags, capacity, used);
  }
}

function enlarged<A extends Uint8Array | Uint16Array | Uint32Array>(
  array: A,
  capacity: number,
  used = array.length,
): A {
  const copy = new (array.constructor as new (length: number) => A)(capacity);
  copy.set(array.subarray(0, used));
  return copy;
}
