import { readFileSync } from "node:fs";

/** An HTTP request. */
export interface HttpRequest {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM file of the authorities to trust; those built in where it is left out. */
  readonly caFile?: string | undefined;
  readonly signal: AbortSignal;
}

/** What came back. Redirects are not followed, so that no credential goes to another host. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** At most 1 MB of it. */
  readonly body: string;
}

/** What is read of a body at most. */
export const MOST_BODY_BYTES = 1_000_000;

/** Makes one request. Rejects with the stack's error where there is no response; a status of 400 and more resolves. */
export async function requestHttp(request: HttpRequest): Promise<HttpResponse> {
  using client = new HttpRequester({ caFile: request.caFile, keepAlive: false });
  return await client.request(request);
}

/** Makes many requests with the authorities of one file, which is read and parsed once. */
export class HttpRequester implements Disposable {
  readonly #client: Deno.HttpClient;

  /** Errors: the file's, where it cannot be read. */
  constructor({ caFile, keepAlive }: { readonly caFile: string | undefined; readonly keepAlive: boolean }) {
    bypassProxyForLoopback();
    const caCerts = caFile === undefined ? [] : [readFileSync(caFile, "utf8")];
    this.#client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: keepAlive ? 2 : 0 });
  }

  /** As {@link requestHttp}. */
  async request(request: Omit<HttpRequest, "caFile">): Promise<HttpResponse> {
    const { url, method, headers = {}, body = null, signal } = request;
    const client = this.#client;
    const response = await fetch(url, { method, headers, body, client, signal, redirect: "manual" });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BODY_BYTES) break;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new TextDecoder().decode(bytes.subarray(0, MOST_BODY_BYTES));
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * Keeps requests to this machine off the proxy of HTTP_PROXY, which would see their keys in plain text. HTTPS goes through
 * a proxy unread, as before. The runtime reads NO_PROXY when a client is made.
 */
function bypassProxyForLoopback(): void {
  const given = (Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy") ?? "").split(",").filter((name) =>
    name !== ""
  );
  if (LOOPBACK.every((name) => given.includes(name))) return;
  Deno.env.set("NO_PROXY", [...new Set([...given, ...LOOPBACK])].join(","));
}
