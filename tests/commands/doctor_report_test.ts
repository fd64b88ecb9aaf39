import assert from "node:assert/strict";
import fc from "fast-check";
import { createStyle } from "../../src/cli/terminal/style.ts";
import type { Output } from "../../src/commands/context.ts";
import { formatGithub } from "../../src/commands/doctor_report/github.ts";
import { formatJson } from "../../src/commands/doctor_report/json.ts";
import { formatJunit } from "../../src/commands/doctor_report/junit.ts";
import { formatSarif } from "../../src/commands/doctor_report/sarif.ts";
import { TextReport, wrap } from "../../src/commands/doctor_report/text.ts";
import { CHECK_IDS, type CheckResult } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import { type DoctorReport, makeReport } from "../../src/doctor/report.ts";
import { doctorInputOf } from "../support/doctor_input.ts";

const finding = (status: "warn" | "fail", code: string, message: string) => ({
  status,
  code,
  message,
  fix: `Mend ${code}`,
});

function result(
  id: CheckResult["id"],
  status: CheckResult["status"],
  rest: Partial<CheckResult> = {},
): CheckResult {
  const findings = status === "warn" || status === "fail"
    ? [finding(status, `${id}.x`, `${id} is in a bad way`)]
    : [];
  return {
    id,
    target: undefined,
    status,
    summary: findings[0]?.message ?? "all is well",
    details: [],
    findings,
    facts: {},
    tookMs: 12,
    ...rest,
  };
}

const RESULTS: readonly CheckResult[] = [
  result("config", "pass", { details: ["4 keys"] }),
  result("dns", "warn", { target: "db.example:3306" }),
  result("mysql-greeting", "pass", { target: "db.example:3306" }),
  result("tls", "fail", {
    target: "db.example:3306",
    summary:
      "certificate is for a.example, *.b.example and a name that goes on for longer than a line; not for db.example",
    details: [
      "0  a.example  EC P-256, until 2027-02-20",
      "1  Example root  RSA 4096, until 2036-11-19, in the CA file",
    ],
    tookMs: 1400,
  }),
  result("login", "skip", { target: "db.example:3306", summary: "needs tls, which failed", tookMs: 0 }),
];

function report(results: readonly CheckResult[] = RESULTS, strict = false): DoctorReport {
  return makeReport(doctorInputOf(), results, { version: "1.2.3", startedMs: 0, tookMs: 1500, strict });
}

function text(
  results: readonly CheckResult[],
  options: { color?: boolean; unicode?: boolean; columns?: number } = {},
) {
  let written = "";
  const output: Output = {
    isTerminal: false,
    columns: options.columns ?? 80,
    style: createStyle(options.color ?? false, options.unicode ?? false),
    write: (part) => void (written += typeof part === "string" ? part : new TextDecoder().decode(part)),
    line: (line = "") => void (written += `${line}\n`),
  };
  const printed = new TextReport(output, { details: true, targets: 1 });
  printed.header("querycop doctor 1.2.3: db.example:3306");
  for (const each of results) printed.result(each);
  printed.footer(report(results));
  return written;
}

Deno.test("text: a line a check with mark, word, fact and time, fixes under what needs them", () => {
  assert.equal(
    text(RESULTS),
    [
      "querycop doctor 1.2.3: db.example:3306",
      "",
      "+ pass  config          all is well                                        12 ms",
      "                        4 keys",
      "! warn  dns             dns is in a bad way                                12 ms",
      "        fix: Mend dns.x",
      "+ pass  mysql-greeting  all is well                                        12 ms",
      "x fail  tls             certificate is for a.example, *.b.example and a    1.4 s",
      "                        name that goes on for longer than a line; not",
      "                        for db.example",
      "                        0  a.example  EC P-256, until 2027-02-20",
      "                        1  Example root  RSA 4096, until 2036-11-19, in the CA",
      "                          file",
      "        fix: Mend tls.x",
      "- skip  login           needs tls, which failed",
      "",
      "2 passed, 1 warning, 1 failed, 1 skipped in 1.5 s",
      "next: Fix the tls check as shown above, then rerun querycop doctor",
      "",
    ].join("\n"),
  );
});

Deno.test("text: stays within the columns, and colour changes nothing but colour", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 }).map((list) =>
    list.join(" ")
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...CHECK_IDS),
      words,
      words,
      fc.integer({ min: 60, max: 120 }),
      (id, message, fix, columns) => {
        const results = [
          result(id, "fail", {
            summary: message,
            details: [message],
            findings: [{ status: "fail", code: "x", message, fix }],
          }),
          result(id, "pass", { summary: message, details: [fix] }),
          result(id, "skip", { summary: message }),
        ];
        const plain = text(results, { columns });
        for (const line of plain.split("\n")) assert.ok(line.length <= columns, line);
        // deno-lint-ignore no-control-regex
        assert.equal(text(results, { columns, color: true }).replace(/\x1b\[\d+m/g, ""), plain);
      },
    ),
  );
  assert.ok(!/[^\x20-\x7e\n]/.test(text(RESULTS)));
  assert.match(text(RESULTS, { unicode: true }), /✗ fail {2}tls/);
});

Deno.test("wrap() loses no word and breaks no line too late", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^\S{1,20}$/), { minLength: 1 }),
      fc.integer({ min: 20, max: 60 }),
      (words, width) => {
        const lines = wrap(words.join(" "), width);
        assert.deepEqual(lines.join(" ").split(" "), words);
        assert.ok(lines.every((line) => line.length <= width));
      },
    ),
  );
});

Deno.test("json: the schema's fields, for every status", () => {
  const document = JSON.parse(formatJson(report(), 1));
  assert.equal(document.schema, "querycop.doctor/1");
  assert.deepEqual(Object.keys(document), [
    "schema",
    "version",
    "started",
    "took_ms",
    "ok",
    "exit_code",
    "strict",
    "counts",
    "targets",
    "tls_mode",
    "checks",
    "next",
  ]);
  assert.deepEqual(Object.keys(document.checks[3]), [
    "id",
    "target",
    "status",
    "summary",
    "details",
    "findings",
    "facts",
    "took_ms",
  ]);
  assert.deepEqual(document.checks[3].findings[0], {
    status: "fail",
    code: "tls.x",
    message: "tls is in a bad way",
    fix: "Mend tls.x",
  });
  assert.equal(document.ok, false);
  assert.deepEqual(document.counts, { pass: 2, warn: 1, fail: 1, skip: 1 });
});

Deno.test("--strict makes a warning fail, in every form", () => {
  const warned = [result("config", "pass"), result("dns", "warn")];
  assert.equal(report(warned).ok, true);
  assert.equal(report(warned, true).ok, false);
  assert.match(formatGithub(report(warned)), /^::warning title=/);
  assert.match(formatGithub(report(warned, true)), /^::error title=/);
  assert.match(formatJunit(report(warned)), /failures="0"/);
  assert.match(formatJunit(report(warned, true)), /failures="1"/);
  assert.equal(JSON.parse(formatSarif(report(warned), CHECKS)).runs[0].results[0].level, "warning");
  assert.equal(JSON.parse(formatSarif(report(warned, true), CHECKS)).runs[0].results[0].level, "error");
});

Deno.test("github: what a message holds cannot start another command or end its title", () => {
  const hostile = result("tls", "fail", {
    findings: [{ status: "fail", code: "x", message: "50% of\n::error::it", fix: "a\r\nb" }],
  });
  const lines = formatGithub(report([{ ...hostile, target: "a,b::c:1" }])).trimEnd().split("\n");
  assert.equal(lines.length, 2);
  assert.equal(
    lines[0],
    "::error title=querycop doctor%3A tls of a%2Cb%3A%3Ac%3A1::50%25 of%0A::error::it%0Afix: a%0D%0Ab",
  );
});

Deno.test("junit: counts add up, and hostile text stays text", () => {
  const hostile = result("tls", "fail", {
    findings: [{ status: "fail", code: "x", message: '<&">\x00]]>', fix: "</failure>" }],
  });
  const xml = formatJunit(report([hostile, ...RESULTS]));
  assert.match(xml, /<testsuite name="querycop doctor" tests="6" failures="2" errors="0" skipped="1"/);
  assert.equal(xml.match(/<testcase /g)?.length, 6);
  assert.equal(xml.match(/<failure /g)?.length, xml.match(/<\/failure>/g)?.length);
  assert.ok(xml.includes("&lt;&amp;&quot;&gt;\ufffd]]&gt;"));
});

Deno.test("sarif: every result points at a rule that there is", () => {
  const [run] = JSON.parse(formatSarif(report(), CHECKS)).runs;
  assert.equal(run.results.length, 2);
  for (const { ruleId, ruleIndex } of run.results) assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
});
