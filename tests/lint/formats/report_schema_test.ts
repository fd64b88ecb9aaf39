import assert from "node:assert/strict";
import { renderSchemas } from "../../../scripts/schema_docs.ts";
import { FORMATS } from "../../../src/lint/formats/registry.ts";
import { lintReportSchema } from "../../../src/lint/report_schema.ts";
import { inDirectory, lintNamed } from "../_linting.ts";
import { OPTIONS, sampleFinding, sampleReport } from "../../support/lint_report.ts";

Deno.test("docs/schemas holds the schemas of what is printed now", () => {
  const folder = new URL("../../../docs/schemas/", import.meta.url);
  const written = new Map(
    [...Deno.readDirSync(folder)].map(({ name }) => [name, Deno.readTextFileSync(new URL(name, folder))]),
  );
  for (const [name, text] of renderSchemas()) {
    assert.equal(written.get(name), text, `${name}: run deno task docs`);
  }
  assert.equal(written.size, renderSchemas().size);
});

Deno.test("a report is what its schema says, in snake_case throughout", async () => {
  await inDirectory({
    "a.sql": "DELTE FROM t;\nALTER TABLE t ADD a INT(11);\n-- migrate:down\nDROP TABLE t;\n",
    "b.sql": "-- querycop-ignore D005: gone\nDROP TABLE `größe`;\n",
  }, async (cwd) => {
    const report = await lintNamed(cwd, [".", "missing.sql"]);
    const document: unknown = JSON.parse(FORMATS.json(report, OPTIONS));
    lintReportSchema.parse(document);
    const keys: string[] = [];
    JSON.stringify(document, (key, value: unknown) => {
      keys.push(key);
      return value;
    });
    assert.deepEqual(keys.filter((key) => /[A-Z]/.test(key)), []);
  });
});

Deno.test("GitLab's report keeps what could not be read, and addresses are real or left out", () => {
  const report = sampleReport([], {
    errors: [{ file: "x.sql", code: "lint.unreadable", message: "Cannot read x.sql" }],
  });
  const issues = JSON.parse(FORMATS.gitlab(report, OPTIONS)) as {
    readonly location: { readonly path: string };
  }[];
  assert.deepEqual(issues.map(({ location }) => location.path), ["x.sql"]);
  for (const format of ["sarif", "rdjson", "rdjsonl"] as const) {
    const { homepage: _, ...without } = OPTIONS;
    const texts = [without, { ...OPTIONS, homepage: "https://example.com/rules/" }].map((options) =>
      FORMATS[format](sampleReport([sampleFinding({ sql: "SELECT 1" })]), options)
    );
    assert.doesNotMatch(texts[0] ?? "", /urn:|informationUri|"url"/, format);
    assert.match(texts[1] ?? "", /"(?:informationUri|url)": ?"https:\/\/example\.com\/rules\/"/, format);
  }
});
