/** docs/doctor.md says what is so: its snippets parse, its commands run, its names are those of the program. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { CHECK_IDS } from "../../src/doctor/check.ts";
import { CERTIFICATE_PROBLEMS } from "../../src/net/x509/problem.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { run } from "../support/process.ts";
import { startServer } from "../support/servers.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/doctor.md", import.meta.url));
const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const SNIPPETS = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) =>
  parse(text ?? "", { merge: true })
);

Deno.test("the table of checks is the list of checks", () => {
  const table = PAGE.slice(PAGE.indexOf("## What it checks"), PAGE.indexOf("### TLS"));
  const ids = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, id]) => id ?? "");
  assert.deepEqual(ids.toSorted(), [...CHECK_IDS].toSorted());
});

Deno.test("the codes of TLS are those that the program has", () => {
  const codes = new Set([...PAGE.matchAll(/`tls\.([a-z_]+)`/g)].map(([, code]) => code ?? ""));
  const known: readonly string[] = [
    ...Object.keys(CERTIFICATE_PROBLEMS),
    "expires_soon",
    "not_offered",
    "silent",
    "client_certificate_required",
    "unverified",
  ];
  for (const code of codes) assert.ok(known.includes(code), code);
});

Deno.test("every snippet parses, and the commands in them pass before a server that is well", async () => {
  assert.equal(SNIPPETS.length, 3);
  const [github, gitlab, kubernetes] = SNIPPETS;
  const commands: readonly string[][] = [
    ...github.jobs.preflight.steps.map((step: { readonly run: string }) => words(step.run)),
    ...gitlab.preflight.script.map(words),
    ["querycop", ...kubernetes.spec.template.spec.initContainers[0].args],
  ];
  assert.deepEqual(
    commands.map(([program, command]) => `${program} ${command}`),
    Array(3).fill("querycop doctor"),
  );
  assert.deepEqual(
    kubernetes.spec.template.spec.initContainers[0].envFrom,
    kubernetes.spec.template.spec.containers[0].envFrom,
  );

  const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
  await using server = await startServer({
    flavour: "mariadb",
    tls: { certFile: files.cert, keyFile: files.key },
  });
  await server.createUser({ name: "app", password: "s3cret" });
  const cwd = await Deno.makeTempDir();
  try {
    for (const [, ...args] of commands) {
      const env = {
        GATEKEEPER_BACKEND_HOST: "127.0.0.1",
        GATEKEEPER_BACKEND_PORT: String(server.port),
        GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
        GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca,
        MYSQL_PWD: "s3cret",
      };
      const { code, stdout, stderr } = await run(
        [Deno.execPath(), "run", "--no-check", "-A", MAIN, ...args],
        { env, cwd },
      );
      assert.equal(code, 0, `${args.join(" ")}\n${stdout}${stderr}`);
    }
    const report = gitlab.preflight.artifacts.reports.junit;
    assert.match(await Deno.readTextFile(`${cwd}/${report}`), /<testsuite name="querycop doctor"/);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

/** A shell command's words, with the variables of the snippet filled in. */
function words(command: string): string[] {
  return command.replaceAll('"$DB_USER"', "app").split(/\s+/);
}
