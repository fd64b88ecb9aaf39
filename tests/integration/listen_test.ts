/** A port that is taken: serve says by whom and ends with exit code 3, and doctor says the same before. */
import assert from "node:assert/strict";
import { run } from "../support/process.ts";
import { freePort } from "../support/servers.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;

async function querycop(args: readonly string[], env: Readonly<Record<string, string>>) {
  const kept = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return await run(["env", "-i", ...kept, ...set, Deno.execPath(), "run", "--no-check", "-A", MAIN, ...args]);
}

async function inFolder(body: (env: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-listen-" });
  try {
    await body({
      GATEKEEPER_BACKEND_HOST: "127.0.0.1",
      GATEKEEPER_BACKEND_PORT: String(freePort()),
      GATEKEEPER_BACKEND_TLS_MODE: "disable",
      GATEKEEPER_LISTEN_PORT: String(freePort()),
      GATEKEEPER_API_PORT: String(freePort()),
      GATEKEEPER_DATA_DIR: `${folder}/data`,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("serve names who holds its port, of applications or of the admin API, with exit code 3; doctor too", () =>
  inFolder(async (env) => {
    for (const key of ["GATEKEEPER_LISTEN_PORT", "GATEKEEPER_API_PORT"]) {
      using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = holder.addr;
      const taken = { ...env, [key]: String(port) };
      const served = await querycop(["serve"], taken);
      assert.equal(served.code, 3, served.stderr);
      const held = new RegExp(
        `annot listen on 127\\.0\\.0\\.1:${port}: .*\\(process ${Deno.pid}\\) listens there`,
      );
      assert.match(served.stderr, held);
      assert.match(served.stderr, /hint: Stop that program, or choose another port/);
      const examined = await querycop(["doctor", "--only", "ports", "--format", "json"], taken);
      assert.equal(examined.code, 3, examined.stderr);
      const report = JSON.parse(examined.stdout);
      assert.equal(report.exit_code, 3);
      assert.deepEqual(report.checks[0].findings.map((each: { readonly code: string }) => each.code), [
        "listen.in_use",
      ]);
      assert.match(report.checks[0].summary, held);
    }
  }));

Deno.test("doctor ends with 3 exactly where serve would, in text and in JSON", () =>
  inFolder(async (env) => {
    const cases: readonly (readonly [change: Readonly<Record<string, string>>, code: number])[] = [
      [{ GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: "/nonexistent.pem" }, 3],
      [{ GATEKEEPER_BACKEND_PORT: "none" }, 3],
      [{ GATEKEEPER_POLICY_FILE: "/nonexistent.yaml" }, 3],
      [{ GATEKEEPER_PROXY_TLS_CERT: "/nonexistent.pem", GATEKEEPER_PROXY_TLS_KEY: "/nonexistent.pem" }, 3],
      // serve starts with a weak key, and without a database.
      [{ ADMIN_API_KEY: "changeme", GATEKEEPER_API_HOST: "0.0.0.0" }, 1],
      [{}, 1],
    ];
    for (const [change, code] of cases) {
      const all = { ...env, ...change };
      const json = await querycop(["doctor", "--format", "json"], all);
      const text = await querycop(["doctor"], all);
      assert.deepEqual(
        [json.code, text.code, JSON.parse(json.stdout).exit_code],
        [code, code, code],
        JSON.stringify(change),
      );
    }
  }));
