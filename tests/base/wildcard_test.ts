import assert from "node:assert/strict";
import fc from "fast-check";
import { parseWildcard, wildcardCovers } from "../../src/base/wildcard.ts";

const letter = fc.constantFrom("a", "b", "B", ".", "é", "😀");
const text = fc.array(letter, { maxLength: 8 }).map((parts) => parts.join(""));
const pattern = fc.array(fc.oneof(letter, fc.constantFrom("*", "?", "\\*", "\\\\", "**")), {
  minLength: 1,
  maxLength: 8,
}).map((parts) => parts.join(""));

const short = fc.array(fc.constantFrom("a", "b", "*", "?", "\\*"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
const shortText = fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 4 }).map((parts) => parts.join(""));

/** The same pattern as a regular expression. */
function oracle(pattern: string, ignoreCase: boolean): RegExp {
  const source = [...pattern.matchAll(/\\(.)|([\s\S])/gu)].map(([, quoted, plain]) => {
    if (quoted === undefined && plain === "*") return "[^]*";
    if (quoted === undefined && plain === "?") return "[^]";
    return (quoted ?? plain ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  }).join("");
  return new RegExp(`^${source}$`, ignoreCase ? "iu" : "u");
}

Deno.test("a pattern matches what its regular expression does", () => {
  fc.assert(
    fc.property(pattern, text, fc.boolean(), (pattern, text, ignoreCase) => {
      assert.equal(
        parseWildcard(pattern, ignoreCase)?.matches(text),
        oracle(pattern, ignoreCase).test(text),
        `${pattern} on ${text}`,
      );
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a pattern said to cover another one matches all that it does", () => {
  fc.assert(
    fc.property(short, short, fc.array(shortText, { maxLength: 20 }), (outer, inner, texts) => {
      if (!wildcardCovers(outer, inner)) return;
      for (const text of texts) {
        if (parseWildcard(inner)?.matches(text) !== true) continue;
        assert.equal(parseWildcard(outer)?.matches(text), true, `${outer} over ${inner} on ${text}`);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(wildcardCovers("app*", "app_ro*"));
  assert.ok(wildcardCovers("*", "?"));
  assert.ok(!wildcardCovers("?", "*"));
  assert.ok(!wildcardCovers("a\\*", "a*"));
});

Deno.test("an empty pattern and one that ends in a lone backslash are none", () => {
  assert.equal(parseWildcard(""), undefined);
  assert.equal(parseWildcard("a\\"), undefined);
});

Deno.test("a hostile pattern takes no exponential time", () => {
  const matches = parseWildcard(`${"*a".repeat(200)}b`)?.matches("a".repeat(2000));
  assert.equal(matches, false);
});
