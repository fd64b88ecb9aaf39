import assert from "node:assert/strict";
import fc from "fast-check";
import { FORMAT_NAMES, FORMATS } from "../../../src/lint/formats/registry.ts";
import { formatStepSummary } from "../../../src/lint/formats/markdown.ts";
import { textWidth } from "../../../src/base/text_width.ts";
import { OPTIONS, sampleFinding, sampleReport } from "../../support/lint_report.ts";

// A hostile text: terminal escapes, XML, workflow commands, Markdown, bidirectional override, characters XML forbids.
const HOSTILE = "a\x1b[2J\x00\x0b]]>&<b a='\"'>%0A::error::x\r\n| `c` \u202eq\ufffe \ud800 [l](u)";

Deno.test("a redacted secret is in no format", () => {
  const finding = sampleFinding({
    sql: "CREATE USER app IDENTIFIED BY 'hunter2'",
    part: "IDENTIFIED BY 'hunter2'",
    secrets: ["'hunter2'"],
    message: "The password of app is written in clear",
  });
  for (const name of FORMAT_NAMES) {
    const text = FORMATS[name](sampleReport([finding]), OPTIONS);
    assert.ok(text.includes("password"), name);
    assert.doesNotMatch(text, /hunter2/, name);
  }
});

Deno.test("every format ends with a line end and takes an empty report", () => {
  for (const name of FORMAT_NAMES) {
    const text = FORMATS[name](sampleReport([]), OPTIONS);
    assert.ok(text === "" || text.endsWith("\n"), name);
    assert.ok(name === "rdjsonl" || text !== "", name);
  }
});

Deno.test("hostile text moves no cursor and starts no line of its own in text and workflow commands", () => {
  const finding = sampleFinding({ sql: HOSTILE, message: HOSTILE, file: HOSTILE });
  const text = FORMATS.text(sampleReport([finding]), OPTIONS);
  assert.doesNotMatch(text, /[^\P{C}\n]/u);
  const commands = FORMATS.github(sampleReport([finding]), OPTIONS).trimEnd().split("\n");
  assert.equal(commands.length, 2);
  assert.match(commands[0] ?? "", /^::error file=[^,:]*,line=12,endLine=\d+,/);
});

Deno.test("the text format keeps to 80 columns whatever the statement", () => {
  const piece = fc.constantFrom("SELECT ", "日本語", "aaaaaaaaaaaaaaa", "😀", "\n", "  ", "é", ",");
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(60), (pieces, at) => {
    const part = pieces.slice(at, at + 20).join("");
    const sql = pieces.join("") || "x";
    const finding = sampleFinding({ sql, part: part === "" ? sql : part });
    for (const ascii of [true, false]) {
      for (const line of FORMATS.text(sampleReport([finding]), { ...OPTIONS, ascii }).split("\n")) {
        assert.ok(textWidth(line) <= 80, `${textWidth(line)}: ${line}`);
      }
    }
  }));
});

Deno.test("the text format marks the span below its statement", () => {
  const finding = sampleFinding({ sql: "SELECT 1;\nDELETE FROM日本 users", part: "日本 users" });
  const lines = FORMATS.text(sampleReport([finding]), OPTIONS).split("\n");
  const statement = lines.findIndex((line) => line.includes("users") && line.includes("|"));
  assert.equal(lines[statement], "   13 | DELETE FROM日本 users".replace("   13", "  13"));
  assert.equal(lines[statement + 1], `     | ${" ".repeat(11)}${"^".repeat(10)}`);
});

Deno.test("the text format explains a rule once, and puts its further places in a statement below the first", () => {
  const sql = "ALTER TABLE t ADD a TIMESTAMP, ADD b TIMESTAMP";
  const findings = ["a TIMESTAMP", "b TIMESTAMP", "b TIMESTAMP"].map((part, index) => {
    const finding = sampleFinding({ sql, part, code: "C012", score: 20 });
    return index < 2 ? finding : { ...finding, statement: { ...finding.statement, index: 1 } };
  });
  const lines = FORMATS.text(sampleReport(findings), OPTIONS).split("\n");
  assert.equal(lines.filter((line) => line.startsWith("  why  ")).length, 1);
  assert.deepEqual(lines.filter((line) => line.startsWith("  also  ")).map((line) => line.slice(8, 13)), [
    "12:36",
  ]);
  assert.equal(lines.filter((line) => line.startsWith("low 20  C012 ")).length, 2);
});

Deno.test("XML formats are well-formed for any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const finding = sampleFinding({ sql: `x${text}`, message: HOSTILE + text, file: `f${text}` });
    for (const name of ["junit", "checkstyle"] as const) {
      assertWellFormed(FORMATS[name](sampleReport([finding]), OPTIONS));
    }
  }));
});

Deno.test("JUnit's failures are exactly what fails the run", () => {
  const findings = [
    sampleFinding(),
    sampleFinding({ score: 30 }),
    sampleFinding({ section: "down" }),
    sampleFinding({ suppressed: { kind: "inline", reason: "known" } }),
  ];
  const text = FORMATS.junit(sampleReport(findings), OPTIONS);
  assert.equal(text.match(/<failure /g)?.length, 1);
  assert.equal(text.match(/<testcase /g)?.length, 3);
  assert.match(text, /<testsuites [^>]*tests="3" failures="1" errors="0"/);
});

Deno.test("GitLab's fingerprints are unique and outlive a moved line", () => {
  const twins = [
    sampleFinding(),
    sampleFinding(),
    sampleFinding({ code: "D002" }),
    sampleFinding({ file: "b.sql" }),
  ];
  const prints = fingerprints(twins);
  assert.equal(new Set(prints).size, 4);
  const moved = sampleFinding({ sql: "SELECT 1;\nDELETE FROM users", part: "DELETE FROM users" });
  assert.deepEqual(fingerprints([moved]), fingerprints([sampleFinding()]));

  function fingerprints(findings: readonly ReturnType<typeof sampleFinding>[]): string[] {
    const issues = JSON.parse(FORMATS.gitlab(sampleReport(findings), OPTIONS));
    return issues.map((issue: { fingerprint: string }) => issue.fingerprint);
  }
});

Deno.test("GitHub's annotations come worst first and the last line counts those not shown", () => {
  const findings = Array.from({ length: 25 }, (_, index) => sampleFinding({ score: 70 + index }));
  const lines = FORMATS.github(sampleReport(findings), OPTIONS).trimEnd().split("\n");
  assert.match(lines[0] ?? "", /\(94\)/);
  assert.match(lines.at(-1) ?? "", /25 findings.*15 more are in the log/);
});

Deno.test("rdjson counts bytes, SARIF UTF-16 units, GitHub characters", () => {
  const finding = sampleFinding({ sql: "é😀 DELETE", part: "DELETE" });
  const report = sampleReport([finding]);
  const rdjson = JSON.parse(FORMATS.rdjson(report, OPTIONS));
  assert.equal(rdjson.diagnostics[0].location.range.start.column, 8);
  const sarif = JSON.parse(FORMATS.sarif(report, OPTIONS));
  assert.equal(sarif.runs[0].results[0].locations[0].physicalLocation.region.startColumn, 5);
  assert.match(FORMATS.github(report, OPTIONS), /col=4,endColumn=10,/);
});

Deno.test("a step summary stays within GitHub's limit and says what it left out", () => {
  const findings = Array.from({ length: 400 }, () => sampleFinding({ message: "x".repeat(100) }));
  const text = formatStepSummary(sampleReport(findings), 10_000);
  assert.ok(new TextEncoder().encode(text).length <= 10_000);
  assert.match(text, /more findings did not fit/);
});

/** Elements of JUnit's XML as Jenkins' schema has it and of Checkstyle's: parents, required and allowed attributes. */
const SCHEMAS: Readonly<
  Record<string, Readonly<Record<string, readonly [parent: string, required: string, allowed: string]>>>
> = {
  junit: {
    // Those of junit-10.xsd, by which Jenkins's xunit plugin judges a report.
    testsuites: ["", "", "name tests failures errors time"],
    testsuite: [
      "testsuites",
      "name tests failures errors",
      "group time skipped timestamp hostname id package file log url",
    ],
    testcase: ["testsuite", "name", "classname time group"],
    failure: ["testcase", "", "type message"],
    error: ["testcase", "", "type message"],
    "system-out": ["testcase", "", ""],
  },
  checkstyle: {
    checkstyle: ["", "version", ""],
    file: ["checkstyle", "name", ""],
    error: ["file", "line severity message", "column source"],
  },
};

Deno.test("JUnit's and Checkstyle's elements stand where their schemas have them, with the attributes these have", () => {
  const report = sampleReport([sampleFinding(), sampleFinding({ score: 20, file: "b.sql" })], {
    errors: [{ file: "c.sql", code: "lint.unreadable", message: "Cannot read c.sql", hint: "Look" }, {
      code: "lint.empty",
      message: "x",
    }],
  });
  for (const [format, schema] of Object.entries(SCHEMAS)) {
    const xml = FORMATS[format as "junit" | "checkstyle"](report, OPTIONS);
    const open: string[] = [];
    for (
      const [, closing, name = "", attributes = "", empty] of xml.matchAll(
        /<(\/?)([a-z-]+)((?:\s+\w+="[^"]*")*)\s*(\/?)>/g,
      )
    ) {
      if (closing === "/") {
        open.pop();
        continue;
      }
      const [parent, required, allowed] = schema[name] ?? assert.fail(`${format} has no ${name}`);
      assert.equal(open.at(-1) ?? "", parent, `${name} in ${format}`);
      const names = [...attributes.matchAll(/(\w+)=/g)].map((match) => match[1] ?? "");
      for (const one of required.split(" ").filter(Boolean)) {
        assert.ok(names.includes(one), `${name} lacks ${one}`);
      }
      for (const one of names) {
        assert.ok(`${required} ${allowed}`.split(" ").includes(one), `${name} may not have ${one}`);
      }
      if (empty !== "/") open.push(name);
    }
  }
});

/** Throws unless the text is well-formed XML 1.0 of elements, attributes and text. */
function assertWellFormed(xml: string): void {
  assert.doesNotMatch(xml, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const open: string[] = [];
  const token = /<\?xml[^>]*\?>|<(\/?)([a-z-]+)((?:\s+[a-zA-Z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match = token.exec(xml); match !== null; match = token.exec(xml)) {
    at = token.lastIndex;
    const [, closing, name, attributes, empty, text] = match;
    for (const part of [attributes ?? "", text ?? ""]) {
      assert.doesNotMatch(part, /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
    }
    if (name === undefined) continue;
    if (closing === "/") assert.equal(open.pop(), name);
    else if (empty !== "/") open.push(name);
  }
  assert.equal(at, xml.length, `not XML at ${xml.slice(at, at + 60)}`);
  assert.deepEqual(open, []);
}
