/** The pages for those who change querycop name files that exist. */
import assert from "node:assert/strict";

/** Rooms of src, by which docs/architecture.md calls their files. */
const ROOMS = [...Deno.readDirSync("src")].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);

for (const page of ["CONTRIBUTING.md", "docs/architecture.md"]) {
  Deno.test(`every file that ${page} names exists`, () => {
    let checked = 0;
    for (
      const [, path = ""] of Deno.readTextFileSync(page).matchAll(/`([a-z0-9_]+(?:\/[a-z0-9_.]+)+\/?)`/g)
    ) {
      const [top = ""] = path.split("/");
      const candidates = ROOMS.includes(top) ? [`src/${path}`, path] : [path];
      if (!ROOMS.includes(top) && !["src", "tests", "scripts", "docs"].includes(top)) continue;
      checked++;
      assert.ok(candidates.some(exists), `${page} names ${path}`);
    }
    assert.ok(checked > 20, `only ${checked} files were found`);
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
