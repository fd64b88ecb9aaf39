/**
 * Every test there is: `deno task test [suite...]` with suites unit, integration, clients, cli and vitess; `integration/NAME`
 * runs those of a suite's files whose name begins with NAME.
 *
 * Installs what the suites need, runs them one after the other with a limit on the time of each process, prints the
 * whole output of those that failed, and ends with the line `N passed, N failed`. Exit code 1 when anything failed,
 * was skipped or ran out of time.
 */
import { findProgram, run } from "../tests/support/process.ts";
import { provisionFor } from "./setup.ts";
import { binary } from "../tests/support/binary.ts";

interface Suite {
  readonly name: string;
  /** Where its files are. */
  readonly folder: string;
  /** What `deno test` is given beside the common options. */
  readonly args: readonly string[];
  /** Each of the suite's files in a process of its own, so many at a time; all in one process where it is missing. */
  readonly filesAtOnce?: number;
  /** Runs only where this program is on PATH, unless it is asked for by name. */
  readonly program?: string;
  /** Past this a process is ended and counts as failed. */
  readonly limitSeconds: number;
}

const LOOPBACK = "--allow-net=127.0.0.1,[::1],localhost,0.0.0.0";
const ALL_BUT_NET = ["--allow-read", "--allow-write", "--allow-env", "--allow-run", "--allow-sys", LOOPBACK];

const SUITES: readonly Suite[] = [
  {
    name: "unit",
    folder: "tests",
    args: [
      "--parallel",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      LOOPBACK,
      "--ignore=tests/integration,tests/drivers,tests/executable,tests/vitess,tests/support",
      "tests",
    ],
    limitSeconds: 300,
  },
  { name: "integration", folder: "tests/integration", args: ALL_BUT_NET, filesAtOnce: 2, limitSeconds: 240 },
  { name: "clients", folder: "tests/drivers", args: ALL_BUT_NET, filesAtOnce: 1, limitSeconds: 300 },
  { name: "cli", folder: "tests/executable", args: ALL_BUT_NET, filesAtOnce: 1, limitSeconds: 180 },
  {
    name: "vitess",
    folder: "tests/vitess",
    args: ALL_BUT_NET,
    filesAtOnce: 1,
    limitSeconds: 240,
    program: "go",
  },
];

/** What one suite came to. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

const wanted = Deno.args.length === 0 ? SUITES.map((suite) => suite.name) : Deno.args;
const unknown = wanted.filter((name) => !SUITES.some((suite) => takes(suite, name)));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(", ")}; there are ${SUITES.map((suite) => suite.name).join(", ")}`);
  Deno.exit(2);
}

let passed = 0;
let failed = 0;
for (const suite of SUITES) {
  const names = wanted.filter((name) => takes(suite, name));
  if (names.length === 0) continue;
  const { program } = suite;
  if (Deno.args.length === 0 && program !== undefined && await findProgram(program) === undefined) {
    console.log(`\n== ${suite.name}: not run, because ${program} is not on PATH`);
    continue;
  }
  const outcome = await runSuite(suite, names);
  passed += outcome.passed;
  failed += outcome.failed;
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

/** Whether an argument asks for this suite or for some of its files. */
function takes(suite: Suite, name: string): boolean {
  return name === suite.name || (suite.filesAtOnce !== undefined && name.startsWith(`${suite.name}/`));
}

async function runSuite(suite: Suite, names: readonly string[]): Promise<Outcome> {
  console.log(`\n== ${suite.name}`);
  try {
    await provisionFor(suite.name);
  } catch (error) {
    console.error(`Cannot run ${suite.name}: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1 };
  }
  const started = Date.now();
  const outcomes: Outcome[] = [];
  if (suite.filesAtOnce === undefined) {
    outcomes.push(await runTests(suite.name, suite, suite.args));
  } else {
    const chosen = (await testFiles(suite.folder)).filter((file) =>
      names.some((name) => file.slice(suite.folder.length).startsWith(name.slice(suite.name.length)))
    );
    if (chosen.length === 0) {
      console.error(`No file of ${suite.folder} has a name that begins with one of ${names.join(", ")}`);
      return { passed: 0, failed: 1 };
    }
    const files = chosen.values();
    await Promise.all(Array.from({ length: suite.filesAtOnce }, async () => {
      for (const file of files) outcomes.push(await runTests(file, suite, [...suite.args, file]));
    }));
  }
  const outcome = outcomes.reduce(
    (sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }),
    { passed: 0, failed: 0 },
  );
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`${suite.name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s`);
  return outcome;
}

/** Runs one `deno test` to its end or its limit and prints what it said at once, so that two do not mix. */
async function runTests(name: string, suite: Suite, args: readonly string[]): Promise<Outcome> {
  const report = await Deno.makeTempFile({ prefix: "querycop-junit-", suffix: ".xml" });
  try {
    const started = Date.now();
    // The servers that tests start are the executable that is shipped, not the source.
    const env: Record<string, string> = suite.name === "unit"
      ? {}
      : { QUERYCOP_BIN: Deno.env.get("QUERYCOP_BIN") ?? await binary() };
    // Its own process group, so that the limit ends whatever the tests started too; tied to this process.
    const { code, stdout, stderr } = await run([
      "setpriv",
      "--pdeathsig",
      "TERM",
      "timeout",
      "--kill-after=5",
      `${suite.limitSeconds}`,
      Deno.execPath(),
      "test",
      "--quiet",
      "--no-check",
      `--junit-path=${report}`,
      ...args,
    ], { env });
    const outcome = await readReport(report, code);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    if (outcome.failed > 0) console.log(`${stdout}\n${stderr}`);
    console.log(`${name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s`);
    if (code === 124 || code === 137) console.log(`${name} was ended after ${suite.limitSeconds} s`);
    return outcome;
  } finally {
    await Deno.remove(report);
  }
}

async function testFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith("_test.ts")) files.push(`${folder}/${entry.name}`);
  }
  return files.sort();
}

/** Counts from the JUnit report; a skipped test is a failed one, and so is a run that failed without a failed test. */
async function readReport(path: string, code: number): Promise<Outcome> {
  const report = await Deno.readTextFile(path);
  const count = (pattern: RegExp): number => report.match(pattern)?.length ?? 0;
  const tests = count(/<testcase\b/g);
  const bad = count(/<(failure|error|skipped)\b/g);
  if (code !== 0 && bad === 0) return { passed: tests, failed: 1 };
  return { passed: tests - bad, failed: bad };
}
