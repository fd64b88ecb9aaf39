/** Each failure that PlanetScale's API and its token can have: its own message, cure and exit code; nothing is deleted. */
import assert from "node:assert/strict";
import { authority, issue, write } from "../support/certificates.ts";
import { type Fault, ROTATING_TOKEN } from "../support/planetscale_api.ts";
import type { ModelToken } from "../support/planetscale_answers.ts";
import { freePort } from "../support/servers.ts";
import { benchServer, rotationBench } from "../support/rotation_bench.ts";
import type { TestServer } from "../support/servers.ts";

interface Failure {
  readonly faults?: readonly Fault[];
  readonly token?: Partial<ModelToken>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly code: number;
  /** What stderr has to match: what happened, and what to do. */
  readonly says: RegExp;
  /** How many new passwords there are afterwards, beside the old one; 0 by default. */
  readonly made?: number;
}

const POST = { method: "POST", when: "before" } as const;
const READABLE = [...ROTATING_TOKEN.accesses, "read_service_tokens"];
const ELSEWHERE = { location: "https://api.example.net/v1/" };

const FAILURES: Readonly<Record<string, Failure>> = {
  "no token": {
    env: { PLANETSCALE_SERVICE_TOKEN: undefined },
    code: 3,
    says: /error: PLANETSCALE_SERVICE_TOKEN is not set\nhint: Make a service token/,
  },
  "id and secret swapped": {
    env: {
      PLANETSCALE_SERVICE_TOKEN_ID: ROTATING_TOKEN.secret,
      PLANETSCALE_SERVICE_TOKEN: ROTATING_TOKEN.id,
    },
    code: 3,
    says: /hint: Swap the two/,
  },
  "401": {
    env: { PLANETSCALE_SERVICE_TOKEN_ID: "zzzzzzzzzzzz" },
    code: 4,
    says: /error: .*does not accept the service token\nhint: Check PLANETSCALE_SERVICE_TOKEN_ID/,
  },
  "403": {
    faults: [{ ...POST, answer: { status: 403, body: { code: "forbidden", message: "Forbidden" } } }],
    code: 4,
    says:
      /error: Cannot make a password in acme\/shop\/main: .*may not do that\nhint: Give the token connect_production_branch/,
  },
  "another organisation": {
    args: ["--org", "other"],
    code: 4,
    says: /error: .*it is for acme\nhint: Correct --org/,
  },
  "another database": {
    args: ["--database", "other"],
    code: 4,
    says: /error: .*acme has no database other.*\nhint: Correct --database/,
  },
  "another branch": {
    args: ["--branch", "other"],
    code: 4,
    says: /error: .*acme\/shop has no branch other.*\nhint: Correct --branch/,
  },
  "another username": {
    args: ["--username", "nobody"],
    code: 2,
    says:
      /error: No password of acme\/shop\/main has the username nobody\nhint: There are: [a-z0-9]{12}, application/,
  },
  "no access to make, which the token may tell": {
    token: { accesses: ["read_branch", "read_service_tokens", "delete_production_branch_password"] },
    code: 4,
    says:
      /error: The token may not make passwords on the production branch.*\nhint: Give it connect_production_branch/,
  },
  "no access to make, which shows as 404": {
    token: { accesses: ["read_branch", "delete_production_branch_password"] },
    code: 4,
    says: /error: Cannot make a password.*404.*\nhint: Give the token connect_production_branch/,
  },
  "no access to delete, which the token may tell": {
    token: {
      accesses: ["read_branch", "read_service_tokens", "connect_production_branch", "connect_branch"],
    },
    code: 4,
    says: /error: The token may not delete passwords.*\nhint: Give it delete_production_branch_password/,
  },
  "no access to delete, which shows as 404 at the end": {
    token: { accesses: ["read_branch", "connect_production_branch"] },
    code: 4,
    says: /error: Cannot delete the password.*404.*\nhint: Give the token delete_production_branch_password/,
    made: 1,
  },
  "422": {
    faults: [{ ...POST, answer: { status: 422, body: { code: "unprocessable", message: "Name is taken" } } }],
    code: 4,
    says: /error: .*the API refuses the request: Name is taken\nhint: /,
  },
  "429 without end": {
    faults: [{ ...POST, times: Infinity, answer: { status: 429, headers: { "retry-after": "0" } } }],
    code: 4,
    says: /error: .*600 requests a minute is used up\nhint: /,
  },
  "500 at every create": {
    faults: [{ ...POST, times: Infinity, answer: { status: 500, body: { code: "internal_server_error" } } }],
    code: 5,
    says: /error: Cannot make a password.*status 500/,
  },
  "every answer to a create lost": {
    faults: [{ ...POST, when: "after", times: Infinity, answer: "drop" }],
    code: 5,
    says: /error: Cannot make a password.*does not answer/,
    // The last one, which the next resume or abort clears away.
    made: 1,
  },
  "a redirect to another host": {
    faults: [{ when: "before", answer: { status: 307, headers: ELSEWHERE } }],
    code: 4,
    says: /error: .*redirects to another host, api\.example\.net\nhint: .*not sent on/,
  },
  "something else that answers": {
    faults: [{ when: "before", answer: { status: 200, body: "<html>Welcome</html>" } }],
    code: 5,
    says: /error: .*other than JSON\nhint: Check PLANETSCALE_API_URL/,
  },
  "nobody there": {
    env: { PLANETSCALE_API_URL: `http://127.0.0.1:${freePort()}` },
    code: 5,
    says: /error: .*does not answer: connection refused\nhint: Let this machine out to 127/,
  },
  "http to another machine": {
    env: { PLANETSCALE_API_URL: "http://api.planetscale.com" },
    code: 3,
    says: /error: PLANETSCALE_API_URL is .*not an https URL\nhint: /,
  },
  "a branch that is not ready": {
    code: 4,
    faults: [{
      when: "before",
      path: /branches\/main$/,
      answer: { status: 200, body: { name: "main", ready: false } },
    }],
    says: /error: The branch acme\/shop\/main is not ready\nhint: Wait/,
  },
  "nobody to confirm": {
    args: ["NO_YES"],
    code: 2,
    says: /error: Deleting.*nobody to ask\nhint: Pass --yes/,
  },
};

async function fails(server: TestServer, name: string, failure: Failure): Promise<void> {
  const { faults = [], token = {}, env = {}, args = [], code, says, made = 0 } = failure;
  const tokens = [{ ...ROTATING_TOKEN, accesses: ROTATING_TOKEN.accesses, ...token }];
  await using bench = await rotationBench({ tokens }, server);
  for (const fault of faults) bench.api.fail(fault);
  const yes = args.includes("NO_YES") ? [] : ["--yes"];
  const more = args.filter((each) => each !== "NO_YES");
  const { code: ended, stderr } = await bench.run(
    bench.rotateArgs(...yes, "--to", `env-file:${bench.envFile}`, ...more),
    { env },
  );
  assert.equal(ended, code, `${name}: ${stderr}`);
  assert.match(stderr, says, name);
  assert.equal(bench.api.model.passwords.length, 1 + made, `${name}: ${stderr}`);
  assert.ok(!bench.api.model.deleted.includes(bench.old), name);
  const pair = { username: bench.old.username, password: bench.old.plainText };
  assert.equal(await bench.logsIn(pair), true, `${name}: the old pair works`);
  for (const secret of bench.api.model.secrets) {
    assert.ok(!stderr.includes(secret), `${name}: a secret is shown`);
  }
}

Deno.test("each failure has its message, its cure and its exit code, and the old pair works as before", async () => {
  await using server = await benchServer();
  const left = Object.entries(FAILURES);
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await fails(server, ...next);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
});

Deno.test("--plan changes nothing: by the API's facts with a token, the cookbook's checklist without one", async () => {
  await using bench = await rotationBench({ tokens: [{ ...ROTATING_TOKEN, accesses: READABLE }] });
  const withToken = await bench.run(bench.rotateArgs("--plan", "--to", `env-file:${bench.envFile}`));
  assert.equal(withToken.code, 0, withToken.stderr);
  for (
    const part of [
      bench.old.id,
      bench.old.username,
      "role readwriter",
      bench.envFile,
      `:${bench.server.port}`,
    ]
  ) {
    assert.ok(withToken.stdout.includes(part), `${part} in ${withToken.stdout}`);
  }
  assert.deepEqual([...new Set(bench.api.requests.map(({ method }) => method))], ["GET"]);
  const asked = bench.api.requests.length;
  const noToken = { PLANETSCALE_SERVICE_TOKEN: undefined, PLANETSCALE_SERVICE_TOKEN_ID: undefined };
  const byHand = await bench.run(bench.rotateArgs("--plan"), { env: noToken });
  assert.equal(byHand.code, 0, byHand.stderr);
  for (
    const part of ["acme/shop/main, by hand", bench.old.username, "New password", "secrets store", "Delete"]
  ) {
    assert.ok(byHand.stdout.includes(part), `${part} in ${byHand.stdout}`);
  }
  assert.equal(bench.api.requests.length, asked);
  assert.deepEqual(bench.api.model.passwords, [bench.old]);
});

Deno.test("over HTTPS the API's authority has to be in the bundle, which --api-ca-file names", async () => {
  const root = authority();
  const files = write(issue(root, { ip: ["127.0.0.1"] }));
  await using bench = await rotationBench({ tls: { certFile: files.cert, keyFile: files.key } });
  const plan = bench.rotateArgs("--plan");
  assert.equal((await bench.run([...plan, "--api-ca-file", files.ca])).code, 0);
  const stranger = write(issue(authority({ commonName: "Another" }), { ip: ["127.0.0.1"] }));
  for (const env of [{}, { PLANETSCALE_API_CA_FILE: stranger.ca }]) {
    const { code, stderr } = await bench.run(plan, { env });
    assert.equal(code, 5, stderr);
    assert.match(stderr, /error: .*its certificate is refused.*\nhint: .*authority has to be in/);
  }
});
