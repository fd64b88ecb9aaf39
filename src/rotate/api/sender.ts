import type { Logger } from "../../base/logger.ts";
import { VERSION } from "../../base/version.ts";
import type { Secret } from "../../base/secret.ts";
import { type HttpFailure, httpFailure } from "../../net/http_failure.ts";
import type { HttpRequest, HttpResponse } from "../../net/http_request.ts";
import { PlanetScaleApiError } from "./errors.ts";
import { messagesIn } from "./shapes.ts";
import { backoffMs, Pacer, rateLimitMs, type Timing } from "./timing.ts";

/** One request to the API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/v1`, encoded, with its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Completes "Cannot ...": `read the branch acme/shop/main`. */
  readonly what: string;
}

/** The API's last answer: a success, or a refusal that says something about the request. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string | undefined;
  /** An earlier attempt may have had its effect already: its answer was lost. */
  readonly afterLoss: boolean;
}

/** How requests go out. */
export interface SenderOptions {
  /** Base of the API, without `/v1`. */
  readonly baseUrl: URL;
  readonly tokenId: string;
  readonly token: Secret;
  readonly transport: (request: HttpRequest) => Promise<HttpResponse>;
  readonly timing: Timing;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** How often a request is sent at most. */
  readonly attempts: number;
}

const USER_AGENT = `querycop/${VERSION}`;
const MOST_REDIRECTS = 3;
const SERVER_TROUBLE = "Nothing was changed by this; try again later, and see planetscalestatus.com";
const LOOK_FIRST = "It may have happened all the same; going on looks for it first";

/** Sends requests one after the other: paced, with time limits, repeated where that does no harm. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #pacer: Pacer;
  /** What the API's clock said, and when, by our clock that only grows. */
  #told: { readonly apiMs: number; readonly at: number } | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.timing);
  }

  /**
   * Resolves to any answer but 429, 5xx and a redirect elsewhere. A GET and a DELETE are repeated when they fail; a
   * POST only where it had no effect for certain, and is `ambiguous` otherwise. Throws {@link PlanetScaleApiError}.
   */
  async send(request: ApiRequest): Promise<ApiAnswer> {
    const { attempts, timing, signal } = this.#options;
    let afterLoss = false;
    for (let attempt = 1;; attempt++) {
      const last = attempt >= attempts;
      let waitMs: number;
      try {
        const response = await this.#once(request);
        const { status, body } = response;
        const requestId = response.headers.get("x-request-id") ?? undefined;
        if (status === 429) {
          if (last) throw rateLimited(request, requestId);
          waitMs = rateLimitMs(attempt, response.headers.get("retry-after"), timing);
        } else if (status >= 500) {
          if (last || request.method === "POST") throw serverFailed(request, status, body, requestId);
          afterLoss ||= request.method !== "GET";
          waitMs = backoffMs(attempt, timing.random);
        } else {
          return { status, body, requestId, afterLoss };
        }
      } catch (error) {
        if (error instanceof PlanetScaleApiError) throw error;
        signal.throwIfAborted();
        const failure = httpFailure(error);
        const lost = failure.maybeSent && request.method !== "GET";
        if (last || failure.untrusted || (lost && request.method === "POST")) {
          throw this.#unreachable(request, failure, lost || afterLoss, error);
        }
        afterLoss ||= lost;
        waitMs = backoffMs(attempt, timing.random);
      }
      this.#options.log.debug("waiting before asking PlanetScale's API again", {
        attempt,
        waitMs: Math.round(waitMs),
      });
      await timing.delay(waitMs, signal);
    }
  }

  /** The time by the API's clock; this machine's where no answer had it. */
  nowMs(): number {
    const { timing } = this.#options;
    return this.#told === undefined ? timing.now() : this.#told.apiMs + timing.monotonic() - this.#told.at;
  }

  async #once(request: ApiRequest): Promise<HttpResponse> {
    const { baseUrl, tokenId, token, transport, signal, timeoutMs, log, timing } = this.#options;
    let url = new URL(`v1${request.path}`, baseUrl);
    for (let redirects = 0;; redirects++) {
      await this.#pacer.turn(signal);
      signal.throwIfAborted();
      const started = timing.monotonic();
      const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
      const response = await transport({
        url: url.href,
        method: request.method,
        headers: {
          accept: "application/json",
          "user-agent": USER_AGENT,
          authorization: `${tokenId}:${token.reveal()}`,
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const { status } = response;
      const tookMs = Math.round(timing.monotonic() - started);
      const date = Date.parse(response.headers.get("date") ?? "");
      // The header counts whole seconds, so half of one is added; the way there and back is halved.
      if (!Number.isNaN(date)) this.#told = { apiMs: date + 500, at: started + tookMs / 2 };
      log.debug("PlanetScale's API", { method: request.method, path: url.pathname, status, tookMs });
      if (status < 300 || status >= 400) return response;
      url = redirected(request, response, url, redirects);
    }
  }

  #unreachable(
    request: ApiRequest,
    { reason, untrusted }: HttpFailure,
    ambiguous: boolean,
    cause: unknown,
  ): PlanetScaleApiError {
    const { host, port, protocol } = this.#options.baseUrl;
    const letOut = `Let this machine out to ${host}${port === "" && protocol === "https:" ? ":443" : ""}`;
    const hint = ambiguous ? LOOK_FIRST : `${letOut}, then run it again`;
    return new PlanetScaleApiError(
      "unreachable",
      `Cannot ${request.what}: ${host} does not answer: ${reason}`,
      {
        hint: untrusted ? `${hint}; its authority has to be in this machine's bundle` : hint,
        ambiguous,
        cause,
      },
    );
  }
}

/** Where a redirect leads, if the token may be sent there and the request keeps its meaning. */
function redirected(request: ApiRequest, response: HttpResponse, from: URL, redirects: number): URL {
  const { status } = response;
  const location = response.headers.get("location") || undefined;
  const to = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  const refuse = (why: string): PlanetScaleApiError =>
    new PlanetScaleApiError("redirect", `Cannot ${request.what}: the API redirects ${why}`, {
      hint: "Check PLANETSCALE_API_URL and any HTTP proxy on the way; the token was not sent on",
      status,
    });
  if (to === undefined) throw refuse(`with status ${status} to nowhere`);
  if (to.origin !== from.origin) throw refuse(`to another host, ${to.host || to.protocol}`);
  if (redirects >= MOST_REDIRECTS) throw refuse("in a circle");
  if (request.method !== "GET" && status !== 307 && status !== 308) {
    throw refuse(`a ${request.method} with status ${status}`);
  }
  return to;
}

function rateLimited(request: ApiRequest, requestId: string | undefined): PlanetScaleApiError {
  return new PlanetScaleApiError(
    "rate_limited",
    `Cannot ${request.what}: the API's limit of 600 requests a minute is used up`,
    {
      hint: "Something else uses the same limit: find it or wait a minute, then run the same command again",
      status: 429,
      requestId,
    },
  );
}

function serverFailed(
  request: ApiRequest,
  status: number,
  body: string,
  requestId: string | undefined,
): PlanetScaleApiError {
  const ambiguous = request.method !== "GET";
  const said = messagesIn(body).join("; ");
  const asked = requestId === undefined ? "" : ` (request ${requestId})`;
  return new PlanetScaleApiError(
    "server",
    `Cannot ${request.what}: the API fails with status ${status}${said === "" ? "" : `, ${said}`}${asked}`,
    { hint: ambiguous ? LOOK_FIRST : SERVER_TROUBLE, status, ambiguous, requestId },
  );
}
