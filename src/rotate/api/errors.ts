import { QuerycopError } from "../../base/errors.ts";

/** Why PlanetScale's API did not do what it was asked. */
export type ApiFailureKind =
  | "token_rejected"
  | "forbidden"
  | "missing_access"
  | "not_found"
  | "invalid"
  | "rate_limited"
  | "server"
  | "unreachable"
  | "redirect"
  | "malformed";

/** First part of an error's code decides the exit code: `api` 4, refused; `connect` and `protocol` 5, unreachable. */
const CODES: Readonly<Record<ApiFailureKind, string>> = {
  token_rejected: "api.token_rejected",
  forbidden: "api.forbidden",
  missing_access: "api.missing_access",
  not_found: "api.not_found",
  invalid: "api.invalid",
  rate_limited: "api.rate_limited",
  server: "connect.api.server",
  unreachable: "connect.api.unreachable",
  redirect: "api.redirect",
  malformed: "protocol.api",
};

/** What an API error carries beside its message. */
export interface ApiErrorDetails {
  readonly hint: string;
  /** HTTP status of the last answer; `undefined` where there was none. */
  readonly status?: number | undefined;
  /** The change may have been made all the same: the answer was lost or cannot be read. Default false. */
  readonly ambiguous?: boolean;
  /** The id that PlanetScale's support asks for. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

/** PlanetScale's API refused, failed or could not be reached. Exit code 4, or 5 where there was no usable answer. */
export class PlanetScaleApiError extends QuerycopError {
  override readonly name = "PlanetScaleApiError";
  readonly kind: ApiFailureKind;
  readonly status: number | undefined;
  /** The change that was asked for may have been made: look before asking again. Never true of reads. */
  readonly ambiguous: boolean;
  readonly requestId: string | undefined;

  constructor(kind: ApiFailureKind, message: string, details: ApiErrorDetails) {
    super(CODES[kind], message, { hint: details.hint, cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.ambiguous = details.ambiguous ?? false;
    this.requestId = details.requestId;
  }
}
