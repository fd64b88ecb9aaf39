import { S, SYMBOL_TEXT } from "./symbols.ts";
import { DigestReducer } from "./reducer.ts";
import { Lexer } from "../lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "../options.ts";
import { TokenBuffer } from "../lexer/token_buffer.ts";

/** Bytes of a name beyond which MySQL prints "..." in its place. */
const LONGEST_NAME_BYTES = 64;
const AT_SYMBOL = 1100 + 64;

/** The text that MySQL's STATEMENT_DIGEST_TEXT() gives for one statement. */
export function digestText(bytes: Uint8Array, options: SqlOptions = DEFAULT_SQL_OPTIONS): string {
  const tokens = new TokenBuffer();
  new Lexer(options).tokenize(bytes, tokens);
  return digestTextOf(bytes, tokens, options);
}

/** {@link digestText} of tokens `first` to `last` that have been read already. */
export function digestTextOf(
  bytes: Uint8Array,
  tokens: TokenBuffer,
  options: SqlOptions,
  first = 0,
  last = tokens.length,
): string {
  const reducer = new DigestReducer();
  reducer.reduce(bytes, tokens, options, first, last);
  let text = "";
  let space = false;
  for (let i = 0; i < reducer.length; i++) {
    const symbol = reducer.symbol[i]!;
    if (symbol === S.identifier || symbol === S.identifierAt) {
      const from = reducer.from[i]!;
      const to = reducer.to[i]!;
      const name = nameBytes(bytes, from, to);
      if (name.length > LONGEST_NAME_BYTES) {
        if (space) text += " ";
        space = false;
        text += "...";
        continue;
      }
      const shown = decodeName(name, options.charset);
      if (shown === "") continue;
      if (space) text += " ";
      text += "`" + shown + "`";
      space = symbol === S.identifier;
      continue;
    }
    if (space) text += " ";
    text += symbol === S.columnNumber ? String(reducer.from[i]!) : SYMBOL_TEXT[symbol] ?? "(unknown)";
    space = symbol !== AT_SYMBOL;
  }
  return text;
}

/** A name's bytes without its quotes, doubled ones made single. */
export function nameBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const quote = bytes[from]!;
  if (quote !== 0x60 && quote !== 0x22) return bytes.subarray(from, to);
  const inner = bytes.subarray(from + 1, to - 1);
  if (!inner.includes(quote)) return inner;
  const copy = new Uint8Array(inner.length);
  let length = 0;
  for (let i = 0; i < inner.length; i++) {
    copy[length++] = inner[i]!;
    if (inner[i] === quote) i++;
  }
  return copy.subarray(0, length);
}

/** Names of decoders; those of sets that have none are read as latin1. */
const LABELS: Readonly<Partial<Record<SqlCharset, string>>> = {
  utf8mb4: "utf-8",
  cp1250: "windows-1250",
  cp1251: "windows-1251",
  cp1256: "windows-1256",
  cp1257: "windows-1257",
  cp866: "ibm866",
  greek: "iso-8859-7",
  hebrew: "iso-8859-8",
  koi8r: "koi8-r",
  koi8u: "koi8-u",
  latin2: "iso-8859-2",
  latin7: "iso-8859-13",
  macroman: "macintosh",
  gbk: "gbk",
  big5: "big5",
  sjis: "shift_jis",
  cp932: "shift_jis",
  gb18030: "gb18030",
  gb2312: "gbk",
  euckr: "euc-kr",
  ujis: "euc-jp",
};

/** A name as text; empty where it cannot be shown in MySQL's utf8mb3, as it has it. */
function decodeName(name: Uint8Array, charset: SqlCharset): string {
  let ascii = true;
  for (let i = 0; i < name.length && ascii; i++) ascii = name[i]! < 0x80;
  if (ascii) return String.fromCharCode(...name);
  try {
    const text = new TextDecoder(LABELS[charset] ?? "windows-1252", { fatal: true, ignoreBOM: true }).decode(
      name,
    );
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0xd800 && unit <= 0xdfff) return "";
    }
    return text;
  } catch {
    return "";
  }
}
