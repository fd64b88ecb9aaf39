import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePolicyFile } from "../../src/config/policy_file.ts";
import { POLICY_VOCABULARY } from "../../src/risk/policy/vocabulary.ts";

function parse(text: string) {
  return parsePolicyFile(text, "p.yaml", POLICY_VOCABULARY);
}

/** `line:column detail | hint` of each mistake. */
function told(list: readonly { line: number; column: number; detail: string; hint: string | undefined }[]) {
  return list.map(({ line, column, detail, hint }) => `${line}:${column} ${detail} | ${hint}`);
}

Deno.test("the example of a whole policy is read without a remark", () => {
  const { file, errors, warnings } = parse(`
version: 1
thresholds: { warn: 70, hold: 101, block: 90 }
roles:
  - name: reporting
    match: { users: ["abc123*"], schemas: ["appdb"], clients: ["10.1.0.0/16", "2001:db8::/32"] }
    thresholds: { block: 70 }
    allow: [select-star]
    deny: ["ddl/*"]
    hold: ["destructive/*"]
    tables: { deny: ["appdb.secrets"], read_only: ["appdb.ledger"] }
    limits: { response_mb: 50, window_mb: 200, statements_per_second: 500, rows: 100000 }
  - name: default
    only: learned
risk: { target: auto, sharded: true, weights: { select-star: 5 }, ignore: [C], large_tables: [orders] }
shadow: next.yaml
`);
  assert.deepEqual([...told(errors), ...told(warnings)], []);
  assert.equal(file?.roles?.[0]?.limits?.rows, 100_000);
});

Deno.test("every mistake is told at once, with its place, what was found and what is allowed", () => {
  const { file, errors } = parse(`version: 2
tresholds: { block: 5 }
thresholds: { warn: high, hold: 95, block: 90 }
allow: [select-star, drop-tabel]
limits: { respone_mb: 5, rows: -1 }
roles:
  - name: reporting
    match: { users: [], clients: ["10.1.2.3/16", db.example.com], schemas: appdb }
  - name: reporting
  - match: { users: [123, 'a\\'] }
  - name: no spaces
    tables: { deny: [a.b.c] }
    only: leraned
  - name: default
    match: { users: ["*"] }
risk:
  target: vites
  weights: { drop-tabel: 5, D001: 500 }
shadow:
`);
  assert.equal(file, undefined);
  assert.deepEqual(told(errors), [
    "1:10 version is 2, which is not allowed | Write 1",
    '2:1 unknown key "tresholds" | Did you mean thresholds?',
    '3:21 thresholds.warn is the text "high", which is not allowed | Write a number from 0 to 101',
    "3:33 hold 95 is above block 90: nothing is held by its score: what reaches hold is refused already | " +
    "Write hold at or below block, or hold: 101 for never",
    '4:22 no rule, group, kind of statement or digest is called "drop-tabel" | Did you mean drop-table?',
    '5:11 unknown key "respone_mb" in limits | Did you mean response_mb?',
    "5:32 limits.rows is -1, which is not allowed | Write a whole number of 0 or more",
    "8:21 roles[0].match.users is an empty list, which is not allowed | Write a list such as [a, b] with at least one entry",
    '8:35 "10.1.2.3/16" has bits set behind its prefix | Write 10.1.0.0/16',
    '8:50 "db.example.com" is no range of addresses | ' +
    "Write one like 10.1.0.0/16 or 2001:db8::/32; names of hosts are not looked up",
    '8:76 roles[0].match.schemas is the text "appdb", which is not allowed | ' +
    "Write a list such as [a, b] with at least one entry",
    '9:11 a role before it is called "reporting" too | Give each role a name of its own',
    "10:5 roles[2].name is missing | Write a text, in quotes where it looks like something else",
    "10:22 roles[2].match.users[0] is 123, which is not allowed | " +
    "Write a text, in quotes where it looks like something else",
    '10:27 the pattern "a\\" ends in a lone backslash | ' +
    "Write a name in which * stands for any letters and ? for one; \\ takes the next letter as it is",
    '11:11 "no spaces" is no name for a role | Use up to 64 letters, digits, dots, dashes and underscores',
    '12:22 "a.b.c" is no pattern of tables | Write schema.table, or table alone, with * and ?',
    '13:11 roles[3].only is the text "leraned", which is not allowed | Did you mean learned?',
    "15:12 the role default takes no match: it is for everyone that no other role matches | " +
    "Leave match out, or give the role another name",
    '17:11 risk.target is the text "vites", which is not allowed | Did you mean vitess?',
    '18:14 no rule or group is called "drop-tabel" | Did you mean drop-table?',
    "18:35 risk.weights.D001 is 500, which is not allowed | Write a number from 0 to 100",
    "19:1 shadow is empty, which is not allowed | Write a text, in quotes where it looks like something else",
  ]);
});

Deno.test("YAML that cannot be read is told with its place", () => {
  assert.deepEqual(told(parse("version: 1\nroles: [\n").errors).map((text) => text.slice(0, 3)), ["3:1"]);
  assert.match(told(parse("version: 1\nversion: 1\n").errors)[0] ?? "", /^2:1 Map keys must be unique/);
  assert.deepEqual(told(parse("- a").errors), [
    "1:1 the file is a list, which is not allowed | Write a mapping with keys among version, thresholds, allow, " +
    "hold, deny, tables, limits, hold_in_transaction, roles, risk, shadow",
  ]);
  assert.deepEqual(told(parse("").errors), ["1:1 version is missing | Write 1"]);
});

Deno.test("what works and is hardly meant is a warning", () => {
  const { file, errors, warnings } = parse(`version: 1
thresholds: { hold: 80 }
allow: [performance/*]
deny: [migration-order, D001]
roles:
  - name: wide
    match: { users: ["app*"] }
    hold: [select-star]
    allow: [delete-without-where]
  - name: narrow
    match: { users: [app_ro], clients: [10.0.0.0/8] }
    thresholds: { block: 75 }
  - name: default
  - name: late
    match: { clients: [10.0.0.0/8] }
  - name: later
    match: { clients: [10.1.0.0/16] }
`);
  assert.deepEqual(told(errors), []);
  assert.ok(file !== undefined);
  assert.deepEqual(told(warnings), [
    '4:8 "migration-order" has no effect: it looks at files, and serve sees statements | Remove it, or change risk',
    '8:12 "select-star" under hold has no effect here: "performance/*" is allowed | allow wins over hold',
    '9:13 "delete-without-where" under allow has no effect here: "D001" is denied | deny wins over allow',
    "10:11 nobody can have the role narrow: all it matches has the role wide before it | Put the narrower role first",
    "12:26 hold 80 is above block 75: nothing is held by its score: what reaches hold is refused already | " +
    "Write hold at or below block, or hold: 101 for never",
    "13:11 the role default comes last, wherever it stands | Write it last",
    "16:11 nobody can have the role later: all it matches has the role late before it | Put the narrower role first",
  ]);
});

Deno.test("one word on two lists is a contradiction, by whichever name", () => {
  assert.deepEqual(told(parse("version: 1\nallow: [D001]\ndeny: [delete-without-where]\n").errors), [
    '2:9 "D001" is both denied and allowed | Remove it from allow or from deny',
  ]);
  assert.deepEqual(told(parse("version: 1\nallow: [ddl]\nhold: [ddl/*]\n").errors), [
    '3:8 "ddl/*" is both allowed and held | Remove it from hold or from allow',
  ]);
});

Deno.test("a mistake behind an anchor is told where it stands, or where it is used", () => {
  const { errors } = parse(
    "version: 1\nroles:\n  - name: a\n    match: &m { users: [1] }\n  - name: b\n    match: *m\n",
  );
  assert.deepEqual(errors.map(({ line }) => line), [4, 4]);
});

Deno.test("a file of any content gives a policy or mistakes within it, and never throws", () => {
  const word = fc.constantFrom(
    "version",
    "roles",
    "name",
    "match",
    "users",
    "deny",
    "D001",
    "default",
    "10.0.0.0/8",
    "risk",
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.oneof(word, fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(word, fc.string()), tie("node"), { maxKeys: 5 }),
    ),
  })).node;
  const yaml = fc.array(
    fc.constantFrom(
      "roles",
      ":",
      " ",
      "\n",
      "-",
      "&a",
      "*a",
      "*b",
      "[",
      "]",
      "{",
      "}",
      "|",
      "!",
      "#",
      "<<",
      "'",
    ),
  )
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), yaml, value.map((one) => JSON.stringify(one, undefined, 1))),
      (text) => {
        const { file, errors } = parse(text);
        assert.equal(file === undefined, errors.length > 0, text);
        const lines = text.split(/\r?\n|\r/).length;
        for (const { line, column } of errors) assert.ok(line >= 1 && line <= lines + 1 && column >= 1);
      },
    ),
  );
});
