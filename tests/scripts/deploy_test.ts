/** The files in scripts/deploy agree with the program, with each other and with the pages that tell of them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { keyEntries, KEYS } from "../../src/config/keys.ts";

const DEPLOY = "scripts/deploy";
const COMPOSE = `${DEPLOY}/docker/compose.yaml`;
const DRAIN_SECONDS = seconds(KEYS.drainTimeoutMs.fallback);

/** Every file below scripts/deploy with its text. */
const FILES: readonly { readonly path: string; readonly text: string }[] = [...Deno.readDirSync(DEPLOY)]
  .flatMap(({ name }) =>
    [...Deno.readDirSync(join(DEPLOY, name))].map((file) => join(DEPLOY, name, file.name))
  )
  .map((path) => ({ path, text: Deno.readTextFileSync(path) }));

function file(path: string): string {
  const found = FILES.find((each) => each.path === join(DEPLOY, path));
  assert.ok(found !== undefined, `${path} is not in ${DEPLOY}`);
  return found.text;
}

function seconds(duration: unknown): number {
  const match = /^(\d+)s$/.exec(String(duration));
  assert.ok(match !== null, `${duration} is not a number of seconds`);
  return Number(match[1]);
}

Deno.test("every variable that a deployment sets is one that is read", () => {
  const known = new Set(keyEntries().flatMap(([, { env, secret }]) => secret ? [env, `${env}_FILE`] : [env]));
  let checked = 0;
  for (const { path, text } of FILES) {
    for (const [name] of text.matchAll(/\b(?:GATEKEEPER|ADMIN_API)_[A-Z0-9_]+/g)) {
      checked++;
      assert.ok(known.has(name), `${path} names ${name}, which nothing reads`);
    }
  }
  assert.ok(checked > 15, `only ${checked} variables were found`);
});

Deno.test("every folder of deployment files is linked from docs/operations.md", () => {
  const page = Deno.readTextFileSync("docs/operations.md");
  for (const { name } of Deno.readDirSync(DEPLOY)) {
    assert.match(page, new RegExp(`\\]\\(\\.\\./${DEPLOY}/${name}\\b`), name);
  }
});

Deno.test("a pod has what its configuration names, and drains before it is killed", () => {
  const [config, set, service, budget] = parseAllDocuments(file("kubernetes/querycop.yaml")).map(
    (document) => {
      assert.deepEqual(document.errors, []);
      return document.toJS();
    },
  );
  assert.deepEqual([config, set, service, budget].map(({ kind }) => kind), [
    "ConfigMap",
    "StatefulSet",
    "Service",
    "PodDisruptionBudget",
  ]);
  const pod = set.spec.template.spec;
  const [container] = pod.containers;
  assert.ok(
    pod.terminationGracePeriodSeconds >
      container.lifecycle.preStop.sleep.seconds + seconds(config.data["GATEKEEPER_DRAIN_TIMEOUT"]),
    "the pod is killed while it drains",
  );
  const volumes = [
    ...pod.volumes,
    ...set.spec.volumeClaimTemplates.map(({ metadata }: { metadata: object }) => metadata),
  ].map(({ name }) => name).sort();
  const mounts = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
  assert.deepEqual(mounts, volumes);
  const paths = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
  for (const [name, value] of Object.entries<string>(config.data)) {
    if (!value.startsWith("/") || name.includes("CA_FILE")) continue;
    assert.ok(
      paths.some((path: string) => value.startsWith(path)),
      `${name} is ${value}, which nothing mounts`,
    );
  }
  for (
    const selector of [set.spec.selector.matchLabels, service.spec.selector, budget.spec.selector.matchLabels]
  ) {
    assert.deepEqual(selector, set.spec.template.metadata.labels);
  }
  const named = container.ports.map(({ name }: { name: string }) => name);
  for (const { targetPort } of service.spec.ports) assert.ok(named.includes(targetPort), targetPort);
});

Deno.test("the systemd unit drains before it is killed, and names the files that the page installs", () => {
  const unit = file("systemd/querycop.service");
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) > DRAIN_SECONDS);
  const page = Deno.readTextFileSync("docs/operations.md");
  assert.match(unit, /^EnvironmentFile=\/etc\/querycop\/environment$/m);
  assert.match(unit, /^LoadCredential=admin_api_key:\/etc\/querycop\/admin_api_key$/m);
  assert.match(page, /install .* environment \/etc\/querycop\/$/m);
  assert.match(page, /install .* \/etc\/querycop\/admin_api_key$/m);
  for (const line of file("systemd/environment").split("\n")) assert.match(line, /^(#.*|[A-Z_]+=\S+|)$/);
});

Deno.test("the compose file builds this repository's image, and keeps the data where the image puts it", () => {
  const { services: { querycop }, secrets, volumes } = parse(file("docker/compose.yaml"));
  const context = join(COMPOSE, "..", querycop.build.context);
  assert.equal(context, ".");
  assert.ok(Deno.statSync(join(context, querycop.build.dockerfile)).isFile);
  assert.ok(seconds(querycop.stop_grace_period) > DRAIN_SECONDS);
  const image = file("docker/Dockerfile");
  const data = /GATEKEEPER_DATA_DIR=(\S+)/.exec(image)?.[1];
  // A volume takes over the owner of what the image has in its place, which is root where it has nothing.
  const user = /^USER (\S+)$/m.exec(image)?.[1];
  const made = image.search(
    new RegExp(`install --directory --owner ${user} --group ${user} --mode 0700 ${data}$`, "m"),
  );
  assert.ok(made > 0 && made < image.search(new RegExp(`^VOLUME ${data}$`, "m")), "the volume is root's");
  assert.deepEqual(querycop.volumes, [`data:${data}`]);
  assert.ok("data" in volumes);
  // The page makes the key in the folder from which it starts compose.
  assert.equal(join(COMPOSE, "..", secrets.admin_api_key.file), "secrets/admin_api_key");
  assert.equal(querycop.environment.ADMIN_API_KEY_FILE, "/run/secrets/admin_api_key");
});
