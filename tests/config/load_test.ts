import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, ConfigErrors } from "../../src/base/errors.ts";
import {
  type ConfigInput,
  type ConfigKey,
  fileKeyOf,
  flagOf,
  keyEntries,
  loadConfig,
} from "../../src/config/mod.ts";

const HOST = { GATEKEEPER_BACKEND_HOST: "db.example.com" };

function load(input: Partial<ConfigInput>) {
  return loadConfig({ flags: {}, env: HOST, os: "linux", ...input });
}

/** All problems of a configuration that must not load. */
function problemsOf(input: Partial<ConfigInput>): readonly ConfigError[] {
  try {
    load(input);
  } catch (error) {
    if (error instanceof ConfigErrors) return error.problems;
    if (error instanceof ConfigError) return [error];
    throw error;
  }
  assert.fail("the configuration was accepted");
}

Deno.test("the cookbook's environment loads as it stands", () => {
  const { config, warnings } = load({
    env: {
      GATEKEEPER_BACKEND_HOST: "aws.connect.psdb.cloud",
      GATEKEEPER_BACKEND_PORT: "3306",
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: "/etc/ssl/certs/ca-certificates.crt",
      GATEKEEPER_BACKEND_POOLER: "vitess",
      GATEKEEPER_LISTEN_PORT: "15336",
      GATEKEEPER_API_PORT: "8080",
      ADMIN_API_KEY: "0123456789abcdef0123456789abcdef",
    },
  });
  assert.deepEqual(warnings, []);
  assert.equal(config.backendHost, "aws.connect.psdb.cloud");
  assert.equal(config.backendTlsMode, "verify-full");
  assert.equal(config.backendPooler, "vitess");
  assert.equal(config.adminApiKey?.reveal(), "0123456789abcdef0123456789abcdef");
  assert.equal(`${config.adminApiKey}`, "***");
  assert.equal(config.backendTlsServerName, undefined);
  assert.equal(config.idleTimeoutMs, 8 * 3_600_000);
  assert.equal(config.maxStatementBytes, 64 * 1024 * 1024);
});

Deno.test("a flag wins over the environment, that over the file, that over the default, and the source is kept", () => {
  const places = fc.record({ flag: fc.boolean(), env: fc.boolean(), file: fc.boolean() });
  fc.assert(fc.property(places, ({ flag, env, file }) => {
    const { config, sources } = load({
      flags: flag ? { backendPort: "1111" } : {},
      env: { ...HOST, ...(env ? { GATEKEEPER_BACKEND_PORT: "2222" } : {}) },
      file: "/q.yaml",
      readFile: () => file ? "log_level: debug\nbackend_port: 3333\n" : "log_level: debug\n",
    });
    const expected = flag
      ? [1111, "flag", "--backend-port"]
      : env
      ? [2222, "environment", "GATEKEEPER_BACKEND_PORT"]
      : file
      ? [3333, "file", "/q.yaml:2"]
      : [3306, "default", ""];
    assert.deepEqual([config.backendPort, sources.backendPort.from, sources.backendPort.name], expected);
    assert.equal(sources.logLevel.from, "file");
  }));
});

Deno.test("every wrong key is reported at once, each with its value, what is allowed and what to do", () => {
  const wrong: Readonly<Record<string, string>> = {
    GATEKEEPER_BACKEND_HOST: "mysql://db.example.com",
    GATEKEEPER_BACKEND_PORT: "99999",
    GATEKEEPER_BACKEND_TLS_MODE: "verify",
    GATEKEEPER_BACKEND_IP_FAMILY: "ipv4",
    GATEKEEPER_BACKEND_POOLER: "My Pooler",
    GATEKEEPER_LISTEN_HOST: "10.0.0.256",
    GATEKEEPER_LISTEN_PORT: "-1",
    GATEKEEPER_PROXY_TLS_MODE: "on",
    GATEKEEPER_PROXY_PROTOCOL: "v2",
    GATEKEEPER_MAX_CONNECTIONS: "0",
    GATEKEEPER_CONNECT_TIMEOUT: "10",
    GATEKEEPER_IDLE_TIMEOUT: "0",
    GATEKEEPER_MAX_STATEMENT_MB: "0",
    GATEKEEPER_MAX_RESPONSE_MB: "lots",
    GATEKEEPER_WORKERS: "1.5",
    GATEKEEPER_LOG_LEVEL: "loud",
    GATEKEEPER_LOG_FORMAT: "xml",
  };
  const problems = problemsOf({ env: wrong });
  assert.deepEqual(problems.map((problem) => problem.key).sort(), Object.keys(wrong).sort());
  for (const problem of problems) {
    assert.ok(problem.message.includes(problem.key), problem.message);
    assert.ok(problem.message.includes(JSON.stringify(wrong[problem.key])), problem.message);
    assert.ok(problem.message.includes("which is not"), problem.message);
    assert.ok((problem.hint ?? "").length > 5, problem.message);
  }
});

Deno.test("a missing host says what to set", () => {
  const [problem, ...others] = problemsOf({ env: {} });
  assert.deepEqual(others, []);
  assert.equal(problem?.message, "GATEKEEPER_BACKEND_HOST is not set");
  assert.match(problem?.hint ?? "", /aws\.connect\.psdb\.cloud.*--backend-host/);
});

Deno.test("a wrong secret is named and never shown", () => {
  for (const env of [{ ADMIN_API_KEY: "hunter2 with spaces" }, { ADMIN_API_KEY_FILE: "/run/key" }]) {
    const problems = problemsOf({ env: { ...HOST, ...env }, readFile: () => "hunter2 with spaces\n" });
    assert.equal(problems.length, 1);
    assert.ok(!JSON.stringify(problems.map((p) => [p.message, p.hint])).includes("hunter2"));
    assert.ok(problems[0]?.message.includes("ADMIN_API_KEY"));
  }
});

Deno.test("a secret comes from NAME_FILE without its line end; both places at once are refused", () => {
  const key = "0123456789abcdef0123456789abcdef";
  const fromFile = load({ env: { ...HOST, ADMIN_API_KEY_FILE: "/run/key" }, readFile: () => `${key}\r\n` });
  assert.equal(fromFile.config.adminApiKey?.reveal(), key);
  assert.equal(fromFile.sources.adminApiKey.name, "ADMIN_API_KEY_FILE");
  const both = problemsOf({
    env: { ...HOST, ADMIN_API_KEY: key, ADMIN_API_KEY_FILE: "/run/key" },
    readFile: () => key,
  });
  assert.match(both[0]?.message ?? "", /both set/);
  const missing = problemsOf({ env: { ...HOST, ADMIN_API_KEY_FILE: "/nonexistent/key" } });
  assert.match(missing[0]?.message ?? "", /ADMIN_API_KEY_FILE names \/nonexistent\/key.*does not exist/);
});

Deno.test("an unknown GATEKEEPER_ variable is a warning with the nearest key", () => {
  const { warnings } = load({
    env: { ...HOST, GATEKEEPER_BACKEND_TSL_MODE: "require", GATEKEEPER_ZZZZZ: "1", GATEKEEPER_EMPTY: "" },
  });
  assert.deepEqual(warnings.map((warning) => [warning.key, warning.hint]), [
    ["GATEKEEPER_BACKEND_TSL_MODE", "Did you mean GATEKEEPER_BACKEND_TLS_MODE?"],
    ["GATEKEEPER_ZZZZZ", "querycop help environment lists the keys"],
  ]);
});

Deno.test("a variable that was meant for querycop is named, and those of others are left alone", () => {
  const hintFor = (name: string) => load({ env: { ...HOST, [name]: "x" } }).warnings.map(({ hint }) => hint);
  for (
    const [name, meant] of [
      ["gatekeeper_backend_port", "GATEKEEPER_BACKEND_PORT"],
      ["Gatekeeper_Backend_Prot", "GATEKEEPER_BACKEND_PORT"],
      ["GATEKEPER_BACKEND_PORT", "GATEKEEPER_BACKEND_PORT"],
      ["GATE_KEEPER_BACKEND_PORT", "GATEKEEPER_BACKEND_PORT"],
      ["QUERYCOP_BACKEND_PORT", "GATEKEEPER_BACKEND_PORT"],
      ["ADMIN_APIKEY", "ADMIN_API_KEY"],
      ["ADMIN_API_KEY_FIEL", "ADMIN_API_KEY_FILE"],
    ] as const
  ) assert.deepEqual(hintFor(name), [`Did you mean ${meant}?`], name);
  for (const name of ["ADMIN_PASSWORD", "ADMIN_EMAIL", "GATEWAY_PORT", "QUERYCOP_VERSION", "PORT", "PATH"]) {
    assert.deepEqual(hintFor(name), [], name);
  }
});

Deno.test("GODEBUG=netdns points to the key that does what it did for the original", () => {
  const warningsOf = (env: Readonly<Record<string, string>>) => load({ env: { ...HOST, ...env } }).warnings;
  const [warning] = warningsOf({ GODEBUG: "netdns=go+v4" });
  assert.equal(warning?.key, "GODEBUG");
  assert.match(warning?.hint ?? "", /GATEKEEPER_BACKEND_IP_FAMILY=4/);
  assert.deepEqual(warningsOf({ GODEBUG: "netdns=go+v4", GATEKEEPER_BACKEND_IP_FAMILY: "4" }), []);
  assert.deepEqual(warningsOf({ GODEBUG: "gctrace=1" }), []);
});

Deno.test("an empty variable counts as unset", () => {
  assert.equal(load({ env: { ...HOST, GATEKEEPER_BACKEND_PORT: "" } }).config.backendPort, 3306);
});

Deno.test("a configuration file is read as YAML and as JSON, and its mistakes are named by line", () => {
  for (
    const text of ["backend_port: 4406\nidle_timeout: 30m\n", '{"backend_port": 4406, "idle_timeout": "30m"}']
  ) {
    const { config } = load({ file: "/q", readFile: () => text });
    assert.deepEqual([config.backendPort, config.idleTimeoutMs], [4406, 1_800_000]);
  }
  const problems = problemsOf({
    file: "/q.yaml",
    readFile: () => "backend_prot: 1\nlog_level: loud\nworkers: [1, 2]\n",
  });
  const messages = problems.map((problem) => problem.message).join("\n");
  assert.match(messages, /\/q\.yaml:1:1: unknown key "backend_prot"/);
  assert.match(messages, /GATEKEEPER_LOG_LEVEL \(from \/q\.yaml:2\) is "loud"/);
  assert.match(messages, /\/q\.yaml:3:\d+: the value of workers is not a single value/);
  assert.equal(
    problems.find((problem) => problem.message.includes("backend_prot"))?.hint,
    "Did you mean backend_port?",
  );
  assert.match(problemsOf({ file: "/q", readFile: () => "a: [" })[0]?.message ?? "", /^\/q:1:\d/);
  assert.match(problemsOf({ file: "/nonexistent/q" })[0]?.message ?? "", /does not exist/);
});

Deno.test("no text makes the reader throw anything but its own errors, and what loads has every key", () => {
  const keys = keyEntries().map(([key]) => key);
  const flags = fc.dictionary(fc.constantFrom(...keys.filter((key) => key !== "adminApiKey")), fc.string());
  fc.assert(
    fc.property(flags, (values) => {
      try {
        const { config } = load({ flags: values as Partial<Record<ConfigKey, string>> });
        assert.deepEqual(Object.keys(config).sort(), [...keys].sort());
      } catch (error) {
        if (!(error instanceof ConfigError || error instanceof ConfigErrors)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("names follow from the variable, without two keys sharing one", () => {
  const flags = keyEntries().map(([, definition]) => flagOf(definition));
  const files = keyEntries().map(([, definition]) => fileKeyOf(definition));
  assert.equal(new Set(flags).size, flags.length);
  assert.equal(new Set(files).size, files.length);
  assert.ok(flags.includes("--backend-tls-ca-file") && flags.includes("--admin-api-key-file"));
});
