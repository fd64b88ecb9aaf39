/** The bytes of an input as statements are read from: decoded where they are UTF-16, with what is odd about them. */

/** What is odd about an input's bytes. */
export interface TextNotes {
  /** A byte order mark stands at the start. */
  bom: boolean;
  /** It was UTF-16 and was decoded; offsets are those of the UTF-8 text. */
  utf16: boolean;
  /** Offset of the first byte that is not UTF-8; -1 for none. */
  invalidUtf8: number;
  /** Offset of the first NUL; -1 for none. */
  nul: number;
  /** Lines end with bare carriage returns: offset of the first; -1 where there are line feeds. */
  bareReturns: number;
  /** Bytes read. */
  bytes: number;
  /** The first bytes look like no text at all: what they look like instead. */
  binary: string | undefined;
}

/** Length of UTF-8's byte order mark. */
export const BOM_BYTES = 3;
const BYTES_LOOKED_AT = 8192;
/** Above this share of control characters the first bytes are no text. */
const MOST_CONTROL = 0.1;

/**
 * Passes chunks on, noting what is odd. A byte order mark is left out and UTF-16 is decoded.
 * Nothing is passed on once `notes.binary` is set.
 */
export async function* readText(
  chunks: AsyncIterable<Uint8Array>,
  notes: TextNotes,
): AsyncGenerator<Uint8Array> {
  let first = true;
  let utf16: TextDecoder | undefined;
  const check = new Utf8Check(notes);
  for await (const raw of withHead(chunks)) {
    let chunk = raw;
    if (first) {
      first = false;
      utf16 = utf16Decoder(raw);
      notes.utf16 = utf16 !== undefined;
      notes.binary = utf16 === undefined ? binaryKind(raw.subarray(0, BYTES_LOOKED_AT)) : undefined;
      if (notes.binary !== undefined) return;
      notes.bom = utf16 !== undefined || (raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf);
    }
    if (utf16 !== undefined) chunk = new TextEncoder().encode(utf16.decode(raw, { stream: true }));
    check.push(chunk);
    notes.bytes += raw.length;
    if (notes.bytes === raw.length && notes.bom && utf16 === undefined) chunk = chunk.subarray(BOM_BYTES);
    yield chunk;
  }
  check.end();
}

/** The chunks, of which the first is long enough to be looked at, if there is as much. */
async function* withHead(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      if (chunk.length > 0) yield chunk;
      continue;
    }
    const joined: Uint8Array = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    if (head.length < BYTES_LOOKED_AT) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** Notes with nothing odd yet. */
export function emptyNotes(): TextNotes {
  return { bom: false, utf16: false, invalidUtf8: -1, nul: -1, bareReturns: -1, bytes: 0, binary: undefined };
}

/** Looks for bytes that are not UTF-8, NULs and line ends, over chunks. */
class Utf8Check {
  readonly #notes: TextNotes;
  #offset = 0;
  #feeds = false;
  /** Continuation bytes still due, where the character began, and the range of the next byte. */
  #due = 0;
  #began = 0;
  #low = 0x80;
  #high = 0xbf;

  constructor(notes: TextNotes) {
    this.#notes = notes;
  }

  push(chunk: Uint8Array): void {
    const notes = this.#notes;
    if (notes.nul < 0) {
      const nul = chunk.indexOf(0);
      if (nul >= 0) notes.nul = this.#offset + nul;
    }
    if (!this.#feeds) {
      this.#feeds = chunk.includes(10);
      const cr = this.#feeds ? -1 : chunk.indexOf(13);
      if (this.#feeds) notes.bareReturns = -1;
      else if (cr >= 0 && notes.bareReturns < 0) notes.bareReturns = this.#offset + cr;
    }
    if (notes.invalidUtf8 < 0 && (this.#due > 0 || !isAscii(chunk))) this.#scan(chunk);
    this.#offset += chunk.length;
  }

  end(): void {
    if (this.#due > 0 && this.#notes.invalidUtf8 < 0) this.#notes.invalidUtf8 = this.#began;
  }

  /** The Unicode standard's table 3-7, byte by byte. */
  #scan(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#due > 0) {
        if (byte < this.#low || byte > this.#high) {
          this.#notes.invalidUtf8 = this.#began;
          this.#due = 0;
          return;
        }
        this.#due--;
        this.#low = 0x80;
        this.#high = 0xbf;
      } else if (byte > 0x7f) {
        this.#began = this.#offset + at;
        if (byte < 0xc2 || byte > 0xf4) {
          this.#notes.invalidUtf8 = this.#began;
          return;
        }
        this.#due = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
        this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
      }
    }
  }
}

/** Whether all bytes are below 128; four at a time where the chunk is aligned. */
function isAscii(chunk: Uint8Array): boolean {
  const aligned = chunk.byteOffset % 4 === 0 ? chunk.length >> 2 : 0;
  const words = new Int32Array(chunk.buffer, aligned === 0 ? 0 : chunk.byteOffset, aligned);
  for (let at = 0; at < aligned; at++) if ((words[at]! & 0x80808080) !== 0) return false;
  for (let at = aligned << 2; at < chunk.length; at++) if (chunk[at]! > 127) return false;
  return true;
}

function utf16Decoder(bytes: Uint8Array): TextDecoder | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be");
  return undefined;
}

const MAGIC: readonly (readonly [string, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["an executable", [0x7f, 0x45, 0x4c, 0x46]],
  ["PDF", [0x25, 0x50, 0x44, 0x46]],
  ["an image", [0x89, 0x50, 0x4e, 0x47]],
];

/** What the first bytes of an input look like where that is no text. */
function binaryKind(head: Uint8Array): string | undefined {
  for (const [name, magic] of MAGIC) if (magic.every((byte, index) => head[index] === byte)) return name;
  let control = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) control++;
  return control > head.length * MOST_CONTROL ? "binary data" : undefined;
}
