import assert from "node:assert/strict";
import { ConfigError, ConfigErrors } from "../../src/base/errors.ts";
import { loadConfig, systemCaBundle } from "../../src/config/mod.ts";

const GOOD = { GATEKEEPER_BACKEND_HOST: "db.example.com" };

function outcome(env: Readonly<Record<string, string>>, os = "linux") {
  try {
    return { problems: [], warnings: loadConfig({ flags: {}, env: { ...GOOD, ...env }, os }).warnings };
  } catch (error) {
    if (error instanceof ConfigErrors) return { problems: error.problems, warnings: [] };
    if (error instanceof ConfigError) return { problems: [error], warnings: [] };
    throw error;
  }
}

const SELF = { GATEKEEPER_BACKEND_HOST: "127.0.0.1", GATEKEEPER_BACKEND_PORT: "15336" };

/** Each contradiction, the key it is reported under, and a word of its message. */
const CONTRADICTIONS: readonly (readonly [Readonly<Record<string, string>>, string, RegExp])[] = [
  [{ GATEKEEPER_BACKEND_TLS_MODE: "verify-ca" }, "GATEKEEPER_BACKEND_TLS_CA_FILE", /not set.*"verify-ca"/],
  [
    { GATEKEEPER_BACKEND_TLS_MODE: "verify-full" },
    "GATEKEEPER_BACKEND_TLS_CA_FILE",
    /not set.*"verify-full"/,
  ],
  [
    { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: "" },
    "GATEKEEPER_BACKEND_TLS_CA_FILE",
    /not set/,
  ],
  [
    { GATEKEEPER_BACKEND_HOST: "aws.connect.psdb.cloud" },
    "GATEKEEPER_BACKEND_TLS_MODE",
    /"prefer" by default/,
  ],
  [
    { GATEKEEPER_BACKEND_HOST: "GCP.connect.psdb.cloud.", GATEKEEPER_BACKEND_TLS_MODE: "disable" },
    "GATEKEEPER_BACKEND_TLS_MODE",
    /"disable", and/,
  ],
  [{ GATEKEEPER_BACKEND_TLS_CERT: "/c" }, "GATEKEEPER_BACKEND_TLS_KEY", /CERT is set and .*KEY is not/],
  [{ GATEKEEPER_BACKEND_TLS_KEY: "/k" }, "GATEKEEPER_BACKEND_TLS_CERT", /KEY is set and .*CERT is not/],
  [{ GATEKEEPER_PROXY_TLS_CERT: "/c" }, "GATEKEEPER_PROXY_TLS_KEY", /is not$/],
  [{ GATEKEEPER_PROXY_TLS_KEY: "/k" }, "GATEKEEPER_PROXY_TLS_CERT", /is not$/],
  [{ GATEKEEPER_PROXY_TLS_MODE: "require" }, "GATEKEEPER_PROXY_TLS_MODE", /no certificate/],
  [{ GATEKEEPER_PROXY_TLS_CLIENT_CA: "/ca" }, "GATEKEEPER_PROXY_TLS_CLIENT_CA", /no TLS/],
  [{ GATEKEEPER_API_PORT: "15336" }, "GATEKEEPER_API_PORT", /both 15336/],
  [SELF, "GATEKEEPER_BACKEND_PORT", /querycop itself listens/],
];

Deno.test("keys that contradict one another are refused, with a cure", () => {
  for (const [env, key, message] of CONTRADICTIONS) {
    const { problems } = outcome(env);
    assert.deepEqual(problems.map((problem) => problem.key), [key], JSON.stringify(env));
    assert.match(problems[0]?.message ?? "", message);
    assert.ok(problems[0]?.hint, JSON.stringify(env));
  }
});

Deno.test("what only looks like a contradiction is accepted", () => {
  const fine: readonly Readonly<Record<string, string>>[] = [
    { GATEKEEPER_BACKEND_HOST: "psdb.cloud.example.com" },
    { GATEKEEPER_LISTEN_PORT: "0", GATEKEEPER_API_PORT: "0" },
    { GATEKEEPER_LISTEN_HOST: "127.0.0.1", GATEKEEPER_API_HOST: "127.0.0.2", GATEKEEPER_API_PORT: "15336" },
    { ...SELF, GATEKEEPER_LISTEN_PORT: "15337" },
    { ...SELF, GATEKEEPER_BACKEND_HOST: "db.example.com" },
    {
      GATEKEEPER_BACKEND_HOST: "aws.connect.psdb.cloud",
      GATEKEEPER_BACKEND_TLS_MODE: "require",
    },
  ];
  for (const env of fine) assert.deepEqual(outcome(env), { problems: [], warnings: [] }, JSON.stringify(env));
});

Deno.test("what works and is probably not meant is a warning", () => {
  const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ GATEKEEPER_LISTEN_HOST: "0.0.0.0" }, "GATEKEEPER_LISTEN_HOST"],
    [{ GATEKEEPER_LISTEN_HOST: "::" }, "GATEKEEPER_LISTEN_HOST"],
    [{ ADMIN_API_KEY: "short" }, "ADMIN_API_KEY"],
    [{ ADMIN_API_KEY: "x".repeat(32), GATEKEEPER_API_HOST: "10.0.0.1" }, "GATEKEEPER_API_HOST"],
  ];
  for (const [env, key] of cases) {
    const { problems, warnings } = outcome(env);
    assert.deepEqual(problems, []);
    assert.deepEqual(warnings.map((warning) => warning.key), [key], JSON.stringify(env));
  }
  assert.deepEqual(outcome({ GATEKEEPER_LISTEN_HOST: "::1" }).warnings, []);
});

Deno.test("a key that changes nothing beside the others is a warning that says why", () => {
  const webhook = "GATEKEEPER_WEBHOOK_URL";
  const off = { GATEKEEPER_BACKEND_TLS_MODE: "disable" };
  const cases: readonly (readonly [key: string, value: string, rest?: Readonly<Record<string, string>>])[] = [
    ["GATEKEEPER_BACKEND_TLS_CA_FILE", "/ca"],
    ["GATEKEEPER_BACKEND_TLS_CA_FILE", "/ca", off],
    ["GATEKEEPER_BACKEND_TLS_SERVER_NAME", "db.example.com", off],
    ["GATEKEEPER_BACKEND_IP_FAMILY", "6", { GATEKEEPER_BACKEND_HOST: "192.0.2.1" }],
    ["GATEKEEPER_BACKEND_IP_FAMILY", "4", { GATEKEEPER_BACKEND_HOST: "2001:db8::1" }],
    ["GATEKEEPER_PROXY_TLS_MODE", "prefer"],
    ["GATEKEEPER_MAX_CONNECTIONS_PER_USER", "50", { GATEKEEPER_MAX_CONNECTIONS: "50" }],
    ["GATEKEEPER_WEBHOOK_SECRET", "x".repeat(32)],
    ["GATEKEEPER_WEBHOOK_CA_FILE", "/ca"],
    ["GATEKEEPER_WEBHOOK_CA_FILE", "/ca", { [webhook]: "http://127.0.0.1:9/" }],
    ["GATEKEEPER_DATA_DIR_REQUIRED", "off", { GATEKEEPER_AUDIT_ON_FAILURE: "refuse" }],
  ];
  for (const [key, value, rest] of cases) {
    const { problems, warnings } = outcome({ ...rest, [key]: value });
    assert.deepEqual(problems, []);
    assert.deepEqual(warnings.map((warning) => warning.key), [key], JSON.stringify(rest));
    assert.match(warnings[0]?.message ?? "", new RegExp(`^${key} is set and not used: `));
    assert.deepEqual(outcome(rest ?? {}).warnings, [], "the rest alone is fine");
  }
  // Set to what the default is, where it counts.
  for (
    const env of [
      { GATEKEEPER_BACKEND_IP_FAMILY: "4" },
      { GATEKEEPER_MAX_CONNECTIONS_PER_USER: "0" },
      { GATEKEEPER_WEBHOOK_SECRET: "x".repeat(32), [webhook]: "http://127.0.0.1:9/" },
      {
        GATEKEEPER_PROXY_TLS_MODE: "prefer",
        GATEKEEPER_PROXY_TLS_CERT: "/c",
        GATEKEEPER_PROXY_TLS_KEY: "/k",
      },
    ]
  ) assert.deepEqual(outcome(env), { problems: [], warnings: [] }, JSON.stringify(env));
});

Deno.test("a missing CA file names this machine's bundle of public authorities", () => {
  const bundle = systemCaBundle();
  const hint = outcome({ GATEKEEPER_BACKEND_TLS_MODE: "verify-full" }).problems[0]?.hint ?? "";
  assert.ok(hint.includes(bundle ?? "ca-certificates"), hint);
});

Deno.test("systemCaBundle() knows the places of each distribution", () => {
  const only = (path: string) => systemCaBundle((candidate) => candidate === path);
  for (
    const path of [
      "/etc/ssl/certs/ca-certificates.crt",
      "/etc/pki/tls/certs/ca-bundle.crt",
      "/etc/ssl/cert.pem",
    ]
  ) {
    assert.equal(only(path), path);
  }
  assert.equal(systemCaBundle(() => false), undefined);
});

Deno.test("several workers are refused where a port cannot be shared", () => {
  assert.equal(outcome({ GATEKEEPER_WORKERS: "2" }, "windows").problems[0]?.key, "GATEKEEPER_WORKERS");
  assert.deepEqual(outcome({ GATEKEEPER_WORKERS: "2" }).problems, []);
});
