/** .gitignore files: which paths below a directory they leave out. */

import { globToRegExp } from "./glob.ts";

/** One line of a .gitignore. */
interface IgnoreRule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
}

/** The rules of one .gitignore, for paths relative to its directory. */
export class GitIgnore {
  readonly #rules: readonly IgnoreRule[];

  constructor(text: string) {
    this.#rules = text.split(/\r?\n/).flatMap(parseLine);
  }

  /** Whether a path is left out (true), taken in again (false), or not spoken of. */
  matches(path: string, isDirectory: boolean): boolean | undefined {
    let result: boolean | undefined;
    for (const rule of this.#rules) {
      if (rule.directoriesOnly && !isDirectory) continue;
      if (rule.pattern.test(path)) result = !rule.negated;
    }
    return result;
  }
}

function parseLine(line: string): IgnoreRule[] {
  let text = line.replace(/(?<!\\)\s+$/, "");
  if (text === "" || text.startsWith("#")) return [];
  const negated = text.startsWith("!");
  if (negated) text = text.slice(1);
  const directoriesOnly = text.endsWith("/");
  if (directoriesOnly) text = text.slice(0, -1);
  const anchored = text.includes("/");
  if (text.startsWith("/")) text = text.slice(1);
  return [{ pattern: globToRegExp(anchored ? text : `**/${text}`), negated, directoriesOnly }];
}
