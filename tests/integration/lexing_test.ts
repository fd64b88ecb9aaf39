/**
 * The lexer against a real server, where bytes beyond ASCII matter: what ends a string, and what makes a name, in each
 * character set a connection may speak.
 */
import assert from "node:assert/strict";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "../../src/sql/options.ts";
import { T } from "../../src/sql/lexer/tokens.ts";
import { bytes } from "../support/bytes.ts";
import { Random } from "../support/random.ts";
import { startServer, type TestServer } from "../support/servers.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const CHARSETS: readonly SqlCharset[] = [
  "utf8mb4",
  "latin1",
  "gbk",
  "big5",
  "sjis",
  "cp932",
  "gb18030",
  "gb2312",
  "euckr",
  "ujis",
];

/** Bytes that strings are made of here: quotes, escapes, and first bytes of characters of several bytes. */
const SOUP = [
  0x5c,
  0x27,
  0x27,
  0x22,
  0x61,
  0x30,
  0x81,
  0x95,
  0xbf,
  0xe0,
  0xa1,
  0xf0,
  0x8e,
  0x8f,
  0xfe,
  0x60,
  0x20,
  0xc3,
  0xa9,
];

async function login(server: TestServer): Promise<WireClient> {
  await server.createUser({ name: "lexing", password: "secret", plugin: "caching_sha2_password" });
  return await WireClient.login({ host: server.host, port: server.port, user: "lexing", password: "secret" });
}

Deno.test("a string ends where the server says it ends, in every character set", async () => {
  await using server = await startServer({ flavour: "mysql" });
  using client = await login(server);
  const random = new Random(5);
  let compared = 0;
  for (const noBackslashEscapes of [false, true]) {
    await client.query(`SET sql_mode = '${noBackslashEscapes ? "NO_BACKSLASH_ESCAPES" : ""}'`);
    for (const charset of CHARSETS) {
      await client.query(`SET NAMES ${charset}`);
      const options = { ...DEFAULT_SQL_OPTIONS, charset, noBackslashEscapes };
      for (let turn = 0; turn < 400; turn++) {
        const quote = random.pick(["'", '"']);
        const soup = Uint8Array.from(random.some(0, 6, () => random.pick(SOUP)));
        const statement = bytes("SELECT HEX(_binary", quote, soup, quote, ")");
        const expected = hexOf(statement, options);
        const answer = await ask(client, statement);
        if (answer === "other") continue;
        compared++;
        assert.equal(
          expected,
          answer,
          `${charset}${noBackslashEscapes ? " without escapes" : ""} ${statement.toHex()}`,
        );
      }
    }
  }
  assert.ok(compared > 5000, `${compared} strings were compared`);
});

Deno.test("the same bytes make a name here and in the server, in every character set", async () => {
  await using server = await startServer({ flavour: "mysql" });
  using client = await login(server);
  for (const charset of CHARSETS) {
    await client.query(`SET NAMES ${charset}`);
    for (let first = 0x80; first < 0x100; first++) {
      for (const second of [0x20, 0x40, 0x5c, 0x60, 0x7e, 0x81, 0xa1, 0xb0, 0xfe]) {
        for (const before of ["", "x"]) {
          const statement = bytes("SELECT 1 AS ", before, first, second, 0x79);
          const tokens = tokenize(statement, { ...DEFAULT_SQL_OPTIONS, charset });
          const oneName = tokens.length === 4 && tokens.kind[3] === T.identifier;
          const answer = await ask(client, statement);
          if (answer === "other") continue;
          assert.equal(oneName, answer !== "refused", `${charset} ${statement.toHex()}`);
        }
      }
    }
  }
});

/** The server's one value, `refused` for what it cannot parse, `other` where it has another reason to refuse. */
async function ask(client: WireClient, statement: Uint8Array): Promise<string> {
  try {
    return (await client.query(statement))[0]?.[0] ?? "";
  } catch (error) {
    if (error instanceof WireError) return error.errno === 1064 ? "refused" : "other";
    throw error;
  }
}

/** What `SELECT HEX(_binary'..' '..')` gives by our tokens. */
function hexOf(statement: Uint8Array, options: SqlOptions): string {
  const tokens = tokenize(statement, options);
  const { kind, start, end, length } = tokens;
  if (length < 6 || kind[length - 1] !== T.rightParen) return "refused";
  let hex = "";
  for (let i = 4; i < length - 1; i++) {
    if (kind[i] !== T.string) return "refused";
    hex += valueOf(statement.subarray(start[i], end[i]), options).toHex().toUpperCase();
  }
  return hex;
}

/** A string's value, by the manual's table of escapes. */
function valueOf(text: Uint8Array, options: SqlOptions): Uint8Array {
  const quote = text[0]!;
  const value: number[] = [];
  for (let at = 1; at < text.length - 1; at++) {
    const byte = text[at]!;
    const length = characterBytes(text, at, options.charset);
    if (length > 1) {
      value.push(...text.subarray(at, at + length));
      at += length - 1;
    } else if (byte === 0x5c && !options.noBackslashEscapes) {
      const escaped = text[++at]!;
      const known = new Map([[0x6e, 10], [0x74, 9], [0x72, 13], [0x62, 8], [0x30, 0], [0x5a, 26]]);
      if (escaped === 0x5f || escaped === 0x25) value.push(0x5c);
      value.push(known.get(escaped) ?? escaped);
    } else {
      value.push(byte);
      if (byte === quote) at++;
    }
  }
  return Uint8Array.from(value);
}

/** Bytes of the character at `at`, by the code pages' own tables of first and second bytes. */
function characterBytes(text: Uint8Array, at: number, charset: SqlCharset): number {
  if (text[at]! < 0x80 || !["gbk", "big5", "sjis", "cp932", "gb18030"].includes(charset)) return 1;
  const second = text[at + 1] ?? 0;
  const first = text[at]!;
  if (charset === "gb18030" && second >= 0x30 && second <= 0x39) {
    return text[at + 2]! >= 0x81 && text[at + 2]! <= 0xfe && text[at + 3]! >= 0x30 && text[at + 3]! <= 0x39
      ? 4
      : 1;
  }
  const lead = charset === "big5"
    ? first >= 0xa1 && first <= 0xf9
    : charset === "sjis" || charset === "cp932"
    ? (first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xfc)
    : first >= 0x81 && first <= 0xfe;
  const tail = second >= 0x40 && second !== 0x7f && second <= 0xfe &&
    !(charset === "big5" && second > 0x7e && second < 0xa1) &&
    !(charset !== "gbk" && charset !== "gb18030" && charset !== "big5" && second > 0xfc);
  return lead && tail ? 2 : 1;
}
