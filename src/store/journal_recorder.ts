import type { AuditEvent } from "../contract/audit.ts";
import type { DigestRow } from "../contract/digest.ts";
import type { AuditHealth } from "../contract/stats.ts";
import { createIdMaker } from "../base/ids.ts";
import { boundEvent } from "./event_fields.ts";
import { journalDirectory, lockPath, newProcessName } from "./journal_files.ts";
import type { Recorder } from "./recorder.ts";
import { SegmentWriter, takeLock } from "./segment_writer.ts";

/** Where a recorder writes and how much. */
export interface RecorderOptions {
  readonly dataDir: string;
  /** Most that may wait for the store, in bytes; 256 MiB where it is left out. */
  readonly maxJournalBytes?: number;
  /** A segment is followed by another past this, in bytes; 4 MiB where it is left out. */
  readonly segmentBytes?: number;
  readonly now?: () => number;
}

/** A recorder that can be ended. */
export interface OpenRecorder extends Recorder {
  /** Name of this process in the journal directory. */
  readonly process: string;
  /** Takes counts of statement shapes to the store; false where that failed. What is lost of them is not told of. */
  addDigests(rows: readonly DigestRow[]): boolean;
  /** Ends the journal; what is recorded after it is lost. */
  close(): void;
}

/** How often a closed segment's import is looked for and a failing disk is tried again, in ms. */
const UPKEEP_MS = 1000;
/** How often, at most, a full journal looks whether segments have gone, in ms. */
const RECOUNT_MS = 50;

/** Opens this process's journal. Never throws: where it cannot be written, its state says so and it tries on. */
export function openRecorder(options: RecorderOptions): OpenRecorder {
  return new JournalRecorder(options);
}

class JournalRecorder implements OpenRecorder {
  readonly process: string;
  readonly #directory: string;
  readonly #maxJournalBytes: number;
  readonly #segmentBytes: number;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(64 * 1024);
  #lock: Deno.FsFile | undefined;
  #segment: SegmentWriter | undefined;
  #lastNumber = 0;
  /** Segments that grow no more and are not known to be imported, oldest first. */
  #closed: SegmentWriter[] = [];
  #closedBytes = 0;
  #recountAt = 0;
  #problem: string | undefined;
  #lost = 0;
  /** Lost events that the chain has not been told of, and when the first was lost. */
  #untold = 0;
  #untoldSince = 0;
  #ended = false;
  readonly #upkeep: ReturnType<typeof setInterval>;

  constructor(options: RecorderOptions) {
    this.#directory = journalDirectory(options.dataDir);
    this.#maxJournalBytes = options.maxJournalBytes ?? 256 * 1024 * 1024;
    this.#segmentBytes = options.segmentBytes ?? 4 * 1024 * 1024;
    this.#now = options.now ?? Date.now;
    this.#newId = createIdMaker(this.#now);
    this.process = newProcessName(this.#now());
    this.#try(() => this.#writable(0));
    this.#upkeep = setInterval(() => this.#keepUp(), UPKEEP_MS);
    Deno.unrefTimer(this.#upkeep);
  }

  record(event: AuditEvent): boolean {
    if (this.#untold > 0 && !this.#tellLost()) return this.#lose();
    return this.#try(() => this.#append(event)) || this.#lose();
  }

  addDigests(rows: readonly DigestRow[]): boolean {
    return rows.every((digest) => this.#try(() => this.#write(JSON.stringify({ digest }), 0)));
  }

  state(): AuditHealth {
    return {
      healthy: this.#problem === undefined,
      problem: this.#problem ?? null,
      evicted: 0,
      lost: this.#lost,
      pending: this.#closed.reduce((sum, { events }) => sum + events, this.#segment?.events ?? 0),
    };
  }

  close(): void {
    if (this.#ended) return;
    if (this.#untold > 0) this.#tellLost();
    this.#ended = true;
    clearInterval(this.#upkeep);
    if (this.#lastNumber === 1 && this.#segment?.size === 0) this.#removeUnused(this.#segment);
    else this.#segment?.close();
    this.#segment = undefined;
    this.#lock?.close();
    this.#lock = undefined;
    this.#problem = "the recorder is closed";
  }

  /** Leaves nothing of a process that recorded nothing. */
  #removeUnused(segment: SegmentWriter): void {
    segment[Symbol.dispose]();
    try {
      Deno.removeSync(segment.path);
      Deno.removeSync(lockPath(this.#directory, this.process));
    } catch {
      // The store removes them.
    }
  }

  /** Runs what writes; a failure becomes the problem that the state shows, a success ends it. */
  #try(action: () => void): boolean {
    try {
      if (this.#ended) return false;
      action();
      this.#problem = undefined;
      return true;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  #lose(): false {
    if (this.#untold++ === 0) this.#untoldSince = this.#now();
    this.#lost++;
    return false;
  }

  /** Records how many events are missing where they would have stood. */
  #tellLost(): boolean {
    const lost = this.#untold;
    const reason = this.#problem;
    const told = this.#try(() =>
      this.#append({
        id: this.#newId(),
        time: this.#now(),
        type: "process",
        action: "events_lost",
        ...(reason === undefined ? {} : { reason }),
        detail: { lost, since: this.#untoldSince },
      })
    );
    if (told) this.#untold = 0;
    return told;
  }

  #append(event: AuditEvent): void {
    this.#write(JSON.stringify(boundEvent(event)), 1);
  }

  #write(text: string, events: number): void {
    const line = this.#encode(text + "\n");
    this.#writable(line.length).write(line, events);
  }

  /** Valid until the next call. */
  #encode(text: string): Uint8Array {
    if (text.length * 3 > this.#buffer.length) this.#buffer = new Uint8Array(text.length * 3);
    const { written } = this.#encoder.encodeInto(text, this.#buffer);
    return this.#buffer.subarray(0, written);
  }

  /** A segment with room for so many bytes; throws where there is none to be had. */
  #writable(bytes: number): SegmentWriter {
    const open = this.#segment;
    if (this.#closedBytes + (open?.size ?? 0) + bytes > this.#maxJournalBytes) this.#makeRoom(bytes);
    else if (open?.usable === true && (open.size === 0 || open.size + bytes <= this.#segmentBytes)) {
      return open;
    }
    this.#closeSegment();
    if (this.#lock === undefined) {
      Deno.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      this.#lock = takeLock(this.#directory, this.process);
    }
    this.#segment = new SegmentWriter(this.#directory, this.process, this.#lastNumber + 1);
    this.#lastNumber = this.#segment.number;
    return this.#segment;
  }

  #makeRoom(bytes: number): void {
    const now = performance.now();
    if (now >= this.#recountAt) {
      this.#recountAt = now + RECOUNT_MS;
      this.#forgetImported();
    }
    this.#closeSegment(); // So that it can be imported, and go.
    if (this.#closedBytes + bytes <= this.#maxJournalBytes) return;
    const megabytes = Math.round(this.#maxJournalBytes / 1024 / 1024);
    throw new Error(`the journal is full: ${megabytes} MB wait to be brought into the database`);
  }

  #closeSegment(): void {
    const segment = this.#segment;
    if (segment === undefined) return;
    segment.close();
    this.#closed.push(segment);
    this.#closedBytes += segment.size;
    this.#segment = undefined;
  }

  /** The store removes segments in their order. */
  #forgetImported(): void {
    while (this.#closed[0] !== undefined && !exists(this.#closed[0].path)) {
      this.#closedBytes -= this.#closed.shift()?.size ?? 0;
    }
  }

  /** Once a second: hands over what was written, and tries again what failed. */
  #keepUp(): void {
    if (this.#problem !== undefined) {
      if (this.#untold > 0) this.#tellLost();
      else this.#try(() => this.#writable(0));
    }
    this.#forgetImported();
    // Only where the store keeps up, else there would be a file for each second that it does not.
    if (this.#closed.length === 0 && this.#segment !== undefined && this.#segment.size > 0) {
      this.#closeSegment();
    }
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
