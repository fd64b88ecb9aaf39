import { QuerycopError, UsageError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { removeStaged, replaceFile, stagedName } from "../write_durably.ts";
import { newConnectionString, parseConnectionString, withLogin } from "./connection_string.ts";
import {
  bytesOfText,
  changeValues,
  isPlain,
  readAssignment,
  readAssignments,
  setAssignments,
  textOfBytes,
} from "./env_lines.ts";
import { assertReplaceable } from "../file_attributes.ts";
import type { Pair, Sink } from "./sink.ts";

/** Names of the variables that a file of variables gets. */
export interface EnvNames {
  readonly username: string;
  readonly password: string;
  /** A variable with a connection string, made where the file has none. */
  readonly url?: string | null | undefined;
}

/** What a sink that writes a file of variables is made of. */
export interface EnvFileSinkOptions {
  readonly path: string;
  readonly names: EnvNames;
}

const HINT = "Name a file that this user may replace: --to env-file:PATH";

/**
 * Sets the pair in a file of `NAME=value` lines, in one move: in two variables, and in every connection string that has
 * the username it replaces. Owner, mode, access list and all other bytes stay; a file that is made is for its owner alone.
 */
export class EnvFileSink implements Sink {
  readonly keeps = true;
  readonly proof = "read";
  readonly name: string;
  readonly #options: EnvFileSinkOptions;

  constructor(options: EnvFileSinkOptions) {
    this.#options = options;
    this.name = `env-file ${options.path}`;
  }

  /** Errors: `UsageError` where the file cannot be replaced by one with the same owner, mode and access list. */
  async check(): Promise<void> {
    const path = await this.#realPath();
    try {
      await assertReplaceable(path, stagedName(path));
      await removeStaged(path);
    } catch (cause) {
      throw new UsageError(`Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`, {
        hint: cause instanceof QuerycopError ? cause.hint : HINT,
        cause,
      });
    }
  }

  /** What a person should know: places with the old username that stay, and another's username that does not. */
  async remarks(username: string): Promise<readonly string[]> {
    const { names, path } = this.#options;
    return (await this.#read()).split("\n").flatMap((line, index) => {
      const where = `Line ${index + 1} of ${path}`;
      const [set] = readAssignments(line);
      if (set?.name === names.username) {
        return set.value === "" || set.value === username
          ? []
          : [`${where} sets ${set.name} to another username, which rotate replaces`];
      }
      const written = set !== undefined && parseConnectionString(set.value)?.username === username;
      return written || !line.includes(username)
        ? []
        : [`${where} has the old username too, and rotate does not change it`];
    });
  }

  async deliver(pair: Pair): Promise<void> {
    const path = await this.#realPath();
    try {
      await removeStaged(path);
      const changed = this.#withPair(await readIfThere(path), pair);
      await replaceFile(path, bytesOfText(changed));
      if (await readIfThere(path) !== changed) throw new Error("it holds something else afterwards");
    } catch (cause) {
      throw new QuerycopError(
        "step.deliver",
        `Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`,
        { hint: "Make room, or let this user replace the file", cause },
      );
    }
  }

  async recall(username: string, retired: readonly string[] = []): Promise<Secret | undefined> {
    const { names } = this.#options;
    const text = await this.#read();
    // In a form that is not written here, such as a JDBC URL or another variable, the old pair is still what counts.
    const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
    if (retired.some((old) => old !== "" && lines.some((line) => line.includes(old)))) return undefined;
    const sets = readAssignments(text);
    const held: (string | undefined)[] = [];
    if (sets.some(({ name }) => name === names.username || name === names.password)) {
      const named = readAssignment(text, names.username) === username;
      held.push(named ? readAssignment(text, names.password) : undefined);
    }
    for (const set of sets) {
      const login = parseConnectionString(set.value);
      if (login === undefined) continue;
      const mine = login.username === username;
      if (!mine && !retired.includes(login.username) && set.name !== names.url) continue;
      held.push(mine && isPlain(set, safe(login.written)) ? login.password : undefined);
    }
    const [first, ...others] = held;
    if (first === undefined || others.some((each) => each !== first)) return undefined;
    return new Secret(first);
  }

  #withPair(text: string, pair: Pair): string {
    const { names } = this.#options;
    const login = { username: pair.username, password: pair.password.reveal() };
    const ours = new Set([...pair.replaces, pair.username]);
    let strings = 0;
    let changed = changeValues(text, (set) => {
      const found = parseConnectionString(set.value);
      if (found === undefined || !(ours.has(found.username) || set.name === names.url)) return undefined;
      strings++;
      const value = withLogin(set.value, login);
      if (!isPlain(set, safe(parseConnectionString(value)?.written ?? "'"))) {
        throw new Error(`the pair cannot be written into ${set.name} as it is quoted there`);
      }
      return value;
    });
    const has = (name: string) => readAssignments(changed).some((set) => set.name === name);
    if (typeof names.url === "string" && !has(names.url)) {
      const where = { host: pair.host ?? "aws.connect.psdb.cloud", database: pair.database };
      changed = setAssignments(changed, [[names.url, newConnectionString(login, where)]]);
      strings++;
    }
    // A file with a connection string alone stays so.
    if (strings > 0 && !has(names.username) && !has(names.password)) return changed;
    return setAssignments(changed, [[names.username, login.username], [names.password, login.password]]);
  }

  async #read(): Promise<string> {
    const path = await this.#realPath();
    try {
      return await readIfThere(path);
    } catch (cause) {
      throw new QuerycopError(
        "step.deliver",
        `Cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`,
        { hint: "Let this user read it", cause },
      );
    }
  }

  /** Behind a link the file itself is replaced, and the link stays. */
  async #realPath(): Promise<string> {
    try {
      return await Deno.realPath(this.#options.path);
    } catch {
      return this.#options.path; // Not there yet.
    }
  }
}

/** Characters that are plain inside a connection string, though not as a value of their own. */
function safe(written: string): string {
  return written.replace(/[~*!()]/g, "");
}

async function readIfThere(path: string): Promise<string> {
  try {
    return textOfBytes(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
