import assert from "node:assert/strict";
import { KEYWORD_NAMES } from "../../src/sql/lexer/keywords.ts";
import { Lexer, tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { TokenBuffer } from "../../src/sql/lexer/token_buffer.ts";
import { C, F, Oddity, T } from "../../src/sql/lexer/tokens.ts";

const KIND_NAMES = new Map(Object.entries(T).map(([name, kind]) => [kind as number, name]));

function bytesOf(sql: string | Uint8Array): Uint8Array {
  return typeof sql === "string" ? new TextEncoder().encode(sql) : sql;
}

/** Tokens as text: keywords in upper case, operators as they are, everything else as `kind:text`. */
function shown(sql: string | Uint8Array, options: Partial<SqlOptions> = {}): string {
  const bytes = bytesOf(sql);
  const tokens = tokenize(bytes, { ...DEFAULT_SQL_OPTIONS, ...options });
  const parts: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const text = new TextDecoder("latin1").decode(bytes.subarray(tokens.start[i], tokens.end[i]));
    const kind = tokens.kind[i]!;
    if (kind === T.keyword) parts.push(KEYWORD_NAMES[tokens.keyword[i]!]!);
    else if (kind > 32) parts.push(text);
    else parts.push(`${KIND_NAMES.get(kind)}:${text}`);
  }
  return parts.join(" ");
}

function oddities(sql: string | Uint8Array, options: Partial<SqlOptions> = {}): number {
  return tokenize(bytesOf(sql), { ...DEFAULT_SQL_OPTIONS, ...options }).oddities;
}

/** What MySQL 9.7 was seen to do with unusual text, one row each: the text, its tokens, and settings. */
const UNUSUAL: readonly (readonly [string, string, Partial<SqlOptions>?])[] = [
  // Versioned comments: code when the version says so.
  ["/*!1+*/ 41", "integer:1 + integer:41"],
  ["/*!50000 1+*/ 41", "integer:1 + integer:41"],
  ["/*!00000 1+*/41", "integer:1 + integer:41"],
  ["/*!080034 1+*/ 41", "integer:1 + integer:41"],
  ["/*!5 */ 41", "integer:5 integer:41"],
  ["/*!99999 1+*/ 41", "integer:41"],
  ["/*!990000 1+*/ 41", "integer:41"],
  ["/*!0803400 1+*/41", "integer:00 integer:1 + integer:41"],
  ["/*!50000 1+ /* c */ 2+ */ 41", "integer:1 + integer:2 + integer:41"],
  ["/*!99999 1 /* c */ 2 */ 41", "integer:41"],
  ["/*!50000 1 /*!50000 + */ 2", "integer:1 + integer:2"],
  ["/*!100100 1+*/ 41", "integer:41"],
  ["/*!100100 1+*/ 41", "integer:1 + integer:41", { dialect: "mariadb", serverVersion: 101106 }],
  ["/*M!100100 1+*/ 41", "integer:1 + integer:41", { dialect: "mariadb", serverVersion: 101106 }],
  ["/*M! 1+*/ 41", "integer:41"],
  ["/*!50701 1+*/ 41", "integer:41", { dialect: "mariadb", serverVersion: 101106 }],
  // Line comments.
  ["1--1", "integer:1 - - integer:1"],
  ["1--", "integer:1"],
  ["1--\x01 2\n+3", "integer:1 + integer:3"],
  ["1-- x\r+2", "integer:1"],
  ["1# x\r+2\n+3", "integer:1 + integer:3"],
  // White space.
  ["1\x0b+\x0c2", "integer:1 + integer:2"],
  // Numbers that vanish, and numbers that end early.
  ["1.e(SELECT 5)", "( SELECT integer:5 )"],
  ["t 1.e.u", "identifier:t . identifier:u"],
  ["1e0UNION SELECT 2", "float:1e0 UNION SELECT integer:2"],
  ["1.UNION SELECT 2", "decimal:1. UNION SELECT integer:2"],
  ["1UNION", "identifier:1UNION"],
  ["1..2", "decimal:1. decimal:.2"],
  [
    "0xAF 0XAF 0x 0b2 0b1 0xAFg",
    "hexLiteral:0xAF identifier:0XAF identifier:0x identifier:0b2 bitLiteral:0b1 identifier:0xAFg",
  ],
  ["1e+ 1e5 1e+5x", "identifier:1e + float:1e5 float:1e+5 identifier:x"],
  // Strings.
  ["'a' 'b'\n\"c\"", "string:'a' string:'b' string:\"c\""],
  [
    "_latin1'ab' _utf8mb4 0x61 _nosuch'a'",
    "charsetIntroducer:_latin1 string:'ab' charsetIntroducer:_utf8mb4 hexLiteral:0x61 identifier:_nosuch string:'a'",
  ],
  [
    "x'6162' X'61' b'01' N'z' n'y'",
    "hexLiteral:x'6162' hexLiteral:X'61' bitLiteral:b'01' nationalString:N'z' nationalString:n'y'",
  ],
  ["'a\\'b' 'c''d'", "string:'a\\'b' string:'c''d'"],
  ["'a\\' , ' UNION'", "string:'a\\' , string:' UNION'", { noBackslashEscapes: true }],
  ['"id"', 'string:"id"'],
  ['"i""d"', 'quotedIdentifier:"i""d"', { ansiQuotes: true }],
  // No white space needed.
  ["SELECT(1)FROM(u)", "SELECT ( integer:1 ) FROM ( identifier:u )"],
  ["`id`FROM`u`", "quotedIdentifier:`id` FROM quotedIdentifier:`u`"],
  ["SELECT{x 1}", "SELECT { identifier:x integer:1 }"],
  ["SELECT+1 SELECT!0", "SELECT + integer:1 SELECT ! integer:0"],
  // Calls.
  ["sleep (0) count (*) count(*)", "identifier:sleep ( integer:0 ) identifier:count ( * ) COUNT ( * )"],
  ["count (*)", "COUNT ( * )", { ignoreSpace: true }],
  // Operators that swallow a character.
  ["!!1", "!! integer:1"],
  ["1=!0", "integer:1 invalid:=! integer:0"],
  ["!!1=!0", "! ! integer:1 = ! integer:0", { dialect: "mariadb", serverVersion: 101106 }],
  [
    "a<=>b a<>b a!=b a<=b a>=b a<<b a>>b a:=b",
    "identifier:a <=> identifier:b identifier:a <> identifier:b identifier:a != identifier:b identifier:a <= identifier:b identifier:a >= identifier:b identifier:a << identifier:b identifier:a >> identifier:b identifier:a := identifier:b",
  ],
  [
    "a->'$.x' a->>'$.x' a&&b a||b",
    "identifier:a -> string:'$.x' identifier:a ->> string:'$.x' identifier:a && identifier:b identifier:a || identifier:b",
  ],
  // Names.
  [
    "t.select.from `t`.5 t.5",
    "identifier:t . identifier:select . identifier:from quotedIdentifier:`t` decimal:.5 identifier:t . identifier:5",
  ],
  ["1a$ $x a$b", "identifier:1a$ identifier:$x identifier:a$b"],
  ["$$a$$ $t$ '$t$", "dollarString:$$a$$ dollarString:$t$ '$t$"],
  // Variables.
  [
    "@a @`b c` @'d' @a.b @@x @@global.select @",
    "userVariable:@a userVariable:@`b c` userVariable:@'d' userVariable:@a.b systemVariable:@@ identifier:x systemVariable:@@ GLOBAL . identifier:select userVariable:@",
  ],
  ["u@'%' u@localhost", "identifier:u userVariable:@'%' identifier:u userVariable:@localhost"],
  // Placeholders.
  ["? :name a:b", "placeholder:? : NAME identifier:a : identifier:b"],
  [":name", "placeholder::name", { namedPlaceholders: true }],
  ["\\N", "invalid:\\ identifier:N"],
  ["\\N", "NULL", { dialect: "mariadb", serverVersion: 101106 }],
];

for (const [sql, expected, options] of UNUSUAL) {
  Deno.test(`${JSON.stringify(sql)} is read as MySQL reads it${options === undefined ? "" : ` (${JSON.stringify(options)})`}`, () => {
    assert.equal(shown(sql, options), expected);
  });
}

Deno.test("a statement is read as keywords, names, literals and operators", () => {
  assert.equal(
    shown("select a.b, `c``d`, 'it''s', 1, 1.5, 1e3, x'4D', 0b01 from t where a<=>b and c->>'$.x' := @v"),
    "SELECT identifier:a . identifier:b , quotedIdentifier:`c``d` , string:'it''s' , integer:1 , decimal:1.5 , " +
      "float:1e3 , hexLiteral:x'4D' , bitLiteral:0b01 FROM identifier:t WHERE identifier:a <=> identifier:b AND " +
      "identifier:c ->> string:'$.x' := userVariable:@v",
  );
});

Deno.test("every keyword is found in any case, and none by a piece of it", () => {
  for (const [number, name] of KEYWORD_NAMES.entries()) {
    if (number === 0) continue;
    for (const text of [name, name.toLowerCase(), name[0] + name.slice(1).toLowerCase()]) {
      const tokens = tokenize(bytesOf(`${text}(`));
      assert.equal(tokens.keyword[0], number, text);
    }
    assert.notEqual(tokenize(bytesOf(`${name}_(`)).keyword[0], number);
    assert.equal(tokenize(bytesOf(`\`${name}\``)).keyword[0], 0);
  }
});

Deno.test("a backslash or a quote within a character of gbk, big5, sjis, cp932, gb18030 is no escape", () => {
  for (const charset of ["gbk", "big5", "gb18030", "sjis", "cp932"] as const) {
    const lead = charset === "sjis" || charset === "cp932" ? 0x95 : 0xbf;
    const sql = Uint8Array.of(0x27, lead, 0x5c, 0x27, 0x20, 0x4f, 0x52);
    assert.match(shown(sql, { charset }), /^string:\S+ OR$/, charset);
    assert.match(shown(sql, { charset: "utf8mb4" }), /^invalid:/);
    assert.match(shown(sql, { charset: "latin1" }), /^invalid:/);
  }
});

Deno.test("0xA0 is white space in latin1 alone", () => {
  const sql = Uint8Array.of(0x31, 0xa0, 0x2b, 0x32);
  assert.equal(shown(sql, { charset: "latin1" }), "integer:1 + integer:2");
  assert.notEqual(shown(sql), "integer:1 + integer:2");
  assert.equal(oddities("1\u00a0+2") & Oddity.spaceLookalike, Oddity.spaceLookalike);
});

Deno.test("what is not in order is told", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["SELECT 'a", Oddity.unterminatedString],
    ["SELECT `a", Oddity.unterminatedIdentifier],
    ["SELECT 1 /* a", Oddity.unterminatedComment],
    ["SELECT 1 /*! + 1", Oddity.unterminatedComment],
    ["SELECT \0", Oddity.nulByte],
    ["SELECT (1", Oddity.unbalancedParens],
    ["SELECT 1)", Oddity.unbalancedParens],
    ["SELECT )1(", Oddity.unbalancedParens],
    ["SELECT 1.e(2)", Oddity.droppedNumber],
    ["SELECT x'4'", Oddity.malformedLiteral],
    ["SELECT b'2'", Oddity.malformedLiteral],
    ["SELECT '\u202e'", Oddity.bidiCharacter],
    ["SELECT 1 -- \u2066", Oddity.bidiCharacter],
    ["SELECT a\u200bb", Oddity.zeroWidthCharacter],
    ["SELECT /* /* */ 1", Oddity.nestedComment],
    ["SELECT \\", Oddity.strayCharacter],
  ];
  for (const [sql, oddity] of cases) assert.equal(oddities(sql), oddity, sql);
  assert.equal(oddities("SELECT 'é', `é`, é, (1) /* fine */ -- too"), 0);
});

Deno.test("an unterminated string is one invalid token to the end", () => {
  const tokens = tokenize(bytesOf("SELECT 'a FROM"));
  assert.equal(tokens.length, 2);
  assert.equal(tokens.kind[1], T.invalid);
  assert.equal(tokens.flags[1]! & F.unterminated, F.unterminated);
});

Deno.test("comments are listed with their kind, range and the token that follows", () => {
  const sql = "SELECT/*+ BKA(t) */ 1 /*+ x */, /*vt+ A=1 */ 2 /*! + 3 */ -- end\n/*!99999 y */";
  const tokens = tokenize(bytesOf(sql));
  const listed = Array.from({ length: tokens.commentCount }, (_, i) => [
    tokens.commentKind[i],
    sql.slice(tokens.commentStart[i], tokens.commentEnd[i]),
    tokens.commentToken[i],
  ]);
  assert.deepEqual(listed, [
    [C.hint, "/*+ BKA(t) */", 1],
    [C.strayHint, "/*+ x */", 2],
    [C.directive, "/*vt+ A=1 */", 3],
    [C.executable, "/*! + 3 */", 4],
    [C.line, "-- end", 6],
    [C.skipped, "/*!99999 y */", 6],
  ]);
  assert.equal(tokens.flags[4]! & F.inExecutableComment, F.inExecutableComment);
  assert.equal(tokens.flags[3]! & F.inExecutableComment, 0);
});

Deno.test("flags tell white space, escapes, bytes beyond ASCII and double quotes", () => {
  const tokens = tokenize(bytesOf("a b/**/'c\\n'(\"d\"é"));
  assert.deepEqual([...tokens.flags.subarray(0, tokens.length)], [
    0,
    F.spaceBefore,
    F.spaceBefore | F.escaped,
    0,
    F.doubleQuoted,
    F.nonAscii,
  ]);
});

Deno.test("a buffer is good for text after text, and tokens are the same in any buffer", () => {
  const lexer = new Lexer();
  const tokens = new TokenBuffer(2);
  for (const sql of ["SELECT 1", "", "'a", "SELECT /*! 1", "SELECT 2 FROM t", "(".repeat(5000), "x"]) {
    lexer.tokenize(bytesOf(sql), tokens);
    const fresh = tokenize(bytesOf(sql));
    assert.equal(tokens.length, fresh.length);
    assert.deepEqual(tokens.kind.subarray(0, tokens.length + 1), fresh.kind.subarray(0, fresh.length + 1));
    assert.deepEqual(tokens.end.subarray(0, tokens.length), fresh.end.subarray(0, fresh.length));
    assert.equal(tokens.oddities, fresh.oddities);
    assert.equal(tokens.kind[tokens.length], T.end);
  }
});
