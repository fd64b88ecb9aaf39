import assert from "node:assert/strict";
import { createLogger } from "../../src/base/logger.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { ServedPolicy } from "../../src/serve/policy_in_force.ts";

/** Log lines of a policy that is loaded so. */
async function logOf(policy: string, env: Record<string, string>): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/policy.yaml`, policy);
    const { config } = loadConfig({
      flags: {},
      env: { GATEKEEPER_BACKEND_HOST: "127.0.0.1", GATEKEEPER_POLICY_FILE: `${folder}/policy.yaml`, ...env },
      os: "linux",
    });
    const log: string[] = [];
    new ServedPolicy(
      config,
      createLogger({ level: "debug", format: "json", write: (line) => void log.push(line) }),
    );
    return log.join("\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a policy that holds what nobody can approve is told of at the start", async () => {
  const warning = /nobody can approve them/;
  const thresholds = "version: 1\nthresholds: { hold: 80, block: 101 }\n";
  const selectors = 'version: 1\nroles: [{ name: r, match: { users: ["a"] }, hold: ["ddl/*"] }]\n';
  for (const policy of [thresholds, selectors]) {
    assert.match(await logOf(policy, {}), warning);
    assert.doesNotMatch(await logOf(policy, { ADMIN_API_KEY: "0123456789abcdef0123456789abcdef" }), warning);
    assert.doesNotMatch(await logOf(policy, { GATEKEEPER_MODE: "monitor" }), warning);
  }
  assert.doesNotMatch(await logOf("version: 1\n", {}), warning);
});
