import assert from "node:assert/strict";
import { manualPlan, type PlanInput, renderPlan } from "../../src/rotate/plan.ts";

const NOTHING: PlanInput = {
  organization: undefined,
  database: undefined,
  branch: undefined,
  passwordId: undefined,
  username: undefined,
  backend: undefined,
  caFile: undefined,
  sinks: [],
  querycops: [],
  through: [],
  onRecycle: [],
  quietMs: 15 * 60_000,
};
const NAMED: PlanInput = {
  ...NOTHING,
  organization: "acme",
  database: "shop",
  branch: "main",
  passwordId: "4rwwvrxk2o99",
  username: "u5er",
  backend: { host: "gcp.connect.psdb.cloud", port: 3307 },
  caFile: "/etc/pki/tls/certs/ca-bundle.crt",
  sinks: ["env-file:/etc/shop.env"],
  querycops: ["http://10.0.0.7:8080/"],
  through: ["[::1]:15336"],
};

Deno.test("the manual plan has the cookbook's steps in their order, the deletion last", () => {
  const { steps } = manualPlan(NAMED);
  const titles = steps.map(({ title }) => title).join("\n");
  assert.match(
    titles,
    /^Generate a new branch password\n(.*\n)*.*secrets store.*\n.*connection pools.*\nDelete the old/,
  );
});

Deno.test("the manual plan names what was given, and nothing stays a placeholder then", () => {
  for (const format of ["text", "markdown"] as const) {
    const text = renderPlan(manualPlan(NAMED), format);
    for (
      const name of [
        "acme/shop/main",
        "username u5er",
        "--role ROLE --org acme",
        "pscale password update shop main NEW_ID --cidrs CIDRS --org acme",
        "pscale password delete shop main 4rwwvrxk2o99 --org acme",
        "mysql -h gcp.connect.psdb.cloud -P 3307 --ssl-mode=VERIFY_IDENTITY --ssl-ca=/etc/pki/tls/certs/ca-bundle.crt",
        "mysql -h ::1 -P 15336",
        "env-file:/etc/shop.env",
        "http://10.0.0.7:8080/v1/sessions",
        "no session for 15m",
      ]
    ) assert.ok(text.includes(name), `${name} in ${text}`);
    assert.doesNotMatch(text, /ORGANIZATION|DATABASE|BRANCH\b|OLD_ID|CA_BUNDLE|QUERYCOP/);
  }
});

Deno.test("the manual plan without names is a checklist all the same", () => {
  const text = renderPlan(manualPlan(NOTHING), "markdown");
  assert.match(text, /^# Rotate the old password of ORGANIZATION\/DATABASE\/BRANCH, by hand\n/);
  assert.equal(text.match(/^- \[ \] /gm)?.length, 5);
  assert.match(text, /aws\.connect\.psdb\.cloud -P 3306/);
});

Deno.test("names reach a shell as one word", () => {
  const text = renderPlan(manualPlan({ ...NAMED, branch: "it's; rm -rf" }), "text");
  assert.ok(text.includes(`pscale password list shop 'it'\\''s; rm -rf' --org acme`), text);
});
