/**
 * Vitess's vtcombo (vtgate, its tablets and their topology in one program), built from the Go module proxy once a
 * machine. Two CPUs take some five minutes for it the first time.
 */
import { createHash } from "node:crypto";
import { moveIntoPlace } from "./apt.ts";
import { cacheFolder } from "./installation.ts";
import { findProgram, isFile, runOrThrow } from "./process.ts";

/** A release of Vitess. */
export interface VitessRelease {
  /** As Vitess counts: `24.0.4`. */
  readonly version: string;
  /** As its Go module counts. */
  readonly module: string;
  /** The Go release it is built with, where today's does not compile it. */
  readonly toolchain?: string;
}

/** The releases that rules are held to, newest first. The suite starts the first; verdicts are recorded from all. */
export const VITESS_RELEASES = [
  { version: "24.0.4", module: "v0.24.4" },
  { version: "23.0.5", module: "v0.23.5" },
  { version: "22.0.4", module: "v0.22.4", toolchain: "go1.24.13" },
] as const satisfies readonly VitessRelease[];

/** What of the module the build needs. */
const PARTS = ["go", "config", "go.mod", "go.sum"];
const MAIN = new URL("vtcombo.go", import.meta.url);

/** The newest release, built. */
export function provisionVitess(): Promise<string> {
  return vtcombo(VITESS_RELEASES[0]);
}

/** Path of a release's vtcombo, built where it is not there yet. Throws saying what is missing where it cannot be. */
export async function vtcombo(release: VitessRelease): Promise<string> {
  const main = await Deno.readTextFile(MAIN);
  const hash = createHash("sha256").update(main).digest("hex").slice(0, 12);
  const folder = `${cacheFolder()}/vitess/${release.version}-${hash}`;
  if (!await isFile(`${folder}/vtcombo`)) await build(release, main, folder);
  return `${folder}/vtcombo`;
}

async function build(release: VitessRelease, main: string, folder: string): Promise<void> {
  if (await findProgram("go") === undefined) {
    throw new Error(
      `Vitess ${release.version} is built with Go, which is not on PATH: install Go 1.26 or later`,
    );
  }
  const env = {
    GOFLAGS: "-buildvcs=false",
    ...(release.toolchain === undefined ? {} : { GOTOOLCHAIN: release.toolchain }),
  };
  const told = await runOrThrow(["go", "mod", "download", "-json", `vitess.io/vitess@${release.module}`], {
    env,
    cwd: "/",
  });
  const { Dir: source } = JSON.parse(told) as { readonly Dir: string };
  // Go builds what lies in its module cache unchanged only, so a copy it is.
  const work = await Deno.makeTempDir({ prefix: "querycop-vitess-build-" });
  try {
    await runOrThrow(["cp", "-r", ...PARTS.map((part) => `${source}/${part}`), work]);
    await runOrThrow(["chmod", "-R", "u+w", work]);
    await Deno.writeTextFile(`${work}/go/cmd/vtcombo/main.go`, main);
    const output = `${folder}.building-${Deno.pid}`;
    await Deno.mkdir(output, { recursive: true });
    await runOrThrow(
      ["go", "build", "-mod=readonly", "-ldflags=-s -w", "-o", `${output}/vtcombo`, "./go/cmd/vtcombo"],
      { env, cwd: work },
    );
    await moveIntoPlace(output, folder);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
