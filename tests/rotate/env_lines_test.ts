import assert from "node:assert/strict";
import fc from "fast-check";
import { readAssignment, setAssignments } from "../../src/rotate/sinks/env_lines.ts";

const PAIR = [["DATABASE_USERNAME", "new_user"], ["DATABASE_PASSWORD", "pscale_pw_new"]] as const;

Deno.test("variables are set where they stand, and everything else stays byte for byte", () => {
  const text = [
    "# the shop",
    "PORT=8080",
    "export DATABASE_USERNAME = 'old user'\r",
    'DATABASE_PASSWORD="pscale_pw_old"',
    "",
    "OTHER=a=b # DATABASE_PASSWORD=x",
  ].join("\n");
  assert.equal(
    setAssignments(text, PAIR),
    [
      "# the shop",
      "PORT=8080",
      "export DATABASE_USERNAME = new_user\r",
      "DATABASE_PASSWORD=pscale_pw_new",
      "",
      "OTHER=a=b # DATABASE_PASSWORD=x",
    ].join("\n"),
  );
});

Deno.test("variables that are not there come at the end, on lines of their own", () => {
  const added = "DATABASE_USERNAME=new_user\nDATABASE_PASSWORD=pscale_pw_new\n";
  assert.equal(setAssignments("", PAIR), added);
  assert.equal(setAssignments("A=1\n", PAIR), `A=1\n${added}`);
  assert.equal(setAssignments("A=1", PAIR), `A=1\n${added}`);
  assert.equal(setAssignments("A=1\r\n", PAIR), `A=1\r\n${added.replaceAll("\n", "\r\n")}`);
});

Deno.test("a comment or a longer name is no assignment, and each of several is set", () => {
  const text = "#DATABASE_PASSWORD=a\nDATABASE_PASSWORD_OLD=b\nDATABASE_PASSWORD=c\nDATABASE_PASSWORD=d\n";
  assert.equal(
    setAssignments(text, [["DATABASE_PASSWORD", "e"]]),
    "#DATABASE_PASSWORD=a\nDATABASE_PASSWORD_OLD=b\nDATABASE_PASSWORD=e\nDATABASE_PASSWORD=e\n",
  );
});

Deno.test("what was set is read back, and setting it again changes nothing", () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("A=1", "export B='x'", "# C", "DATABASE_PASSWORD=x\r"));
  const value = fc.string().filter((text) => !/['\r\n\0]/.test(text));
  fc.assert(
    fc.property(fc.array(line).map((lines) => lines.join("\n")), value, (text, password) => {
      const once = setAssignments(text, [["DATABASE_PASSWORD", password]]);
      assert.equal(readAssignment(once, "DATABASE_PASSWORD"), password);
      assert.equal(setAssignments(once, [["DATABASE_PASSWORD", password]]), once);
    }),
  );
});

Deno.test("a value that readers would take for different things is refused", () => {
  for (const value of ["it's", "a\nb", "a\0b"]) {
    assert.throws(() => setAssignments("", [["DATABASE_PASSWORD", value]]), /quote|line's end/, value);
  }
  assert.equal(readAssignment('DATABASE_PASSWORD="$HOME"', "DATABASE_PASSWORD"), undefined);
});
