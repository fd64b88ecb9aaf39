import assert from "node:assert/strict";

/** One command of a transcript with what it must print and end with. */
export interface Step {
  /** Number of the `$` line, from 1. */
  readonly line: number;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
}

/**
 * Reads a transcript: `$ command`, then `> ` lines of stdout, `! ` lines of stderr and `= N` for the exit code (0 where
 * it is left out). Lines that begin with `#` and empty ones say nothing. In expectations `[..]` stands for any text
 * within a line of either, and a line `...` for any number of lines of stdout.
 */
export function parseTranscript(text: string): readonly Step[] {
  const steps: { line: number; command: string; stdout: string[]; stderr: string[]; code: number }[] = [];
  text.split("\n").forEach((raw, index) => {
    if (raw === "" || raw.startsWith("#")) return;
    const [mark, rest] = [raw.slice(0, 1), raw.slice(2)];
    if (mark === "$") {
      steps.push({ line: index + 1, command: rest, stdout: [], stderr: [], code: 0 });
      return;
    }
    const step = steps.at(-1);
    if (step === undefined) throw new Error(`line ${index + 1}: no command yet`);
    if (raw === "...") step.stdout.push(raw);
    else if (mark === ">") step.stdout.push(rest);
    else if (mark === "!") step.stderr.push(rest);
    else if (mark === "=") step.code = Number(rest);
    else throw new Error(`line ${index + 1}: "${raw}" is neither ... nor begins with one of $ > ! = #`);
  });
  return steps;
}

/** Runs the steps with `sh` in one directory, one environment, and compares. */
export async function runTranscript(
  name: string,
  steps: readonly Step[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  for (const step of steps) {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", step.command],
      cwd: options.cwd,
      env: options.env,
      clearEnv: true,
      stdin: "null",
    }).output();
    const where = `${name}:${step.line}: ${step.command}`;
    const output = new TextDecoder().decode(stdout);
    const errors = new TextDecoder().decode(stderr);
    expectLines(output, step.stdout, `${where}: stdout`);
    expectLines(errors, step.stderr, `${where}: stderr`);
    assert.equal(code, step.code, `${where}: exit code; stderr was: ${errors}`);
  }
}

function expectLines(text: string, expected: readonly string[], where: string): void {
  const actual = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const pattern = expected.map((line) =>
    line === "..." ? "(?:[^\n]*\n)*" : `${line.split("[..]").map(escape).join("[^\n]*")}\n`
  ).join("");
  if (new RegExp(`^${pattern}$`).test(actual.map((line) => line + "\n").join(""))) return;
  assert.deepEqual(actual, expected, where);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
