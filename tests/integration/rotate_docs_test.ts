/** docs/rotate.md says what is so: its snippets parse, its flags are the program's, its schedule rotates. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { run, runOrThrow } from "../support/process.ts";
import { ROTATING_TOKEN } from "../support/planetscale_api.ts";
import { rotationBench } from "../support/rotation_bench.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/rotate.md", import.meta.url));
const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const QUERYCOP = Deno.env.get("QUERYCOP_BIN") === undefined
  ? [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", MAIN]
  : [Deno.env.get("QUERYCOP_BIN") ?? ""];

function snippets(language: string): readonly string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text]) =>
    text ?? ""
  );
}

Deno.test("scripts are such that a shell reads them, and the workflow is YAML that runs querycop", async () => {
  for (const [language, shell] of [["sh", "sh"], ["bash", "bash"]] as const) {
    assert.ok(snippets(language).length > 0);
    for (const script of snippets(language)) await runOrThrow([shell, "-n"], { stdin: script });
  }
  const [workflow] = snippets("yaml").map((text) => parse(text));
  const commands = workflow.jobs.rotate.steps.map((step: { readonly run: string }) => step.run.split(" ")[0]);
  assert.deepEqual(commands, ["querycop", "/usr/local/bin/rotate-password", "querycop"]);
});

Deno.test("every flag and variable on the page is one that rotate has", async () => {
  const helps = await Promise.all(
    [["rotate"], ["rotate", "resume"], ["rotate", "abort"], ["doctor"], ["rotate", "status"]].map((words) =>
      runOrThrow([...QUERYCOP, ...words, "--help"])
    ),
  );
  const help = helps.join("\n");
  const ours = snippets("console").concat(snippets("sh")).flatMap((text) =>
    text.replaceAll("\\\n", " ").split("\n").filter((line) => /querycop (rotate|doctor)/.test(line))
      .flatMap((line) => line.replace(/^.*?querycop (?=rotate|doctor)/, "").match(/(?<= )--[a-z-]+/g) ?? [])
  );
  const inText = [...PAGE.matchAll(/`(--[a-z-]+)[ `]/g)].map(([, flag]) => flag ?? "");
  assert.ok(ours.length > 8 && inText.length > 8);
  for (const flag of new Set([...ours, ...inText])) assert.match(help, new RegExp(`${flag}\\b`), flag);
  for (const [, name] of PAGE.matchAll(/\b(PLANETSCALE_(?!SERVICE)[A-Z_]+)\b/g)) {
    assert.ok(help.includes(name ?? ""), name);
  }
});

Deno.test("the schedule's script begins a rotation, goes on with it, and begins the next one", async () => {
  const script = snippets("sh").find((text) => text.includes("# rotate-password:"));
  assert.ok(script !== undefined);
  await using bench = await rotationBench();
  const { folder } = bench;
  await Deno.mkdir(`${folder}/bin`);
  const program = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/bin/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  };
  // The secrets store is a file, and the tools of others are the least that the script needs of them.
  const quick = "--quiet-for 100ms --poll 50ms";
  await program(
    "querycop",
    `case "$*" in *resume*) set -- "$@" --poll 50ms;; *--yes*) set -- "$@" ${quick};; esac
exec ${QUERYCOP.join(" ")} "$@"`,
  );
  await program("aws", `cat ${folder}/store`);
  await program("kubectl", `test ! -e ${folder}/broken`);
  await program("store-secret", `cat >${folder}/store.new && mv ${folder}/store.new ${folder}/store`);
  const deno = Deno.execPath();
  // jq, as far as the page uses it.
  await Deno.writeTextFile(
    `${folder}/jq.ts`,
    `const value = JSON.parse(await new Response(Deno.stdin.readable).text());
const found = value.runs ? value.runs.find((each) => each.outcome === "running")?.run : value.username;
if (found !== undefined) console.log(found);`,
  );
  await program("jq", `exec ${deno} run --quiet --no-check ${folder}/jq.ts`);
  await program("read-secret", `cat ${folder}/store`);
  const text = script.replace("/usr/local/bin/store-secret", `${folder}/bin/store-secret`)
    .replace("/usr/local/bin/read-secret", `${folder}/bin/read-secret`)
    .replaceAll(/ --querycop \S+/g, "");
  await Deno.writeTextFile(`${folder}/rotate-password`, text);
  const pair = { username: bench.old.username, password: bench.old.plainText };
  await Deno.writeTextFile(`${folder}/store`, JSON.stringify(pair));
  const env = {
    ...bench.backendEnv,
    PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
    GATEKEEPER_DATA_DIR: bench.dataDir,
    PLANETSCALE_SERVICE_TOKEN_ID: ROTATING_TOKEN.id,
    PLANETSCALE_SERVICE_TOKEN: ROTATING_TOKEN.secret,
    PLANETSCALE_API_URL: bench.api.url,
    PLANETSCALE_ORG: "acme",
    PLANETSCALE_DATABASE: "shop",
    PLANETSCALE_BRANCH: "main",
  };
  const scheduled = () => run(["sh", `${folder}/rotate-password`], { env, cwd: folder });
  const held = async () => JSON.parse(await Deno.readTextFile(`${folder}/store`)).username;

  const first = await scheduled();
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(bench.api.model.passwords.map(({ username }) => username), [await held()]);

  await Deno.writeTextFile(`${folder}/broken`, "");
  const broken = await scheduled();
  assert.equal(broken.code, 1, broken.stderr);
  assert.equal(bench.api.model.passwords.length, 2);
  await Deno.remove(`${folder}/broken`);
  const resumed = await scheduled();
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(bench.api.model.passwords.map(({ username }) => username), [await held()]);
  assert.equal(bench.api.model.deleted.length, 2);
});
