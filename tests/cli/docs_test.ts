/** What the pages for operators say can be typed, set and linked is so. */
import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { splitArguments } from "../../src/cli/arguments.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../../src/cli/registry.ts";
import { loadCommand } from "../../src/cli/run_command.ts";
import { Shell } from "../../src/cli/shell.ts";
import { systemHost } from "../../src/cli/terminal/host.ts";
import { TOPICS } from "../../src/cli/topics.ts";
import { keyEntries } from "../../src/config/keys.ts";

/** Every page but those that are made from the source, which have tests of their own. */
const PAGES: readonly { readonly path: string; readonly text: string }[] = [
  "README.md",
  ...[...Deno.readDirSync("docs")].filter(({ name }) => name.endsWith(".md") && name !== "configuration.md")
    .map(({ name }) => `docs/${name}`),
].map((path) => ({ path, text: Deno.readTextFileSync(path) }));

/** Fenced blocks with their language. */
function blocks(text: string): { readonly language: string; readonly body: string }[] {
  return [...text.matchAll(/^( *)```(\w*)\n([^]*?)\n\1```$/gm)].map(([, , language = "", body = ""]) => ({
    language,
    body,
  }));
}

/** Lines that a reader would type, and commands that sentences name, mostly without all that they need. */
function commandLines(text: string): { readonly line: string; readonly named: boolean }[] {
  const fenced = blocks(text).flatMap(({ language, body }) => {
    const joined = body.replace(/\\\n\s*/g, " ");
    if (language === "sh") return joined.split("\n");
    return language === "console"
      ? joined.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2))
      : [];
  });
  const prose = text.replace(/^( *)```[^]*?\n\1```$/gm, "");
  const inline = [...prose.matchAll(/`(querycop [^`]+)`/g)].map(([, code = ""]) => code.replace(/\s+/g, " "));
  return [
    ...fenced.map((line) => ({ line, named: false })),
    ...inline.map((line) => ({ line, named: true })),
  ];
}

/** How a command complains of what was left out, and of nothing else. */
const LEFT_OUT = ["commander.missingMandatoryOptionValue", "commander.missingArgument", "commander.help"];

/** What stands after each `querycop` of a line that is a command and no argument, cut into words as a shell does. */
function invocations(line: string): string[][] {
  const found: string[][] = [];
  const text = line.replace(/<\(([^)]*)\)/g, "$1").replace(/[[\]]/g, "").replace(
    /(^|\s)\.\.\.(?=\s|$)/g,
    "$1",
  );
  for (const part of text.split(/\s*(?:&&|\|\||;|\|)\s*/)) {
    const words = [...part.replace(/(^|\s)#.*$/, "").matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)]
      .map(([word]) => word.replace(/^(--[\w-]+=)?(['"])(.*)\2$/, "$1$3"));
    const start = words.findIndex((word, at) =>
      /^(.*\/)?querycop$/.test(word) &&
      words.slice(0, at).every((before, index) =>
        /^[A-Z_]+=/.test(before) || before === "source" || before === "--" ||
        words.slice(index).includes("--")
      )
    );
    if (start === -1) continue;
    const rest = words.slice(start + 1);
    const end = rest.findIndex((word) => /^[<>]/.test(word) && !/^<[\w-]+>$/.test(word));
    found.push(end === -1 ? rest : rest.slice(0, end));
  }
  return found;
}

/** Parses words as the program does, and does nothing else. */
async function parse(args: readonly string[]): Promise<void> {
  const { command: name, rest } = splitArguments(args);
  if (name === "help") {
    for (const word of rest) {
      assert.ok([...COMMANDS, ...TOPICS].some(({ name }) => name === word), `no topic ${word}`);
    }
    return;
  }
  if (name === undefined && rest.some((word) => ["--help", "--version"].includes(word))) return;
  const entry = COMMANDS.find((candidate) => candidate.name === (name ?? DEFAULT_COMMAND));
  assert.ok(entry !== undefined, `no command ${name}`);
  const host = systemHost();
  const { root, command } = await loadCommand(entry, new Shell(host), host, "never");
  const idle = (each: CommandUnknownOpts) => {
    each.action(() => {});
    for (const sub of each.commands) idle(sub);
  };
  idle(command);
  // A group of commands that is only named, as in "the options of querycop policy", is one too.
  await root.parseAsync([entry.name, ...rest], { from: "user" });
}

Deno.test("every querycop command in the pages is one that the program takes", async () => {
  let checked = 0;
  const wrong: string[] = [];
  for (const { path, text } of PAGES) {
    for (const { line, named } of commandLines(text)) {
      for (const args of invocations(line)) {
        checked++;
        await parse(args).catch((error: Error) => {
          if (named && error instanceof CommanderError && LEFT_OUT.includes(error.code)) return;
          wrong.push(`${path}: querycop ${args.join(" ")}: ${error.message}`);
        });
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(checked > 60, `only ${checked} commands were found`);
});

Deno.test("a command that does not exist would be found", async () => {
  for (
    const line of ["querycop polcy", "A=b querycop policy check --nonsense x", "x && querycop audit verfy"]
  ) {
    for (const args of invocations(line)) await assert.rejects(parse(args), line);
    assert.equal(invocations(line).length, 1);
  }
});

Deno.test("every variable in the pages is one that is read", () => {
  const known = new Set(keyEntries().flatMap(([, { env, secret }]) => secret ? [env, `${env}_FILE`] : [env]));
  let checked = 0;
  for (const { path, text } of PAGES) {
    for (const [, name = "", open = ""] of text.matchAll(/\b((?:GATEKEEPER|ADMIN_API)_[A-Z0-9_]+)(\*?)/g)) {
      checked++;
      const fits = open === "*" || name.endsWith("_")
        ? [...known].some((each) => each.startsWith(name))
        : known.has(name);
      assert.ok(fits, `${path} names ${name}, which nothing reads`);
    }
  }
  assert.ok(checked > 50);
});

Deno.test("every YAML and JSON example parses", () => {
  let checked = 0;
  for (const { path, text } of PAGES) {
    for (const { language, body } of blocks(text)) {
      if (language !== "yaml" && language !== "json") continue;
      checked++;
      if (language === "json") JSON.parse(body);
      for (const document of parseAllDocuments(body, { merge: true })) {
        assert.deepEqual(document.errors, [], `${path}:\n${body}`);
        // An octal of YAML 1.1 is a decimal of 1.2: neither is meant by everyone.
        assert.doesNotMatch(body, /:\s0\d+\s*[,}\n]/, path);
      }
    }
  }
  assert.ok(checked > 5);
});

Deno.test("every link between the pages leads somewhere", () => {
  for (const { path, text } of PAGES) {
    const prose = text.replace(/^( *)```[^]*?\n\1```$/gm, "");
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#", 2);
      const to = file === "" ? path : join(dirname(path), file);
      const there = Deno.statSync(to);
      if (anchor === undefined || there.isDirectory) continue;
      const headings = [...Deno.readTextFileSync(to).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-")
      );
      assert.ok(headings.includes(anchor), `${path} links to ${target}: there is no such heading`);
    }
  }
});
