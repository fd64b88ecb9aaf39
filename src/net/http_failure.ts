/** Why an HTTP request got no response. */
export interface HttpFailure {
  /** A few words: "connection refused". */
  readonly reason: string;
  /** Whether the peer may have taken the request: false where no connection came about. */
  readonly maybeSent: boolean;
  /** The peer's certificate was refused, which waiting does not change. */
  readonly untrusted: boolean;
}

/** What a rejection of `requestHttp` says, in words that do not change with the HTTP stack. */
export function httpFailure(error: unknown): HttpFailure {
  if (error instanceof DOMException && (error.name === "AbortError" || error.name === "TimeoutError")) {
    return { reason: "no answer in time", maybeSent: true, untrusted: false };
  }
  const text = error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error);
  // Deno 2.9.6 puts the phase in parentheses; what fails while connecting was never sent.
  const maybeSent = !/\(Connect\)/.test(text);
  const certificate = /invalid peer certificate: (\w+)/.exec(text)?.[1];
  const reason = (): string => {
    if (/refused/i.test(text)) return "connection refused";
    if (certificate !== undefined) return `its certificate is refused (${certificate})`;
    if (/dns|failed to lookup|resolve/i.test(text)) return "its name cannot be looked up";
    if (/unreachable|no route/i.test(text)) return "no route to it";
    if (/reset|closed|eof|incomplete|broken pipe/i.test(text)) return "the connection broke";
    return error instanceof Error ? error.message : text;
  };
  return { reason: reason(), maybeSent, untrusted: certificate !== undefined };
}
