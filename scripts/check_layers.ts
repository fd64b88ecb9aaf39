/**
 * Fails on an import that goes against the flow of the rooms in `src/`, on a capability used where it does not belong,
 * on a circle of imports, and on a picture of the rooms in docs/architecture.md that differs from what is allowed here.
 * `--write` draws the picture.
 */

/** What each room may import beside itself, and does. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // The command line, and the store's thread, which starts by the same file.
  main: ["cli", "store"],
  cli: ["commands", "config", "base"],
  commands: [
    "serve",
    "gate",
    "proxy",
    "doctor",
    "lint",
    "rotate",
    "contract",
    "config",
    "risk",
    "store",
    "sql",
    "net",
    "base",
  ],
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
  gate: ["proxy", "risk", "store", "contract", "sql", "protocol", "base"],
  proxy: ["contract", "protocol", "net", "base"],
  admin: ["store", "contract", "net", "base"],
  doctor: ["config", "client", "protocol", "net", "base"],
  lint: ["config", "risk", "sql", "base"],
  rotate: ["contract", "config", "client", "net", "base"],
  config: ["contract", "net", "base"],
  risk: ["contract", "sql", "base"],
  client: ["protocol", "net", "base"],
  store: ["contract", "base"],
  // Shapes that rooms and the admin API share.
  contract: [],
  sql: ["base"],
  protocol: ["base"],
  net: ["base"],
  base: [],
};

/** Calls that belong to some rooms only. */
const RESERVED: readonly {
  readonly pattern: RegExp;
  readonly what: string;
  readonly rooms: readonly string[];
}[] = [
  { pattern: /\bDeno\.env\b|\bprocess\.env\b/, what: "the environment", rooms: ["config", "cli", "net"] },
  { pattern: /\benv(?:\.|\[")[A-Z][A-Z_]{2,}/, what: "a variable's name", rooms: ["config", "cli"] },
  {
    pattern: /\bDeno\.(connect|connectTls|startTls|listen|listenTls)\b|from "node:(net|tls)"/,
    what: "sockets",
    rooms: ["net"],
  },
  { pattern: /\bDeno\.exit\b|\bprocess\.exit\b/, what: "exiting", rooms: ["cli", "commands", "main"] },
  { pattern: /\bconsole\.\w+\(/, what: "printing", rooms: ["cli", "commands"] },
];

/**
 * Files that may import each other in a circle, by what makes them one thing. Any other circle is refused, imports of
 * types included.
 */
const CIRCLES: Readonly<Record<string, readonly string[]>> = {
  "the expression grammar: queries hold expressions, and expressions queries": [
    "sql/analyser/calls.ts",
    "sql/analyser/expressions.ts",
    "sql/analyser/from.ts",
    "sql/analyser/into.ts",
    "sql/analyser/operands.ts",
    "sql/analyser/predicates.ts",
    "sql/analyser/query.ts",
    "sql/analyser/select.ts",
    "sql/analyser/sorting.ts",
    "sql/analyser/words.ts",
  ],
  "its model": ["sql/model/expression.ts", "sql/model/query.ts"],
  "statements that statements hold": [
    "sql/model/admin.ts",
    "sql/model/dml.ts",
    "sql/statement.ts",
    "sql/analyser/admin.ts",
    "sql/analyser/analyse.ts",
    "sql/analyser/body_statements.ts",
    "sql/analyser/create.ts",
    "sql/analyser/facts.ts",
    "sql/analyser/nested.ts",
    "sql/analyser/set.ts",
    "sql/analyser/show.ts",
    "sql/analyser/verbs.ts",
  ],
};

const SOURCE = new URL("../src/", import.meta.url);
const PAGE = new URL("../docs/architecture.md", import.meta.url);
const PICTURE = /(?<=^```mermaid\n)[^]*?(?=^```$)/m;

const problems: string[] = [];
/** What each file imports, by paths below src. */
const imports = new Map<string, readonly string[]>();

for await (const path of walk(SOURCE)) {
  const file = path.href.slice(SOURCE.href.length);
  const code = withoutComments(await Deno.readTextFile(path));
  imports.set(
    file,
    [...code.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
      .map(([, specifier = ""]) => new URL(specifier, path).href)
      .filter((target) => target.startsWith(SOURCE.href))
      .map((target) => target.slice(SOURCE.href.length)),
  );
  for (const { pattern, what, rooms } of RESERVED) {
    if (pattern.test(code) && !rooms.includes(roomOf(file))) {
      problems.push(`${file}: ${what} belongs to ${rooms.join(" and ")}, not to ${roomOf(file)}`);
    }
  }
}
checkRooms();
checkCircles();
await checkPicture();

if (problems.length > 0) {
  console.error(problems.join("\n"));
  Deno.exit(1);
}

/** Each import against {@link ALLOWED}, and {@link ALLOWED} against the imports: what nobody uses is not allowed. */
function checkRooms(): void {
  const used = new Set<string>();
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    for (const target of targets) {
      const other = roomOf(target);
      if (other === room) continue;
      used.add(`${room} ${other}`);
      if (ALLOWED[room] === undefined) problems.push(`${file}: room ${room} is not in the layers`);
      else if (!ALLOWED[room].includes(other)) {
        problems.push(`${file}: ${room} must not import ${other} (${target})`);
      }
    }
  }
  for (const [room, others] of Object.entries(ALLOWED)) {
    for (const other of others) {
      if (!used.has(`${room} ${other}`)) {
        problems.push(`scripts/check_layers.ts: ${room} may import ${other} and does not; take it out`);
      }
    }
  }
}

/** Files that reach each other by imports, other than those of {@link CIRCLES}; and what is named there and does not. */
function checkCircles(): void {
  const named = Object.values(CIRCLES);
  const found = circles(imports);
  for (const file of named.flat()) {
    if (!found.some((circle) => circle.includes(file))) {
      problems.push(`scripts/check_layers.ts: ${file} is in no circle any more; take it out`);
    }
  }
  for (const circle of found) {
    if (!named.some((files) => circle.every((file) => files.includes(file)))) {
      problems.push(`${circle.join(", ")}: these import each other in a circle`);
    }
  }
}

/** The picture of the rooms in docs/architecture.md against {@link ALLOWED}; `--write` draws it anew. */
async function checkPicture(): Promise<void> {
  const page = await Deno.readTextFile(PAGE);
  const drawn = PICTURE.exec(page)?.[0];
  const picture = pictureOf(ALLOWED);
  if (drawn === picture) return;
  if (!Deno.args.includes("--write")) {
    problems.push(
      "docs/architecture.md: the picture of the rooms is not what is allowed; run deno task docs",
    );
  } else await Deno.writeTextFile(PAGE, page.replace(PICTURE, () => picture));
}

/** The rooms as a Mermaid flowchart, without the arrows that others imply. */
function pictureOf(allowed: Readonly<Record<string, readonly string[]>>): string {
  const reaches = (from: string, to: string): boolean =>
    (allowed[from] ?? []).some((next) => next === to || reaches(next, to));
  const arrows = Object.entries(allowed).flatMap(([room, others]) =>
    others.filter((other) => !others.some((between) => reaches(between, other)))
      .map((other) => `  ${room} --> ${other}\n`)
  );
  return `flowchart TD\n${arrows.join("")}`;
}

/** Groups of files that reach each other (Tarjan's strongly connected components of more than one). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.size - 1);
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) lowest.set(file, Math.min(lowest.get(file)!, visit(target)));
      else if (open.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, order.get(target)!));
    }
    const low = lowest.get(file)!;
    if (low === order.get(file)) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) found.push(circle.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

function roomOf(file: string): string {
  return file.includes("/") ? file.split("/")[0] ?? "" : "main";
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
