/** Tests are where a reader looks for them: beside src's rooms, helpers named as helpers. */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";

/** Folders of tests that mirror no room of src. */
const NOT_ROOMS = ["drivers", "executable", "integration", "scripts", "support", "testdata", "vitess"];

/** Paths of every TypeScript file below a folder. */
function sources(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? sources(path) : name.endsWith(".ts") ? [path] : [];
  });
}

Deno.test("every folder of tests mirrors a room of src or is one of the named others", () => {
  const rooms = [...Deno.readDirSync("src")].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  for (const { name } of Deno.readDirSync("tests")) {
    assert.ok(rooms.includes(name) || NOT_ROOMS.includes(name), `tests/${name} mirrors no room of src`);
  }
});

Deno.test("a file that is no test is a helper of its folder, named with an underscore, or is in tests/support", () => {
  for (const path of sources("tests")) {
    const [, folder] = path.split("/");
    if (folder === "support" || /^tests\/(drivers|vitess)\/programs\//.test(path)) continue;
    assert.match(path, /\/(_\w+|\w+_test)\.ts$/);
  }
});

Deno.test("a helper with an underscore is imported from its own folder and those below it only", () => {
  let checked = 0;
  for (const path of [...sources("tests"), ...sources("scripts")]) {
    for (const [, specifier = ""] of Deno.readTextFileSync(path).matchAll(/from "(\.[^"]*\/_\w+\.ts)"/g)) {
      const owner = dirname(join(dirname(path), specifier));
      checked++;
      assert.doesNotMatch(relative(owner, path), /^\.\./, `${path} imports ${specifier}`);
    }
  }
  assert.ok(checked > 20);
});
