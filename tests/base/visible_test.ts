import assert from "node:assert/strict";
import { createLogger } from "../../src/base/logger.ts";
import { guarded, visible, visibleLines } from "../../src/base/visible.ts";

/** What could move a cursor, retitle a window, hide or turn text round. */
const HOSTILE = [
  "\x1b[2J",
  "\x1b]0;t\x07",
  "\x9b2K",
  "\u202e",
  "\u2066",
  "\u200b",
  "\u2028",
  "\r",
  "\x7f",
  "\u{e0041}",
];

Deno.test("nothing of an untrusted text acts on a terminal, hides or turns it round", () => {
  for (const hostile of HOSTILE) {
    for (
      const shown of [visible(`a${hostile}b`), guarded(`a${hostile}b`), visibleLines(`a${hostile}b`).join("")]
    ) {
      assert.match(shown, /^a[\x20-\x7e]*b$/, JSON.stringify(hostile));
    }
  }
});

Deno.test("the guard leaves styles, tabs, other scripts and the meaning of JSON alone", () => {
  const line = "\x1b[31mred\x1b[0m\tnaïve 日本語 ✓";
  assert.equal(guarded(line), line);
  const json = JSON.stringify({ name: "a\u202eb\x7f\u{e0041}", other: "\x1b[2J" });
  assert.deepEqual(JSON.parse(guarded(json)), JSON.parse(json));
  assert.match(guarded(json), /^[\x20-\x7e]*$/);
});

Deno.test("a log line shows what a client called itself, in either format, and does nothing else", () => {
  for (const format of ["pretty", "json"] as const) {
    const lines: string[] = [];
    const logger = createLogger({ level: "info", format, write: (line) => void lines.push(line) });
    for (const hostile of HOSTILE) logger.info("login refused", { user: `root${hostile}`, list: [hostile] });
    for (const line of lines) assert.match(line, /^[\x20-\x7e]*$/, format);
  }
});
