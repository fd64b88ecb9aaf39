/**
 * Fuzzes everything that reads SQL: `deno task fuzz [--count N] [--seconds N] [--seed N] [--no-hard]`.
 *
 * Three parts: mutated statements and random bytes (N of them), texts made to be hard, whose time must grow with their
 * length and no faster, and single tokens of 100 MB. Ends with exit code 1 and the input in hexadecimal at the first
 * that throws, disagrees with itself or takes too long.
 */
import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { DEFAULT_RISK_OPTIONS } from "../src/risk/options.ts";
import { TextJudge } from "../src/risk/text_judge.ts";
import { DEFAULT_SQL_OPTIONS } from "../src/sql/options.ts";
import { Random } from "../tests/support/random.ts";
import { fuzzInput, fuzzOptions, FuzzTarget, HARD, hardText } from "../tests/support/sql_fuzz.ts";

/** How much more CPU time four times the text may take; the rest is chance and cache. */
const LARGEST_GROWTH = 7;
/** Times below this say nothing about growth. */
const NOISE_MS = 150;
const HARD_BYTES = 128 * 1024;
const LARGE_BYTES = 100 * 1000 * 1000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    count: { type: "string", default: "100000" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "no-hard": { type: "boolean", default: false },
  },
});

const seed = Number(values.seed);
console.log(`seed ${seed}`);
mutations(Number(values.count), Number(values.seconds));
if (!values["no-hard"]) {
  hard();
  large();
}

function mutations(count: number, seconds: number): void {
  const random = new Random(seed);
  const target = new FuzzTarget();
  const started = performance.now();
  let slowestMs = 0;
  let turn = 0;
  for (; turn < count && performance.now() - started < seconds * 1000; turn++) {
    const bytes = fuzzInput(random);
    const options = fuzzOptions(random);
    const at = performance.now();
    try {
      target.run(bytes, options);
    } catch (error) {
      console.error(`error: input ${turn} of seed ${seed}: ${bytes.toHex()}\n${JSON.stringify(options)}`);
      console.error(error);
      Deno.exit(1);
    }
    slowestMs = Math.max(slowestMs, performance.now() - at);
  }
  const perSecond = turn / (performance.now() - started) * 1000;
  console.log(`${turn} inputs, ${perSecond.toFixed(0)} a second, the slowest ${slowestMs.toFixed(1)} ms`);
}

function hard(): void {
  let worst = "";
  let worstGrowth = 0;
  for (const entry of HARD) {
    for (const clientFile of [false, true]) {
      const options = { ...DEFAULT_SQL_OPTIONS, clientFile };
      const time = (bytes: Uint8Array) => {
        const judge = new TextJudge(DEFAULT_RISK_OPTIONS, 16);
        const started = cpuUsage();
        judge.judge(bytes, options);
        const { user, system } = cpuUsage(started);
        return (user + system) / 1000;
      };
      time(hardText(entry, HARD_BYTES / 16));
      const short = time(hardText(entry, HARD_BYTES));
      const long = time(hardText(entry, HARD_BYTES * 4));
      const growth = long / Math.max(short, NOISE_MS / 4);
      if (growth > worstGrowth) {
        worstGrowth = growth;
        worst = `${entry[0]}: ${short.toFixed(0)} ms, then ${long.toFixed(0)} ms`;
      }
      if (growth > LARGEST_GROWTH && long > NOISE_MS) {
        console.error(
          `error: ${entry[0]}${clientFile ? " in a client file" : ""}: ${HARD_BYTES >> 10} KB take ${
            short.toFixed(0)
          } ms, ` +
            `four times that ${long.toFixed(0)} ms`,
        );
        Deno.exitCode = 1;
      }
    }
  }
  console.log(
    `${HARD.length} hard texts of ${HARD_BYTES >> 8} KB; four times the length took at most ${
      worstGrowth.toFixed(1)
    } times as long (${worst})`,
  );
}

function large(): void {
  for (
    const [name, first, fill, last] of [
      ["a string", "SELECT '", "a", "'"],
      ["an unterminated string", "SELECT '", "a", ""],
      ["a name", "SELECT ", "a", ""],
      ["a quoted name", "SELECT `", "a", "`"],
      ["a number", "SELECT ", "1", ""],
      ["a comment", "SELECT 1 /*", "*", "/"],
      ["blanks", "SELECT 1", " ", ""],
      ["parentheses", "SELECT ", "(", ""],
    ] as const
  ) {
    const bytes = new Uint8Array(LARGE_BYTES).fill(fill.charCodeAt(0));
    bytes.set(new TextEncoder().encode(first));
    bytes.set(new TextEncoder().encode(last), bytes.length - last.length);
    const judge = new TextJudge(DEFAULT_RISK_OPTIONS, 16);
    const started = performance.now();
    const { score } = judge.judge(bytes);
    const ms = performance.now() - started;
    const rss = Deno.memoryUsage().rss / 1e6;
    console.log(
      `100 MB of ${name}: ${ms.toFixed(0)} ms, score ${score.toFixed(0)}, ${rss.toFixed(0)} MB resident`,
    );
  }
}
