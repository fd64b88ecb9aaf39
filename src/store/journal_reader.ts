import type { AuditEvent } from "../contract/audit.ts";
import type { DigestRow } from "../contract/digest.ts";
import { readDigestRow } from "./digest_fields.ts";
import { readEvent } from "./event_fields.ts";

/** Some lines of a segment. */
export interface JournalPart {
  readonly events: readonly AuditEvent[];
  /** Offset after the line of each event. */
  readonly ends: readonly number[];
  readonly digests: readonly DigestRow[];
  /** Lines that are no events: what a power failure leaves, or somebody's hand. */
  readonly damaged: number;
  /** Offset after the last whole line that was read. */
  readonly end: number;
  /** Nothing whole follows what was read. */
  readonly atEnd: boolean;
  /** The line was read that says that the segment grows no more. */
  readonly closed: boolean;
}

/** Read at a time, in bytes; a batch is what lies whole within it. */
const CHUNK_BYTES = 512 * 1024;
/** A line longer than this was not written by a recorder. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 10;

/** Reads whole lines of a segment from an offset on, about half a megabyte of them. Throws where it cannot be read. */
export function readSegment(path: string, offset: number): JournalPart {
  using file = Deno.openSync(path, { read: true });
  let bytes = new Uint8Array(0);
  let size = CHUNK_BYTES;
  let filled = 0;
  for (;;) {
    bytes = new Uint8Array(size);
    file.seekSync(offset, Deno.SeekMode.Start);
    filled = fill(file, bytes);
    if (filled < size || bytes.lastIndexOf(NEWLINE) >= 0 || size >= LONGEST_LINE_BYTES) break;
    size *= 4;
  }
  const whole = bytes.lastIndexOf(NEWLINE, filled - 1) + 1;
  if (whole === 0 && filled >= LONGEST_LINE_BYTES) {
    return {
      events: [],
      ends: [],
      digests: [],
      damaged: 1,
      end: offset + filled,
      atEnd: false,
      closed: false,
    };
  }
  return { ...parse(bytes.subarray(0, whole), offset), end: offset + whole, atEnd: filled < size };
}

function fill(file: Deno.FsFile, bytes: Uint8Array): number {
  let filled = 0;
  while (filled < bytes.length) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null || read === 0) break;
    filled += read;
  }
  return filled;
}

function parse(
  bytes: Uint8Array,
  offset: number,
): Pick<JournalPart, "events" | "ends" | "digests" | "damaged" | "closed"> {
  const events: AuditEvent[] = [];
  const ends: number[] = [];
  const digests: DigestRow[] = [];
  let damaged = 0;
  let closed = false;
  const lines = new TextDecoder().decode(bytes).split("\n");
  lines.pop(); // What follows the last newline: nothing.
  let end = 0;
  for (const line of lines) {
    end = bytes.indexOf(NEWLINE, end) + 1;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      damaged++;
      continue;
    }
    const event = readEvent(value);
    if (event !== undefined) {
      events.push(event);
      ends.push(offset + end);
    } else if (has(value, "closed")) closed = true;
    else {
      const digest = has(value, "digest") ? readDigestRow(value.digest) : undefined;
      if (digest === undefined) damaged++;
      else digests.push(digest);
    }
  }
  return { events, ends, digests, damaged, closed };
}

function has<K extends string>(value: unknown, name: K): value is Readonly<Record<K, unknown>> {
  return typeof value === "object" && value !== null && name in value;
}
