/** Runs a benchmark by name: `deno task bench proxy [options]`. Each is a file in `scripts/bench/` that exports `run`. */

const folder = new URL("./bench/", import.meta.url);
const [name, ...args] = Deno.args;
const names: string[] = [];
for await (const entry of Deno.readDir(folder)) {
  if (entry.isFile && !entry.name.startsWith("_")) names.push(entry.name.replace(/\.ts$/, ""));
}
if (name === undefined || !names.includes(name)) {
  console.error(`error: Name a benchmark: ${names.toSorted().join(", ")}`);
  Deno.exit(2);
}
const { run } = await import(new URL(`${name}.ts`, folder).href) as {
  run(args: readonly string[]): Promise<void>;
};
await run(args);
Deno.exit(0);
