import assert from "node:assert/strict";
import { ALL_RULES } from "../../src/risk/registry.ts";
import { lintText } from "./_linting.ts";

const SECRET = "S3cr3tQx9";

const FILE = `-- db password: ${SECRET}
DELETE FROM users; -- api_key=${SECRET}
UPDATE users SET password = '${SECRET}';
CREATE USER x@localhost IDENTIFIED BY '${SECRET}';
ALTER USER x@localhost IDENTIFIED BY '${SECRET}', y@localhost IDENTIFIED BY '${SECRET}';
CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'r', PASSWORD '${SECRET}');
BEGIN;
INSERT INTO users VALUES (1, 'mysql://app:${SECRET}@db.example.com/shop');
INSERT INTO users (name, password) VALUES ('a', '${SECRET}');
`;

Deno.test("no secret of a file is in its findings, whichever rules run", async () => {
  const secretRules = ["A006", "A010", "A021", "X001", "X004", "X005", "X009"];
  const every = new Set(ALL_RULES.map((rule) => rule.code));
  for (const ignored of [new Set<string>(), new Set(secretRules)]) {
    const { findings } = await lintText(FILE, { ignored, enabled: every });
    assert.ok(findings.length > 5, `${findings.length} findings`);
    for (const finding of findings) {
      const shown = finding.message + finding.excerpt.map((line) => line.text).join("\n");
      assert.ok(!shown.includes(SECRET), `${finding.code} shows it: ${shown}`);
    }
  }
});
