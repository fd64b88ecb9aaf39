/**
 * Every test there is: `deno task test [suite...]` with suites unit, integration, clients and cli.
 *
 * Installs what the suites need, runs them one after the other, each with a limit on its time, and ends with the
 * line `N passed, N failed`. Exit code 1 when anything failed, was skipped or ran out of time.
 */
import { exists } from "../tests/support/process.ts";
import { provisionFor } from "./setup.ts";

interface Suite {
  readonly name: string;
  /** What `deno test` is given beside the common options. */
  readonly args: readonly string[];
  /** Past this it is ended and counts as failed. */
  readonly limitSeconds: number;
}

const LOOPBACK = "--allow-net=127.0.0.1,[::1],localhost,0.0.0.0";
const SERVER_PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
  LOOPBACK,
];

const SUITES: readonly Suite[] = [
  {
    name: "unit",
    args: [
      "--parallel",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      LOOPBACK,
      "--ignore=tests/integration,tests/clients,tests/cli,tests/support",
      "tests",
    ],
    limitSeconds: 180,
  },
  { name: "integration", args: [...SERVER_PERMISSIONS, "tests/integration"], limitSeconds: 600 },
  { name: "clients", args: [...SERVER_PERMISSIONS, "tests/clients"], limitSeconds: 300 },
  { name: "cli", args: [...SERVER_PERMISSIONS, "tests/cli"], limitSeconds: 240 },
];

/** What one suite came to. */
interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

const wanted = Deno.args.length === 0 ? SUITES.map((suite) => suite.name) : Deno.args;
const unknown = wanted.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(", ")}; there are ${SUITES.map((suite) => suite.name).join(", ")}`);
  Deno.exit(2);
}

let passed = 0;
let failed = 0;
for (const suite of SUITES) {
  if (!wanted.includes(suite.name)) continue;
  const outcome = await runSuite(suite);
  passed += outcome.passed;
  failed += outcome.failed;
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function runSuite(suite: Suite): Promise<Outcome> {
  console.log(`\n== ${suite.name}`);
  if (suite.name !== "unit" && !(await exists(`tests/${suite.name}`))) {
    console.log("no tests");
    return { passed: 0, failed: 0 };
  }
  try {
    await provisionFor(suite.name);
  } catch (error) {
    console.error(`Cannot run ${suite.name}: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1 };
  }
  const report = await Deno.makeTempFile({ prefix: "querycop-junit-", suffix: ".xml" });
  try {
    const started = Date.now();
    // Its own process group, so that the limit ends whatever the tests started too; tied to this process.
    const { code } = await new Deno.Command("setpriv", {
      args: [
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
        ...suite.args,
      ],
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    if (code === 124 || code === 137) {
      console.error(`${suite.name} was ended after its limit of ${suite.limitSeconds} s`);
    }
    const outcome = await readReport(report, code);
    console.log(`${suite.name}: ${outcome.passed} passed, ${outcome.failed} failed in ${seconds} s`);
    return outcome;
  } finally {
    await Deno.remove(report);
  }
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
