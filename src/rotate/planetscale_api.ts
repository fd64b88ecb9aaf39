import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import { checkToken, parseApiUrl } from "../config/mod.ts";
import { type HttpRequest, type HttpResponse, requestHttp } from "../net/http_request.ts";
import { Client } from "./api/client.ts";
import { Sender } from "./api/sender.ts";

import { systemTiming, type Timing } from "./api/timing.ts";
import type { PlanetScaleApi } from "./api/types.ts";

export { type ApiFailureKind, PlanetScaleApiError } from "./api/errors.ts";
export { systemTiming, type Timing } from "./api/timing.ts";
export * from "./api/types.ts";

/** What the client is made of. */
export interface PlanetScaleApiOptions {
  /** Without `/v1`; https, or http to this machine. */
  readonly baseUrl: string;
  readonly tokenId: string;
  readonly token: Secret;
  readonly log: Logger;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal;
  /** PEM file of the authorities to trust for https. */
  readonly caFile?: string | undefined;
  /** In place of the HTTP stack. */
  readonly transport?: (request: HttpRequest) => Promise<HttpResponse>;
  readonly timing?: Timing;
  /** How long one request may take; 30 s by default. */
  readonly timeoutMs?: number;
  /** How often a request is sent at most; 5 by default. */
  readonly attempts?: number;
}

/** A client of PlanetScale's API. Throws `ConfigError` where base URL or token cannot be right, before any request. */
export function createPlanetScaleApi(options: PlanetScaleApiOptions): PlanetScaleApi {
  const { tokenId, token, caFile } = options;
  checkToken(tokenId, token);
  const sender = new Sender({
    baseUrl: parseApiUrl(options.baseUrl),
    tokenId,
    token,
    transport: options.transport ?? ((request) => requestHttp({ ...request, caFile })),
    timing: options.timing ?? systemTiming,
    log: options.log,
    signal: options.signal,
    timeoutMs: options.timeoutMs ?? 30_000,
    attempts: options.attempts ?? 5,
  });
  return new Client(tokenId, sender);
}
