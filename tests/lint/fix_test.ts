import assert from "node:assert/strict";
import { applyFixes, edited } from "../../src/lint/fix.ts";
import { inDirectory, lintNamed } from "./_linting.ts";

Deno.test("--fix rewrites what keeps its meaning and leaves the rest alone", async () => {
  await inDirectory({
    "a.sql":
      "-- INT(11) in a comment\nCREATE TABLE t (id bigint (20) NOT NULL PRIMARY KEY, b TINYINT(1), n INT(11) unsigned, z INT(5) ZEROFILL);\n" +
      "SELECT id FROM t WHERE b = 1&&n = 'INT(11) && ü' && id > 2;\nDELETE FROM t;\n",
  }, async (cwd) => {
    const before = await lintNamed(cwd, ["a.sql"]);
    const told: string[] = [];
    const after = await applyFixes(before, cwd, {
      files: new Set(["a.sql"]),
      tell: (text) => told.push(text),
    });
    assert.equal(
      await Deno.readTextFile(`${cwd}/a.sql`),
      "-- INT(11) in a comment\nCREATE TABLE t (id bigint NOT NULL PRIMARY KEY, b TINYINT(1), n INT unsigned, z INT(5) ZEROFILL);\n" +
        "SELECT id FROM t WHERE b = 1 AND n = 'INT(11) && ü' && id > 2;\nDELETE FROM t;\n",
    );
    assert.deepEqual(told, ["Fixed 3 findings in a.sql"]);
    assert.equal(before.findings.length - after.findings.length, 3);
    assert.ok(after.findings.some(({ code }) => code === "D001"));
  });
});

Deno.test("--fix writes no file that was not read as SQL from disk, and none in UTF-16", async () => {
  const utf16 = Uint8Array.from([
    0xff,
    0xfe,
    ...[..."SELECT a FROM t WHERE b && c;"].flatMap((c) => [c.charCodeAt(0), 0]),
  ]);
  await inDirectory({ "a.sql": "SELECT a FROM t WHERE b && c;\n", "wide.sql": utf16 }, async (cwd) => {
    const before = await lintNamed(cwd, ["a.sql", "wide.sql"]);
    assert.ok(before.findings.filter(({ edits }) => edits !== undefined).length > 1);
    await applyFixes(before, cwd, { files: new Set(["wide.sql"]), tell: () => {} });
    assert.equal(await Deno.readTextFile(`${cwd}/a.sql`), "SELECT a FROM t WHERE b && c;\n");
    assert.deepEqual(await Deno.readFile(`${cwd}/wide.sql`), utf16);
  });
});

Deno.test("edits that overlap are made once", () => {
  const span = (startByte: number, endByte: number) => {
    const place = { line: 1, byteColumn: 1, utf16Column: 1, charColumn: 1 };
    return { startByte, endByte, start: place, end: place };
  };
  const bytes = new TextEncoder().encode("abcdef");
  const edits = [{ span: span(2, 4), text: "X" }, { span: span(1, 3), text: "Y" }, {
    span: span(5, 5),
    text: "+",
  }];
  assert.equal(new TextDecoder().decode(edited(bytes, edits)), "aYde+f");
});
