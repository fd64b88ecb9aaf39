/** Writes docs/configuration.md from the table of keys: `deno run -R -W=docs scripts/config_docs.ts`. */
import { fileKeyOf, flagOf, type KeyDefinition, keyEntries } from "../src/config/mod.ts";

/** The page as it should be. */
export function renderConfigDocs(): string {
  const groups = new Map<string, KeyDefinition<unknown>[]>();
  for (const [, definition] of keyEntries()) {
    groups.set(definition.group, [...(groups.get(definition.group) ?? []), definition]);
  }
  return `${HEAD}\n${[...groups].map(([group, keys]) => renderGroup(group, keys)).join("\n")}`;
}

const HEAD = `# Configuration

<!-- Made by scripts/config_docs.ts from src/config/keys.ts: change it there. -->

Each key can be set in four places. The first that has it wins:

1. a flag of \`querycop serve\`, such as \`--backend-host db.example.com\`;
2. the environment, such as \`GATEKEEPER_BACKEND_HOST=db.example.com\`; an empty variable counts as unset;
3. the file given with \`--config FILE\`, YAML or JSON, such as \`backend_host: db.example.com\`;
4. the default.

A secret is never a flag: its flag and the variable \`NAME_FILE\` name a file that holds it. Durations are
written \`500ms\`, \`30s\`, \`15m\`, \`8h\` or \`1h30m\`; yes and no as true, false, on, off, 1 or 0.

\`querycop config check\` reads all of it and the files it names, reports everything that is wrong at once and
ends with exit code 3 if something is. \`querycop config show --sources\` says where each value comes from.
\`querycop config schema\` prints a JSON Schema for editors.
`;

function renderGroup(group: string, keys: readonly KeyDefinition<unknown>[]): string {
  return `## ${group}\n\n${keys.map(renderKey).join("\n")}`;
}

function renderKey(key: KeyDefinition<unknown>): string {
  const fallback = key.fallbackText ?? key.fallback;
  const value = key.required !== undefined
    ? "required"
    : typeof fallback === "string"
    ? `default \`${fallback}\``
    : "unset by default";
  const variable = key.secret === true ? `\`${key.env}\`, \`${key.env}_FILE\`` : `\`${key.env}\``;
  return `### ${key.env}\n\n${key.summary}.\n\n` +
    `- Value: ${key.kind.allowed}; ${value}\n` +
    `- Variable ${variable}, flag \`${flagOf(key)}\`, file key \`${fileKeyOf(key)}\`\n`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("../docs/configuration.md", import.meta.url), renderConfigDocs());
}
