/** The text of the rules' pages: one page a rule and an index. Made from the rules alone, so that a test can hold docs/rules/ to it. */

import { GROUP_LETTERS, type Rule, type RuleGroup } from "../src/risk/rule.ts";
import { VITESS_RELEASES } from "../tests/support/vitess_build.ts";
import { levelOf } from "../src/risk/score.ts";
import type { Finding } from "../src/risk/verdict.ts";
import { findingsOfExample } from "./rule_examples.ts";

/** What each group is about, for the index. */
const GROUP_TITLES: Readonly<Record<RuleGroup, string>> = {
  destructive: "Destructive statements",
  locking: "Locking and online DDL",
  performance: "Performance",
  security: "Security",
  admin: "Privileges and administration",
  sensitive: "Sensitive data",
  transaction: "Transactions",
  vitess: "Vitess and PlanetScale",
  schema: "Schema quality",
  correctness: "Correctness",
  meta: "The file itself",
};

/** File name under docs/rules/ to text, the index (README.md) included. */
export function rulePages(rules: readonly Rule[]): Map<string, string> {
  const pages = new Map(rules.map((rule) => [`${rule.code}.md`, rulePage(rule)]));
  pages.set("README.md", indexPage(rules));
  return pages;
}

function rulePage(rule: Rule): string {
  const facts = [
    `\`${rule.name}\``,
    `score ${rule.score} (${levelOf(rule.score)})`,
    rule.targets === undefined ? "every target" : `target ${rule.targets.join(", ")}`,
    ...(rule.mode === undefined ? [] : [rule.mode === "file" ? "files only" : "on the wire only"]),
    ...(rule.scope !== "statement" ? ["looks at the file as a whole"] : []),
    ...(rule.optIn === true ? ["runs only when enabled"] : []),
  ];
  return [
    `# ${rule.code}: ${rule.title}`,
    facts.join(" · "),
    rule.why,
    ...(rule.vtgate === undefined ? [] : [heldTo(rule.vtgate)]),
    "## What to do",
    rule.fix,
    "## Fires on",
    block(rule.fires, (sql) => findingsOfExample(rule, sql)),
    "## Does not fire on",
    block(rule.quiet),
    ...(rule.references.length === 0
      ? []
      : ["## See also", rule.references.map((page) => `- <${page}>`).join("\n")]),
    "## To silence it",
    `For one statement:\n\n\`\`\`sql\n-- querycop-ignore ${rule.name}: why it is fine here\n\`\`\`\n\n` +
    `For a run: \`querycop lint-sql --ignore ${rule.code}\`, or \`ignore: [${rule.code}]\` in \`querycop.yaml\`.`,
  ].join("\n\n") + "\n";
}

/** Which releases of Vitess a rule was held to, and how. */
function heldTo(vtgate: NonNullable<Rule["vtgate"]>): string {
  const versions = VITESS_RELEASES.map(({ version }) => version).join(", ");
  switch (vtgate) {
    case "refuses":
      return `Held to Vitess ${versions}: vtgate refuses what it fires on, and takes what it does not.`;
    case "accepts":
      return `Held to Vitess ${versions}: vtgate takes what it fires on without an error.`;
    case "either":
      return `Held to Vitess ${versions}: vtgate refuses some of what it fires on and runs the rest otherwise than MySQL.`;
    case "platform":
      return `Not held to Vitess: vtgate (tried: ${versions}) takes what it fires on, and PlanetScale's platform objects.`;
  }
}

/** Examples, each with what is said of it. */
function block(examples: readonly string[], said: (sql: string) => readonly Finding[] = () => []): string {
  return examples.map((sql) => {
    const messages = new Set(said(sql).map(({ message, score }) => `${visible(message)} (score ${score})`));
    const lines = [...messages].map((message) => `> ${message.replaceAll("\n", " ")}`).join("\n>\n");
    const text = `\`\`\`sql\n${visible(sql)}${/[;\n]$/.test(sql) ? "" : ";"}\n\`\`\``;
    return lines === "" ? text : `${text}\n\n${lines}`;
  }).join("\n\n");
}

/** Characters that a reader could not see are shown as escapes. */
function visible(sql: string): string {
  return Array.from(
    sql,
    (c) => isHidden(c) ? `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}` : c,
  )
    .join("");
}

function isHidden(character: string): boolean {
  return character !== "\n" && character !== "\t" && /[\p{Cc}\p{Cf}\u00a0]/u.test(character);
}

function indexPage(rules: readonly Rule[]): string {
  const sections = (Object.keys(GROUP_LETTERS) as RuleGroup[]).flatMap((group) => {
    const own = rules.filter((rule) => rule.group === group);
    if (own.length === 0) return [];
    const rows = own.map((rule) =>
      `| [${rule.code}](${rule.code}.md) | ${rule.name} | ${rule.title.replaceAll("|", "\\|")} | ` +
      `${rule.score} ${levelOf(rule.score)}${rule.optIn === true ? ", opt-in" : ""} |`
    );
    return [
      `## ${GROUP_LETTERS[group]}: ${GROUP_TITLES[group]}`,
      ["| code | name | finds | score |", "|---|---|---|---|", ...rows].join("\n"),
    ];
  });
  return [
    "# Rules",
    `${rules.length} rules, generated from \`src/risk/rules/\` by \`deno task rules\`. A rule can be named by its code or ` +
    "its name, in any case, everywhere: `--rules`, `--ignore`, `querycop.yaml`, `-- querycop-ignore`, `querycop explain`.",
    "A statement's score is the highest of its findings plus at most 10 for the others, without leaving its level. Levels: info below 15, low from " +
    "15, medium from 40, high from 70, critical from 90.",
    ...sections,
  ].join("\n\n") + "\n";
}
