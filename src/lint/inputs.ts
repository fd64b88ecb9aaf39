/** From what was named on the command line to files to read. */

import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { reasonOf } from "../base/file_reason.ts";
import { GitIgnore } from "./git_ignore.ts";
import { globBase, globToRegExp, isGlob } from "./glob.ts";
import { compareFileNames } from "./migration_names.ts";
import type { LintError } from "./model.ts";

/** One thing to lint. */
export interface LintInput {
  /** As reports name it; `<stdin>` for standard input. */
  readonly path: string;
  /** Absolute; undefined for standard input. */
  readonly file: string | undefined;
  /** Absolute path that standard input is to be taken for. */
  readonly standsFor?: string;
  /** Size in bytes; 0 where it is not known. */
  readonly bytes: number;
}

/** The inputs found, in order and each once, and what was named in vain. */
export interface FoundInputs {
  readonly inputs: readonly LintInput[];
  readonly errors: readonly LintError[];
}

/** How to look for inputs. */
export interface InputOptions {
  /** Absolute. */
  readonly cwd: string;
  /** Endings of the files taken from directories: `.sql`, `.log`. */
  readonly endings: readonly string[];
  /** Patterns, relative to the working directory, of paths to leave out. */
  readonly exclude: readonly string[];
  /** What standard input is taken for: settings, the direction of a migration and reports go by this path. */
  readonly stdinFilename?: string | undefined;
}

/**
 * Finds the files that paths, directories, patterns and `-` name. Directories are searched, .gitignore respected. Files
 * of one folder are in the order in which migration tools run them, whatever the shell made of their names.
 */
export async function findInputs(names: readonly string[], options: InputOptions): Promise<FoundInputs> {
  const inputs = new Map<string, LintInput>();
  const errors: LintError[] = [];
  const excluded = options.exclude.map(globToRegExp);
  const add = (file: string, bytes: number): boolean => {
    const path = shownPath(file, options.cwd);
    if (excluded.some((pattern) => pattern.test(path))) return false;
    inputs.set(file, { path, file, bytes });
    return true;
  };
  for (const name of names) {
    if (name === "-" || STANDARD_INPUT.has(name)) {
      inputs.set("-", standardInput(options));
      continue;
    }
    const info = await stat(resolve(options.cwd, name));
    if (info?.isFile === true) {
      add(resolve(options.cwd, name), info.size);
    } else if (info?.isDirectory === true) {
      const found = await walkInto(resolve(options.cwd, name), options, add, errors);
      if (found === 0) {
        errors.push({
          file: name,
          code: "lint.empty-directory",
          message: `${name} holds no file that ends in ${options.endings.join(" or ")}`,
          hint: "Name the files, or check .gitignore and exclude",
        });
      }
    } else if (info !== undefined) {
      // A pipe or a device, as in <(command).
      add(resolve(options.cwd, name), 0);
    } else if (isGlob(name)) {
      const pattern = globToRegExp(shownPath(resolve(options.cwd, name), options.cwd));
      let matched = 0;
      await walkInto(resolve(options.cwd, globBase(name)), { ...options, endings: [""] }, (file, bytes) => {
        if (!pattern.test(shownPath(file, options.cwd))) return false;
        matched++;
        return add(file, bytes);
      }, errors);
      if (matched === 0) {
        errors.push({
          file: name,
          code: "lint.no-match",
          message: `No file matches ${name}`,
          hint: "Quote the pattern so that the shell leaves it alone, and write ** for any depth",
        });
      }
    } else {
      errors.push({
        file: name,
        code: "lint.missing",
        message: `Cannot find ${name}`,
        hint: "Check the path; it is taken from the working directory",
      });
    }
  }
  return { inputs: inRunOrder([...inputs.values()]), errors };
}

function standardInput({ cwd, stdinFilename }: InputOptions): LintInput {
  if (stdinFilename === undefined) return { path: "<stdin>", file: undefined, bytes: 0 };
  const standsFor = resolve(cwd, stdinFilename);
  return { path: shownPath(standsFor, cwd), file: undefined, bytes: 0, standsFor };
}

/** Folders in order of appearance, and the files of each in the order of their names. */
function inRunOrder(inputs: readonly LintInput[]): LintInput[] {
  const folders = Map.groupBy(inputs, ({ path, file }) => (file === undefined ? path : dirname(file)));
  return [...folders.values()].flatMap((files) =>
    files.toSorted((a, b) => compareFileNames(basename(a.path), basename(b.path)))
  );
}

/** Paths of standard input that the runtime does not open. */
const STANDARD_INPUT = new Set(["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/** A path as reports name it: relative to the working directory where it lies below it, with forward slashes. */
function shownPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  const shown = path === "" || path.startsWith("..") ? file : path;
  return shown.split(sep).join("/");
}

/** Visits the files below a directory in order of their names; the number that `add` took. */
async function walkInto(
  root: string,
  options: InputOptions,
  add: (file: string, bytes: number) => boolean,
  errors: LintError[],
): Promise<number> {
  let count = 0;
  const visit = async (
    directory: string,
    ignores: readonly { readonly base: string; readonly rules: GitIgnore }[],
  ) => {
    let entries: Deno.DirEntry[];
    try {
      entries = await Array.fromAsync(Deno.readDir(directory));
    } catch (error) {
      errors.push({
        file: shownPath(directory, options.cwd),
        code: "lint.unreadable",
        message: `Cannot read the directory ${shownPath(directory, options.cwd)}: ${reasonOf(error)}`,
      });
      return;
    }
    const own = await readIgnore(directory);
    const all = own === undefined ? ignores : [...ignores, { base: directory, rules: own }];
    for (const entry of entries.toSorted((a, b) => compareFileNames(a.name, b.name))) {
      const path = join(directory, entry.name);
      if (entry.name === ".git" || entry.name === "node_modules") continue;
      const info = entry.isSymlink ? await stat(path) : undefined;
      const isDirectory = entry.isDirectory;
      const isFile = entry.isFile || info?.isFile === true;
      if (isIgnored(path, isDirectory, all)) continue;
      if (isDirectory) await visit(path, all);
      else if (isFile && options.endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) {
        if (add(path, (await stat(path))?.size ?? 0)) count++;
      }
    }
  };
  await visit(root, await ignoresAbove(root));
  return count;
}

/** The .gitignore files from the repository's root down to a directory. */
async function ignoresAbove(directory: string): Promise<{ base: string; rules: GitIgnore }[]> {
  const chain: { base: string; rules: GitIgnore }[] = [];
  let at = directory;
  for (;;) {
    if (await stat(join(at, ".git")) !== undefined) return chain;
    const parent = join(at, "..");
    if (parent === at) return [];
    const rules = await readIgnore(parent);
    if (rules !== undefined) chain.unshift({ base: parent, rules });
    at = parent;
  }
}

function isIgnored(
  path: string,
  isDirectory: boolean,
  ignores: readonly { readonly base: string; readonly rules: GitIgnore }[],
): boolean {
  let ignored = false;
  for (const { base, rules } of ignores) {
    ignored = rules.matches(relative(base, path).split(sep).join("/"), isDirectory) ?? ignored;
  }
  return ignored;
}

async function readIgnore(directory: string): Promise<GitIgnore | undefined> {
  try {
    return new GitIgnore(await Deno.readTextFile(join(directory, ".gitignore")));
  } catch {
    return undefined;
  }
}

async function stat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}
