/** The dashboard's files, and how they are answered with. */
import { refusal } from "../http.ts";

/**
 * Nothing but this server's own files, nothing inline, nothing evaluated, no markup made from text, no frame around it:
 * what an attacker writes into a statement stays text even where a bug in the page would show it as markup.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
};

/**
 * Answers with the page (`index.html`) or one of its files; 404 where none has this name. The files come from the program
 * itself, and into memory with the first request, so that no command but serve carries them.
 */
export async function dashboardFile(name: string): Promise<Response> {
  const { FILES } = await import("./files.ts");
  const text = FILES.get(name);
  if (text === undefined) return refusal(404, "not_found", "The dashboard has no such file");
  return new Response(text, {
    headers: {
      "content-type": TYPES[name.split(".").at(-1) ?? ""] ?? "text/plain",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      // They belong to this build: another version's must never be mixed in.
      "cache-control": "no-store",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    },
  });
}
