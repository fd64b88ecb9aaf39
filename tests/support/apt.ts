import { exists, findProgram, run, runOrThrow } from "./process.ts";

/** Never asks, never recommends, never starts a service. */
const APT_OPTIONS = ["-q", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];

/**
 * Installs Debian packages that are not there yet. Throws, saying what to install, where this user or system cannot.
 * @param what what they are needed for, for the error
 */
export async function installPackages(what: string, packages: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of packages) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  if (await findProgram("apt-get") === undefined || Deno.uid() !== 0) {
    throw new Error(
      `${what} needs ${missing.join(", ")}: run "apt-get install ${missing.join(" ")}" as root`,
    );
  }
  // A service that packages start by themselves would hold ports and memory: refuse all starts while installing.
  const policy = "/usr/sbin/policy-rc.d";
  const ownPolicy = await exists(policy) ? undefined : policy;
  try {
    if (ownPolicy !== undefined) {
      await Deno.writeTextFile(ownPolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    }
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const install = ["apt-get", ...APT_OPTIONS, "install", ...missing];
    if ((await run(install, { env })).code !== 0) {
      await runOrThrow(["apt-get", "-q", "update"], { env });
      await runOrThrow(install, { env });
    }
  } finally {
    if (ownPolicy !== undefined) await Deno.remove(ownPolicy);
  }
}

/**
 * Unpacks Debian packages of another suite, with all they depend on, into `root`, which then holds `usr/...` as that
 * suite would. Nothing of the system's own changes, nothing is configured, and no root is needed: apt works on
 * folders of its own with an empty list of installed packages, and dpkg-deb unpacks what it fetched.
 */
export async function unpackPackages(
  root: string,
  suite: string,
  packages: readonly string[],
): Promise<void> {
  for (const program of ["apt-get", "dpkg-deb", "tar"]) {
    if (await findProgram(program) === undefined) {
      throw new Error(`${packages.join(", ")} of Debian ${suite} cannot be unpacked: ${program} is missing`);
    }
  }
  const work = await Deno.makeTempDir({ prefix: "querycop-apt-" });
  try {
    for (const folder of ["lists/partial", "cache/archives/partial"]) {
      await Deno.mkdir(`${work}/${folder}`, { recursive: true });
    }
    await Deno.writeTextFile(`${work}/status`, "");
    await Deno.writeTextFile(
      `${work}/sources.list`,
      `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${await archiveUrl()} ${suite} main\n`,
    );
    const settings = [
      `Dir::Etc::sourcelist=${work}/sources.list`,
      "Dir::Etc::sourceparts=/dev/null",
      "Dir::Etc::preferences=/dev/null",
      "Dir::Etc::preferencesparts=/dev/null",
      `Dir::State=${work}`,
      `Dir::State::lists=${work}/lists`,
      `Dir::State::status=${work}/status`,
      `Dir::Cache=${work}/cache`,
      "Acquire::Languages=none",
      "Debug::NoLocking=1",
      ...(Deno.uid() === 0 ? ["APT::Sandbox::User=root"] : []),
    ].flatMap((setting) => ["-o", setting]);
    await runOrThrow(["apt-get", ...settings, "-q", "update"]);
    await runOrThrow(["apt-get", ...settings, ...APT_OPTIONS, "--download-only", "install", ...packages]);
    const unpacked = `${root}.unpacking-${Deno.pid}-${Date.now()}`;
    await Deno.mkdir(unpacked, { recursive: true });
    for await (const entry of Deno.readDir(`${work}/cache/archives`)) {
      if (!entry.name.endsWith(".deb")) continue;
      const archive = `${work}/data.tar`;
      await runOrThrow([
        "sh",
        "-ec",
        'dpkg-deb --fsys-tarfile "$1" > "$2"; tar -C "$3" -xf "$2" --keep-directory-symlink',
        "unpack",
        `${work}/cache/archives/${entry.name}`,
        archive,
        unpacked,
      ]);
    }
    await moveIntoPlace(unpacked, root);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Renames a finished folder to its place; where another process was first, that one's counts. */
export async function moveIntoPlace(finished: string, place: string): Promise<void> {
  try {
    await Deno.rename(finished, place);
  } catch (error) {
    await Deno.remove(finished, { recursive: true });
    if (!(await exists(place))) throw error;
  }
}

/** The archive this system's own sources name, so that a mirror set up here is used. */
async function archiveUrl(): Promise<string> {
  const targets = await runOrThrow([
    "apt-get",
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
  ]).catch(() => "");
  const urls = targets.split("\n").filter((url) => url !== "" && !url.includes("-security"));
  const url = urls.find((candidate) => candidate.endsWith("/debian/")) ?? urls[0];
  if (url === undefined) {
    throw new Error('No Debian archive is known here: run "apt-get update" as root first');
  }
  return url;
}

async function isInstalled(name: string): Promise<boolean> {
  const result = await run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]).catch(() => undefined);
  return result?.code === 0 && result.stdout === "installed";
}
