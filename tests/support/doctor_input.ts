/** What a run of doctor is told, for tests: a deployment against one database on this machine, and parts of it changed. */
import { freePort } from "./servers.ts";
import { systemClock } from "../../src/base/clock.ts";
import { inspectConfig } from "../../src/config/mod.ts";
import { waysOfServe } from "../../src/commands/doctor_input.ts";
import type { Check, CheckId, CheckResult } from "../../src/doctor/check.ts";
import { CHECKS } from "../../src/doctor/checks.ts";
import type { DoctorInput } from "../../src/doctor/input.ts";
import { runChecks, type RunOptions } from "../../src/doctor/runner.ts";

/** Where nothing is ever kept. */
const DATA_DIR = Deno.makeTempDirSync({ prefix: "querycop-data-" });

/** How the deployment differs from a plain one. */
export interface DoctorSetup extends Partial<Omit<DoctorInput, "inspected" | "targets">> {
  /** Environment of the deployment; `GATEKEEPER_BACKEND_HOST` is 127.0.0.1 unless it says otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The input of a run. */
export function doctorInputOf(setup: DoctorSetup = {}): DoctorInput {
  const { env, ...rest } = setup;
  const inspected = inspectConfig({
    flags: {},
    env: {
      GATEKEEPER_BACKEND_HOST: "127.0.0.1",
      GATEKEEPER_DATA_DIR: DATA_DIR,
      // Whatever else runs on this machine is no part of the deployment.
      GATEKEEPER_LISTEN_PORT: String(freePort()),
      GATEKEEPER_API_PORT: String(freePort()),
      ...env,
    },
    os: "linux",
  });
  const { backendHost = "", backendPort = 3306, backendTlsServerName, backendTlsMode, backendTlsCaFile } =
    inspected.config;
  return {
    inspected,
    serveRefuses: false,
    targetsFrom: "configuration",
    targets: [{ host: backendHost, port: backendPort, serverName: backendTlsServerName ?? backendHost }],
    tls: { mode: backendTlsMode ?? "prefer", caFile: backendTlsCaFile, assumed: false },
    ...waysOfServe(inspected),
    credentials: undefined,
    serviceToken: { id: undefined, secret: undefined, organization: undefined, database: undefined },
    apiUrl: "http://127.0.0.1:9/",
    httpsCaFile: undefined,
    edgeUrl: () => "http://127.0.0.1:9/",
    nameServer: undefined,
    silenceMs: 2000,
    policy: { problems: [], warnings: [] },
    clock: systemClock,
    os: "linux",
    ...rest,
  };
}

/** Runs all checks, or those named and what they need, and resolves to their results by id. */
export async function examine(
  setup: DoctorSetup,
  only?: readonly CheckId[],
  options: Partial<RunOptions> = {},
  checks: readonly Check[] = CHECKS,
): Promise<Readonly<Record<CheckId, CheckResult>>> {
  const results = await runChecks(checks, doctorInputOf(setup), { timeoutMs: 15_000, only, ...options });
  return Object.fromEntries(results.map((result) => [result.id, result])) as Record<CheckId, CheckResult>;
}

/** `fail tls.expired` and the like: a check's status and the codes of its findings. */
export function verdictOf(result: CheckResult | undefined): string {
  return [result?.status ?? "missing", ...result?.findings.map(({ code }) => code) ?? []].join(" ");
}
