import { lockPath, segmentPath } from "./journal_files.ts";

/** A file that grows by whole lines: what was not written whole is taken back. */
export class SegmentWriter {
  readonly path: string;
  readonly number: number;
  #file: Deno.FsFile | undefined;
  /** Bytes of whole lines. */
  size = 0;
  events = 0;

  /** Throws where the file cannot be made. */
  constructor(directory: string, process: string, number: number) {
    this.number = number;
    this.path = segmentPath(directory, process, number);
    this.#file = Deno.openSync(this.path, { createNew: true, append: true, mode: 0o600 });
  }

  /** False once what stands in the file is not known: it takes no more. */
  get usable(): boolean {
    return this.#file !== undefined;
  }

  /** Writes one line, its newline included, with so many events in it, whole or not at all; throws where it cannot. */
  write(line: Uint8Array, events: number): void {
    const file = this.#file;
    if (file === undefined) throw new Error("the segment is closed");
    try {
      for (let rest = line; rest.length > 0;) {
        const written = file.writeSync(rest);
        if (written === 0) throw new Error("nothing was written");
        rest = rest.subarray(written);
      }
    } catch (error) {
      this.#takeBack(file);
      throw error;
    }
    this.size += line.length;
    this.events += events;
  }

  #takeBack(file: Deno.FsFile): void {
    try {
      file.truncateSync(this.size);
    } catch {
      // Half a line may stand at its end, which readers leave out; the next event goes to another segment.
      this.#file = undefined;
      file.close();
    }
  }

  /** Lets go of the file as it is. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** Ends the segment. Where the last line does not fit, a later segment or the process's end says that it is whole. */
  close(): void {
    const file = this.#file;
    if (file === undefined) return;
    try {
      this.write(new TextEncoder().encode(`{"closed":${this.events}}\n`), 0);
    } catch {
      // See above.
    }
    this[Symbol.dispose]();
  }
}

/** Makes a process's lock file and keeps it locked until it is closed; it never stands there without its lock. */
export function takeLock(directory: string, process: string): Deno.FsFile {
  const temporary = `${directory}/${process}.new`;
  const file = Deno.openSync(temporary, { createNew: true, write: true, mode: 0o600 });
  try {
    file.lockSync(true);
    Deno.renameSync(temporary, lockPath(directory, process));
    return file;
  } catch (error) {
    file.close();
    Deno.removeSync(temporary);
    throw error;
  }
}
