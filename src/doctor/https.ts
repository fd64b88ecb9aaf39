import { VERSION } from "../base/version.ts";
import { httpFailure } from "../net/http_failure.ts";
import { type HttpRequest, type HttpResponse, requestHttp } from "../net/http_request.ts";
import type { DoctorInput } from "./input.ts";
import type { Notes } from "./notes.ts";

/** A request to somebody's HTTPS side; the time in its answer is noted for the clock check. */
export async function request(
  input: DoctorInput,
  notes: Notes,
  options: Omit<HttpRequest, "caFile">,
): Promise<HttpResponse> {
  const asked = input.clock.now();
  const headers = { ...options.headers, "user-agent": `querycop/${VERSION}` };
  const response = await requestHttp({ ...options, headers, caFile: input.httpsCaFile });
  const date = Date.parse(response.headers.get("date") ?? "");
  if (!Number.isNaN(date)) {
    // The header counts whole seconds, so half of one is added; the way there and back is halved.
    const now = (asked + input.clock.now()) / 2;
    notes.times.push({ from: `the clock of ${new URL(options.url).host}`, aheadMs: date + 500 - now });
  }
  return response;
}

/** Why a request failed, in a few words. */
export function requestFailure(error: unknown): string {
  return httpFailure(error).reason;
}
