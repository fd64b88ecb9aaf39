import { QuerycopError, UsageError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { removeStaged, writeDurably } from "../write_durably.ts";
import { assignedName, readAssignment, setAssignments } from "./env_lines.ts";
import type { Pair, Sink } from "./sink.ts";

/** What a sink that writes a file of variables is made of. */
export interface EnvFileSinkOptions {
  readonly path: string;
  /** Names of the two variables. */
  readonly names: { readonly username: string; readonly password: string };
}

/** Sets two variables in a file of `NAME=value` lines, mode 0600, in one move; other lines stay as they are. */
export class EnvFileSink implements Sink {
  readonly keeps = true;
  readonly name: string;
  readonly #options: EnvFileSinkOptions;

  constructor(options: EnvFileSinkOptions) {
    this.#options = options;
    this.name = `env-file ${options.path}`;
  }

  /** Errors: `UsageError` where the file cannot be written. */
  async check(): Promise<void> {
    const path = await this.#realPath();
    const probe = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      const info = await Deno.stat(path).catch(() => undefined);
      if (info !== undefined && !info.isFile) throw new Error("it is no file");
      if (info !== undefined) await Deno.readTextFile(path);
      await Deno.writeTextFile(probe, "", { createNew: true, mode: 0o600 });
      await Deno.remove(probe);
      await removeStaged(path);
    } catch (cause) {
      throw new UsageError(`Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`, {
        hint: "Name a file in a directory that this user may write: --to env-file:PATH",
        cause,
      });
    }
  }

  /** Lines that name a user beside the variable that is set: they are left as they are, which may not be meant. */
  async remarks(username: string): Promise<readonly string[]> {
    const { names, path } = this.#options;
    return (await this.#read()).split("\n").flatMap((line, index) =>
      line.includes(username) && assignedName(line) !== names.username
        ? [`Line ${index + 1} of ${path} names the old username too, and stays as it is`]
        : []
    );
  }

  async deliver(pair: Pair): Promise<void> {
    const { names } = this.#options;
    const path = await this.#realPath();
    try {
      await removeStaged(path);
      const text = await readIfThere(path);
      const changed = setAssignments(text, [
        [names.username, pair.username],
        [names.password, pair.password.reveal()],
      ]);
      await writeDurably(path, changed);
      if (await Deno.readTextFile(path) !== changed) throw new Error("it holds something else afterwards");
    } catch (cause) {
      throw new QuerycopError(
        "step.deliver",
        `Cannot write ${path}: ${cause instanceof Error ? cause.message : cause}`,
        { hint: "Make room, or let this user write there", cause },
      );
    }
  }

  async recall(username: string): Promise<Secret | undefined> {
    const { names } = this.#options;
    const text = await this.#read();
    const password = readAssignment(text, names.password);
    if (readAssignment(text, names.username) !== username || password === undefined) return undefined;
    return new Secret(password);
  }

  async #read(): Promise<string> {
    const path = await this.#realPath();
    try {
      return await readIfThere(path);
    } catch (cause) {
      throw new QuerycopError(
        "step.deliver",
        `Cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`,
        {
          hint: "Let this user read it",
          cause,
        },
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

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
