import { QuerycopError } from "../base/errors.ts";
import { migrateState } from "./migrate_state.ts";
import { type RotationState, RUN_ID, stateSchema } from "./state.ts";
import { removeStaged, syncDirectory, writeDurably } from "./write_durably.ts";

const SUFFIX = ".json";

/** A file among the saved runs that cannot be read as one. */
export interface UnreadableRun {
  readonly path: string;
  /** A sentence that names the file. */
  readonly why: string;
}

/** What is saved in a data directory. */
export interface SavedRuns {
  readonly runs: readonly RotationState[];
  readonly unreadable: readonly UnreadableRun[];
}

/** The saved states of rotations, one file a run, in `rotate/` under the data directory. */
export class StateStore {
  readonly directory: string;

  constructor(dataDir: string) {
    this.directory = `${dataDir}/rotate`;
  }

  /** Makes the directory, for this user alone. Errors: `QuerycopError` `config.data_dir`. */
  async prepare(): Promise<void> {
    try {
      await Deno.mkdir(this.directory, { recursive: true, mode: 0o700 });
      if (Deno.build.os !== "windows") await Deno.chmod(this.directory, 0o700);
      await syncDirectory(this.directory);
    } catch (cause) {
      throw unusable(this.directory, cause);
    }
  }

  pathOf(runId: string): string {
    return `${this.directory}/${runId}${SUFFIX}`;
  }

  /** Removes what a process of this run left unfinished. Only under the branch's lock. */
  async tidy(runId: string): Promise<void> {
    await removeStaged(this.pathOf(runId));
  }

  /** Saves, so that the state survives whatever happens next. */
  async save(state: RotationState): Promise<void> {
    try {
      await writeDurably(
        this.pathOf(state.runId),
        JSON.stringify(stateSchema.parse(state), undefined, 2) + "\n",
      );
    } catch (cause) {
      throw unusable(this.directory, cause);
    }
  }

  /** Errors: `QuerycopError` `usage.unknown_run` and `config.rotation_state`. */
  async load(runId: string): Promise<RotationState> {
    if (!RUN_ID.test(runId)) throw this.#unknown(runId);
    const path = this.pathOf(runId);
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw unusable(this.directory, cause);
      throw this.#unknown(runId);
    }
    const parsed = stateSchema.safeParse(migrateState(parseJson(text)));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new QuerycopError(
      "config.rotation_state",
      `${path} is not a saved rotation that this version reads${where === "" ? "" : `: ${where} is wrong`}`,
      {
        hint:
          "Finish it with the version that began it, or in PlanetScale's dashboard, and move the file away",
        cause: parsed.error,
      },
    );
  }

  #unknown(runId: string): QuerycopError {
    return new QuerycopError("usage.unknown_run", `There is no rotation ${runId} in ${this.directory}`, {
      hint: "Run querycop rotate status to list the runs there are",
    });
  }

  /** Every run, the oldest first, and the files that cannot be read as one. Errors: `QuerycopError` `config.data_dir`. */
  async list(): Promise<SavedRuns> {
    const runs: RotationState[] = [];
    const unreadable: UnreadableRun[] = [];
    try {
      for await (const { name, isDirectory } of Deno.readDir(this.directory)) {
        if (isDirectory || !name.endsWith(SUFFIX)) continue;
        const runId = name.slice(0, -SUFFIX.length);
        const path = this.pathOf(runId);
        try {
          if (RUN_ID.test(runId)) runs.push(await this.load(runId));
          else unreadable.push({ path, why: `${path} is not named as a rotation's file is` });
        } catch (error) {
          if (!(error instanceof QuerycopError)) throw error;
          unreadable.push({ path, why: error.message });
        }
      }
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw unusable(this.directory, cause);
    }
    runs.sort((a, b) => a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0);
    return { runs, unreadable };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema refuses it, with the file's name.
  }
}

function unusable(directory: string, cause: unknown): QuerycopError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new QuerycopError("config.data_dir", `Cannot keep the rotation's state in ${directory}: ${why}`, {
    hint: "Set GATEKEEPER_DATA_DIR to a directory on a local disk that this user may write",
    cause,
  });
}
