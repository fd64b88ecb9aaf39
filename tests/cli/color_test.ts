import assert from "node:assert/strict";
import fc from "fast-check";
import { wantsColor, wantsUnicode } from "../../src/cli/terminal/color.ts";
import { createStyle } from "../../src/cli/terminal/style.ts";

const environment = fc.record({
  NO_COLOR: fc.constantFrom("", "1"),
  FORCE_COLOR: fc.constantFrom("", "0", "1", "false", "3"),
  TERM: fc.constantFrom("", "dumb", "xterm-256color"),
}, { requiredKeys: [] });

Deno.test("colour: --color, then NO_COLOR, FORCE_COLOR, TERM=dumb, and the terminal last", () => {
  fc.assert(fc.property(environment, fc.boolean(), (env, terminal) => {
    assert.equal(wantsColor("always", env, terminal), true);
    assert.equal(wantsColor("never", env, terminal), false);
    const auto = wantsColor("auto", env, terminal);
    if (env.NO_COLOR === "1") assert.equal(auto, false);
    else if (env.FORCE_COLOR) assert.equal(auto, !["0", "false"].includes(env.FORCE_COLOR));
    else if (env.TERM === "dumb") assert.equal(auto, false);
    else assert.equal(auto, terminal);
  }));
});

Deno.test("marks are ASCII where the locale is not UTF-8", () => {
  assert.equal(wantsUnicode({ LANG: "en_US.UTF-8" }, "linux"), true);
  assert.equal(wantsUnicode({ LANG: "en_US.UTF-8", LC_ALL: "C" }, "linux"), false);
  assert.equal(wantsUnicode({}, "linux"), false);
  for (const mark of Object.values(createStyle(false, false).marks)) assert.match(mark, /^[\x20-\x7e]+$/);
});

Deno.test("a style without colour returns text as it is", () => {
  const { marks: _, enabled: __, ...paint } = createStyle(false, true);
  for (const painter of Object.values(paint)) assert.equal(painter("x"), "x");
});
