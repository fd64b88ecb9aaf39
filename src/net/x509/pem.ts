import { type Certificate, parseCertificate } from "./certificate.ts";

/** One block of a PEM text that could not be read. */
export interface DamagedBlock {
  /** Line of its BEGIN, from 1. */
  readonly line: number;
  /** In words, sentence case. */
  readonly reason: string;
}

/** A PEM text taken apart. */
export interface PemBundle {
  readonly certificates: readonly Certificate[];
  readonly damaged: readonly DamagedBlock[];
  /** Labels of blocks that are no certificates: `PRIVATE KEY`, ... */
  readonly others: readonly string[];
  /** What the bytes look like when they hold no PEM block at all. */
  readonly looksLike: "pem" | "empty" | "der" | "text" | "binary";
}

/** The label that both TLS stacks read. */
const CERTIFICATE_LABEL = "CERTIFICATE";
/** Other labels for certificates, of OpenSSL's own: the stacks step over them, and trust nothing. */
const OPENSSL_LABELS: ReadonlySet<string> = new Set(["X509 CERTIFICATE", "TRUSTED CERTIFICATE"]);
/** A UTF-8 byte order mark, read as Latin-1. */
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/**
 * Reads the certificates of a PEM file (RFC 7468). Text between blocks is allowed, as bundles carry comments; a block
 * that is damaged is reported and the rest is read on.
 */
export function parsePemBundle(bytes: Uint8Array): PemBundle {
  const text = new TextDecoder("latin1").decode(bytes);
  const certificates: Certificate[] = [];
  const damaged: DamagedBlock[] = [];
  const others: string[] = [];
  let open: { readonly label: string; readonly line: number; readonly body: string[] } | undefined;
  let blocks = 0;
  if (text.startsWith(BYTE_ORDER_MARK)) {
    // The stacks do not see a BEGIN line that has it, and lose the first certificate.
    damaged.push({ line: 1, reason: "The file starts with a UTF-8 byte order mark" });
  }
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.replace(BYTE_ORDER_MARK, "").trim();
    const boundary = /^-----\s*(BEGIN|END) (.+?)\s*-----$/.exec(line);
    if (boundary === null) {
      open?.body.push(line);
      continue;
    }
    const [, side, label = ""] = boundary;
    if (side === "BEGIN") {
      blocks += 1;
      if (open !== undefined) {
        damaged.push({ line: open.line, reason: `The block has no END ${open.label} line` });
      }
      open = { label, line: index + 1, body: [] };
    } else if (open === undefined) {
      damaged.push({ line: index + 1, reason: `The block that ends here has no BEGIN ${label} line` });
    } else {
      if (OPENSSL_LABELS.has(open.label)) {
        damaged.push({
          line: open.line,
          reason:
            `The block is a ${open.label}, which only OpenSSL reads; openssl x509 writes a CERTIFICATE of it`,
        });
      } else if (open.label !== CERTIFICATE_LABEL) others.push(open.label);
      else readBlock(open, certificates, damaged);
      open = undefined;
    }
  }
  if (open !== undefined) {
    damaged.push({
      line: open.line,
      reason: `The file ends before the END ${open.label} line; it is cut short`,
    });
  }
  return { certificates, damaged, others, looksLike: blocks > 0 ? "pem" : looksLike(bytes, text) };
}

function readBlock(
  block: { readonly line: number; readonly body: readonly string[] },
  certificates: Certificate[],
  damaged: DamagedBlock[],
): void {
  const base64 = block.body.join("").replace(/\s+/g, "");
  const report = (reason: string) => damaged.push({ line: block.line, reason });
  const wrong = block.body.findIndex((line) => /[^A-Za-z0-9+/=\s]/.test(line));
  if (wrong >= 0) return void report(`Line ${block.line + 1 + wrong} is not base64`);
  let der: Uint8Array;
  try {
    der = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return void report("The base64 text is incomplete");
  }
  try {
    certificates.push(parseCertificate(der));
  } catch (error) {
    report(`The block is not a certificate: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function looksLike(bytes: Uint8Array, text: string): PemBundle["looksLike"] {
  if (text.trim() === "") return "empty";
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return "der";
  // deno-lint-ignore no-control-regex
  return /[\x00-\x08\x0e-\x1f]/.test(text.slice(0, 4096)) ? "binary" : "text";
}
