import assert from "node:assert/strict";
import fc from "fast-check";
import { excerptOf, MAX_EXCERPT_CHARS, positionAt, spanOf } from "../../src/lint/locate.ts";

const encoder = new TextEncoder();
const ORIGIN = { line: 1, byteColumn: 1, utf16Column: 1, charColumn: 1 };

function textOf(text: string) {
  return { bytes: encoder.encode(text), offset: 0, start: ORIGIN };
}

Deno.test("positions agree with counting bytes, UTF-16 units and code points of the line's text", () => {
  const unit = fc.constantFrom("a", " ", "é", "日", "😀", "\n", "\r\n", "\u0000", "`");
  fc.assert(fc.property(fc.array(unit), fc.array(unit), (before, after) => {
    // CR and LF of one line end are never parted here: no byte of SQL that a finding starts at stands between them.
    const text = before.join("");
    const line = text.split(/\r\n|\n/).at(-1) ?? "";
    assert.deepEqual(positionAt(textOf(text + after.join("")), encoder.encode(text).length), {
      line: text.split(/\r\n|\n/).length,
      byteColumn: encoder.encode(line).length + 1,
      utf16Column: line.length + 1,
      charColumn: [...line].length + 1,
    });
  }));
});

Deno.test("bytes that are not UTF-8 count one column each", () => {
  const text = {
    bytes: Uint8Array.of(0x61, 0xff, 0xbf, 0xc3, 0x28, 0xf0, 0x9f, 0x62),
    offset: 0,
    start: ORIGIN,
  };
  assert.deepEqual(positionAt(text, 8).byteColumn, 9);
  assert.ok(positionAt(text, 8).utf16Column <= 9);
});

Deno.test("a statement that starts within a line keeps that line's columns", () => {
  const start = { line: 3, byteColumn: 12, utf16Column: 11, charColumn: 10 };
  const span = spanOf({ bytes: encoder.encode("DROP\nTABLE t"), offset: 40, start }, { start: 0, end: 12 });
  assert.deepEqual(span.start, start);
  assert.deepEqual(span.end, { line: 4, byteColumn: 8, utf16Column: 8, charColumn: 8 });
  assert.deepEqual([span.startByte, span.endByte], [40, 52]);
});

Deno.test("no byte of a redacted range is ever shown, however lines are cut", () => {
  const word = fc.stringMatching(/^[a-z ,é日\n]{0,80}$/);
  fc.assert(fc.property(word, word, fc.nat(200), fc.nat(200), (before, after, from, length) => {
    const secret = "S3CR3T" + "Q".repeat(length);
    const sql = `${before}${secret}${after}${"x".repeat(from)}`;
    const text = textOf(sql);
    const start = encoder.encode(before).length;
    const redact = [{ start, end: start + secret.length }];
    const at = Math.min(from, text.bytes.length);
    for (const range of [{ start: at, end: at + length }, redact[0] ?? { start: 0, end: 0 }]) {
      for (const line of excerptOf(text, range, redact)) {
        assert.doesNotMatch(line.text, /[A-Z0-9]/);
      }
    }
  }));
});

Deno.test("the mark of an excerpt is the text of the range", () => {
  const words = fc.array(fc.constantFrom("ab", "é", "日本", "😀", " ", "\n"), { maxLength: 40 });
  fc.assert(fc.property(words, fc.constantFrom("MARK", "ÄÖ😀"), words, (before, mark, after) => {
    const text = textOf(before.join("") + mark + after.join(""));
    const start = encoder.encode(before.join("")).length;
    const lines = excerptOf(text, { start, end: start + encoder.encode(mark).length });
    const marked = lines.find((line) => line.mark !== undefined);
    assert.equal(marked?.text.slice(marked.mark?.start, marked.mark?.end), mark);
  }));
});

Deno.test("a line of a megabyte is cut to a window that has the mark in it", () => {
  const text = textOf("1,".repeat(500_000) + "NULL" + ",2".repeat(500_000));
  const [line] = excerptOf(text, { start: 1_000_000, end: 1_000_004 });
  assert.ok(line !== undefined && line.text.length <= MAX_EXCERPT_CHARS && line.cutStart && line.cutEnd);
  assert.equal(line.text.slice(line.mark?.start, line.mark?.end), "NULL");
});
