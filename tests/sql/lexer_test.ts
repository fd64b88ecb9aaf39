import assert from "node:assert/strict";
import { KEYWORD_NAMES } from "../../src/sql/keywords.ts";
import { tokenize } from "../../src/sql/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { F, Oddity, T } from "../../src/sql/tokens.ts";

const KIND_NAMES = new Map(Object.entries(T).map(([name, kind]) => [kind as number, name]));

/** Tokens as text: keywords in upper case, everything else as `kind:text`; flags of interest after a `!`. */
function shown(sql: string | Uint8Array, options: Partial<SqlOptions> = {}): string {
  const bytes = typeof sql === "string" ? new TextEncoder().encode(sql) : sql;
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

Deno.test("a statement is read as keywords, names, literals and operators", () => {
  assert.equal(
    shown("select a.b, `c``d`, 'it''s', 1, 1.5, 1e3, x'4D', 0b01 from t where a<=>b and c->>'$.x' := @v"),
    "SELECT identifier:a . identifier:b , quotedIdentifier:`c``d` , string:'it''s' , integer:1 , decimal:1.5 , " +
      "float:1e3 , hexLiteral:x'4D' , bitLiteral:0b01 FROM identifier:t WHERE identifier:a <=> identifier:b AND " +
      "identifier:c ->> string:'$.x' := userVariable:@v",
  );
});

Deno.test("a name after a dot is a name even when it spells a keyword", () => {
  assert.equal(shown("t.select.from"), "identifier:t . identifier:select . identifier:from");
});

Deno.test("a function's name is a keyword only before its parenthesis", () => {
  assert.equal(shown("count(*) count (1)"), "COUNT ( * ) identifier:count ( integer:1 )");
  assert.equal(shown("count (1)", { ignoreSpace: true }), "COUNT ( integer:1 )");
});

Deno.test("an unterminated string is one invalid token to the end", () => {
  const tokens = tokenize(new TextEncoder().encode("SELECT 'a"));
  assert.equal(tokens.kind[1], T.invalid);
  assert.equal(tokens.flags[1]! & F.unterminated, F.unterminated);
  assert.equal(tokens.oddities, Oddity.unterminatedString);
});
