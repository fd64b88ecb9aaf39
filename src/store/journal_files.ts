/**
 * Names in the journal directory. Each process that records has a name, a file `NAME.lock` that it keeps locked while
 * it lives, and segments `NAME.00000001.ndjson`, `NAME.00000002.ndjson`, ... of one event a line,
 * and counts of statement shapes as `{"digest":ROW}`. A segment that will
 * grow no more ends in the line `{"closed":EVENTS}`.
 */
const FILE = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:(\d{8})\.ndjson|lock)$/;

/** What one process has in the journal directory. */
export interface JournalOfProcess {
  readonly process: string;
  /** Numbers of its segments, ascending. */
  readonly segments: readonly number[];
  readonly hasLock: boolean;
}

/** Where journals are. */
export function journalDirectory(dataDir: string): string {
  return `${dataDir}/journal`;
}

/** File of one segment. */
export function segmentPath(directory: string, process: string, segment: number): string {
  return `${directory}/${process}.${String(segment).padStart(8, "0")}.ndjson`;
}

/** File that a living process keeps locked. */
export function lockPath(directory: string, process: string): string {
  return `${directory}/${process}.lock`;
}

/** Name for this process: sorts by time, and no other has it. */
export function newProcessName(now: number): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `${now.toString(36)}-${Deno.pid}-${random.toString(36)}`;
}

/** Everything in the directory, oldest process first; nothing where there is no directory. */
export function listJournals(directory: string): readonly JournalOfProcess[] {
  const found = new Map<string, { segments: number[]; hasLock: boolean }>();
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(directory)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  for (const { name } of entries) {
    const [, process, segment] = FILE.exec(name) ?? [];
    if (process === undefined) continue;
    const journal = found.get(process) ?? { segments: [], hasLock: false };
    found.set(process, journal);
    if (segment === undefined) journal.hasLock = true;
    else journal.segments.push(Number(segment));
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([process, { segments, hasLock }]) => ({
    process,
    segments: segments.sort((a, b) => a - b),
    hasLock,
  }));
}
