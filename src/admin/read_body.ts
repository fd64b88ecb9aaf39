import { refusal } from "./http.ts";

/** Longest body that is read. */
const MAX_BODY_BYTES = 1024 * 1024;

/** How long a whole body may take, in ms. */
const BODY_PATIENCE_MS = 10_000;

/**
 * The JSON of a request's body, `undefined` for none, or the refusal: 413 past 1 MB whether the length was told or not,
 * 408 where it comes too slowly, 415 where it is something else, 400 where it is malformed.
 */
export async function readJson(
  request: Request,
  patienceMs: number = BODY_PATIENCE_MS,
): Promise<{ readonly value: unknown } | { readonly refused: Response }> {
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return { refused: tooLarge() };
  const bytes = await readBytes(request, patienceMs);
  if (bytes instanceof Response) return { refused: bytes };
  if (bytes.length === 0) return { value: undefined };
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return {
      refused: refusal(415, "not_json", "Send the body as JSON, with Content-Type: application/json"),
    };
  }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    // What the parser says quotes the body, which may hold a secret.
    return { refused: refusal(400, "malformed_json", "The body is not JSON in UTF-8") };
  }
}

async function readBytes(request: Request, patienceMs: number): Promise<Uint8Array | Response> {
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), patienceMs));
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    while (true) {
      const next = await Promise.race([reader.read(), late]);
      if (next === "late") {
        return refusal(408, "body_too_slow", `The body took longer than ${patienceMs / 1000} s`, CLOSE);
      }
      if (next.done) break;
      length += next.value.length;
      if (length > MAX_BODY_BYTES) return tooLarge();
      parts.push(next.value);
    }
  } catch {
    return refusal(400, "broken_body", "The body ended before its length", CLOSE);
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => {});
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const CLOSE = { headers: { connection: "close" } };

function tooLarge(): Response {
  return refusal(413, "body_too_large", "The body is longer than 1 MB", CLOSE);
}
