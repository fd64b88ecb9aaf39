/** Processes that a benchmark measures. */

/** User and system CPU time of a process and its threads, in ms, from the kernel's 10 ms ticks. */
export function cpuMs(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process, in bytes. */
export function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1]) * 1024;
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1
    ? sorted[middle] as number
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Runs a program to its end and gives what it printed; throws with its words where it fails. */
export async function output(argv: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const [program, ...args] = argv;
  const { success, stdout, stderr } = await new Deno.Command(program ?? "", { args, env }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) {
    throw new Error(`${argv.slice(0, 3).join(" ")} failed: ${new TextDecoder().decode(stderr)}${text}`);
  }
  return text;
}

/** Waits until something accepts connections on a port of this machine. */
export async function untilListening(port: number, what: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`${what} does not listen on port ${port}`);
}

/** Prints rows as a table with aligned columns; the first row is the heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  for (const row of rows) {
    console.log(
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
      ).join("  ").trimEnd(),
    );
  }
}
