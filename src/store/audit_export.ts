import { canonicalJson, type ChainPoint } from "./chain.ts";
import { type ChainCheck, ChainVerifier, type ClaimedRecord } from "./verify.ts";

/** Schema of an export's first line. */
export const EXPORT_SCHEMA = "querycop.audit/2";
/** Schema of what earlier versions wrote, where `up_to` is `upTo`. */
const FORMER_SCHEMA = "querycop.audit/1";

/** The first line of an export: between which records it stands, so that a missing end is seen. */
export interface ExportHeader {
  readonly schema: typeof EXPORT_SCHEMA;
  /** The record before the first of the export. */
  readonly after: ChainPoint;
  /** The last of the export. */
  readonly up_to: ChainPoint;
}

/** A record as one line of an export, without its newline. */
export function exportLine({ seq, previous, hash, event }: Required<ClaimedRecord>): string {
  return `{"seq":${seq},"previous":${JSON.stringify(previous)},"hash":${JSON.stringify(hash)},${
    event.slice(1)
  }`;
}

/** What a check of an exported file came to. */
export interface FileCheck extends ChainCheck {
  /** False without a first line that says where the export ends: then a missing end is not seen. */
  readonly hasHeader: boolean;
}

/** Checks an export line by line, in bounded memory. */
export async function verifyExport(lines: AsyncIterable<string>, expect?: string): Promise<FileCheck> {
  let verifier: ChainVerifier | undefined;
  let header: ExportHeader | undefined;
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const value = parse(line);
    if (number === 1) {
      header = headerOf(value);
      if (header !== undefined) {
        verifier = new ChainVerifier(header.after, expect);
        continue;
      }
    }
    const record = claimedOf(value);
    if (record === undefined) return unreadable(verifier, number, header !== undefined);
    verifier ??= new ChainVerifier({ seq: record.seq - 1, hash: record.previous }, expect);
    if (!verifier.add(record)) break;
  }
  if (verifier === undefined) return unreadable(undefined, 1, false);
  const check = verifier.end(header?.up_to);
  if (header !== undefined || check.broken !== undefined) {
    return { ...check, hasHeader: header !== undefined };
  }
  const what = "the first line of the export is missing, which says where it begins and ends";
  return { ...check, hasHeader: false, broken: { seq: check.after.seq + 1, problem: "truncated", what } };
}

function unreadable(verifier: ChainVerifier | undefined, line: number, hasHeader: boolean): FileCheck {
  const check = (verifier ?? new ChainVerifier({ seq: 0, hash: "" })).end(undefined);
  const seq = check.upTo.seq + 1;
  return {
    ...check,
    hasHeader,
    broken: { seq, problem: "changed", what: `line ${line} is no audit record` },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function headerOf(value: unknown): ExportHeader | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { schema, after, up_to, upTo } = value as Readonly<Record<string, unknown>>;
  const last = schema === EXPORT_SCHEMA ? up_to : schema === FORMER_SCHEMA ? upTo : undefined;
  return isPoint(after) && isPoint(last) ? { schema: EXPORT_SCHEMA, after, up_to: last } : undefined;
}

function isPoint(value: unknown): value is ChainPoint {
  const point = value as Partial<ChainPoint> | null | undefined;
  return typeof point?.seq === "number" && typeof point.hash === "string";
}

function claimedOf(value: unknown): Required<ClaimedRecord> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { seq, previous, hash, ...event } = value as Readonly<Record<string, unknown>>;
  if (typeof seq !== "number" || typeof previous !== "string" || typeof hash !== "string") return undefined;
  // As it stands, unknown names included: whatever was added or taken away changes the hash.
  return { seq, previous, hash, event: canonicalJson(event) };
}
