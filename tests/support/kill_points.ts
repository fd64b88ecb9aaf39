/**
 * Given to `deno run --preload`: ends the process with SIGKILL at the point whose number KILL_AT is, and writes the
 * names of the points that it passes to the file KILL_LOG.
 *
 * A point stands before and after whatever changes something outside the process, and each question to an API: an HTTP
 * request, a rename (every file that must be whole is put in its place by one), a program. What repeats while nothing is
 * written, as waiting does, counts once, so that the numbers are the same in every run.
 */
const at = Number(Deno.env.get("KILL_AT") ?? 0);
const log = Deno.env.get("KILL_LOG");
const passed = new Set<string>();
let written = 0;

function point(name: string): void {
  const key = `${written} ${name}`;
  if (passed.has(key)) return;
  passed.add(key);
  if (log !== undefined) Deno.writeTextFileSync(log, `${name}\n`, { append: true });
  if (passed.size === at) Deno.kill(Deno.pid, "SIGKILL");
}

const { rename } = Deno;
Deno.rename = async (from, to) => {
  const name = `rename to ${String(to).replace(/^.*\//, "").replace(/^[a-z0-9]{8}\.json$/, "state")}`;
  point(`before ${name}`);
  await rename(from, to);
  written++;
  point(`after ${name}`);
};

const realFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  // Ids differ from run to run.
  const name = `${init?.method ?? "GET"} ${
    url.pathname.replace(/\/passwords\/[a-z0-9]{12}$/, "/passwords/ID")
  }`;
  point(`before ${name}`);
  const response = await realFetch(input, init);
  point(`after ${name}`);
  return response;
};

const { spawn } = Deno.Command.prototype;
Deno.Command.prototype.spawn = function () {
  point("before a program");
  const child = spawn.call(this);
  point("a program has started");
  child.status.then(() => point("after a program"));
  return child;
};
