/**
 * Fails on an import that goes against the flow of the rooms in `src/` (docs/architecture.md), and on a room or a
 * capability used where it does not belong.
 */

/** What each room may import beside itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // The command line, and the store's thread, which starts by the same file.
  main: ["cli", "store"],
  base: [],
  net: ["base"],
  protocol: ["base"],
  sql: ["base"],
  /** Shapes that rooms and the admin API share. */
  contract: ["base"],
  risk: ["sql", "contract", "base"],
  store: ["contract", "base"],
  client: ["protocol", "net", "base"],
  config: ["net", "protocol", "sql", "base"],
  proxy: ["contract", "config", "protocol", "net", "base"],
  gate: ["proxy", "config", "risk", "sql", "store", "contract", "protocol", "net", "base"],
  admin: ["contract", "config", "store", "net", "base"],
  doctor: ["config", "client", "protocol", "net", "base"],
  lint: ["config", "risk", "sql", "base"],
  rotate: ["contract", "config", "client", "store", "protocol", "net", "base"],
  serve: [
    "gate",
    "proxy",
    "admin",
    "contract",
    "config",
    "risk",
    "client",
    "store",
    "protocol",
    "net",
    "base",
  ],
  commands: [
    "serve",
    "gate",
    "proxy",
    "admin",
    "doctor",
    "lint",
    "rotate",
    "contract",
    "config",
    "risk",
    "client",
    "store",
    "sql",
    "protocol",
    "net",
    "base",
  ],
  cli: ["commands", "config", "base"],
};

/** Calls that belong to some rooms only. */
const RESERVED: readonly {
  readonly pattern: RegExp;
  readonly what: string;
  readonly rooms: readonly string[];
}[] = [
  { pattern: /\bDeno\.env\b|\bprocess\.env\b/, what: "the environment", rooms: ["config", "cli", "net"] },
  {
    pattern: /\bDeno\.(connect|connectTls|startTls|listen|listenTls)\b|from "node:(net|tls)"/,
    what: "sockets",
    rooms: ["net"],
  },
  { pattern: /\bDeno\.exit\b|\bprocess\.exit\b/, what: "exiting", rooms: ["cli", "commands", "main"] },
  { pattern: /\bconsole\.\w+\(/, what: "printing", rooms: ["cli", "commands"] },
];

const SOURCE = new URL("../src/", import.meta.url);
const problems: string[] = [];

for await (const path of walk(SOURCE)) {
  const relative = path.href.slice(SOURCE.href.length);
  const room = relative.includes("/") ? relative.split("/")[0] ?? "" : "main";
  const text = await Deno.readTextFile(path);
  const code = withoutComments(text);
  for (const [, specifier] of code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    const target = new URL(specifier ?? "", path).href;
    if (!target.startsWith(SOURCE.href)) continue;
    const targetRoom = target.slice(SOURCE.href.length).split("/")[0] ?? "";
    if (targetRoom === room) continue;
    const allowed = ALLOWED[room];
    if (allowed === undefined) {
      problems.push(`${relative}: room ${room} is not in the layers`);
    } else if (!allowed.includes(targetRoom)) {
      problems.push(`${relative}: ${room} must not import ${targetRoom} (${specifier})`);
    }
  }
  for (const { pattern, what, rooms } of RESERVED) {
    if (pattern.test(code) && !rooms.includes(room)) {
      problems.push(`${relative}: ${what} belongs to ${rooms.join(" and ")}, not to ${room}`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  Deno.exit(1);
}

async function* walk(directory: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(directory)) {
    const child = new URL(entry.name + (entry.isDirectory ? "/" : ""), directory);
    if (entry.isDirectory) yield* walk(child);
    else if (entry.name.endsWith(".ts")) yield child;
  }
}

/** The text with comments blanked; strings are kept, and none in this project holds a comment opener that matters. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
