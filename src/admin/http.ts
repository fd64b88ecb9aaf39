/** What every answer carries: nothing here is to be framed, cached, sniffed or told to other sites. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Sets {@link SECURITY_HEADERS} where the answer has none of its own. */
export function secured(response: Response): Response {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

/** A response with a JSON body. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body) + "\n", {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** The body of every refusal: `{"error":{"code","message"}}`, with the wrong fields where there are some. */
export function refusal(
  status: number,
  code: string,
  message: string,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly problems?: readonly object[];
  } = {},
): Response {
  const { headers = {}, problems } = more;
  return json(status, { error: { code, message, ...(problems === undefined ? {} : { problems }) } }, headers);
}
