import * as z from "zod";
import { ConnectError, QuerycopError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { SessionSchema } from "../contract/session.ts";
import { httpFailure } from "../net/http_failure.ts";
import { requestHttp } from "../net/http_request.ts";
import type { ApplicationSession, SessionSource } from "./world.ts";

const REQUEST_LIMIT_MS = 10_000;

/** Names that a later version adds are passed over. */
const answerShape = z.object({
  sessions: z.array(SessionSchema.pick({ id: true, user: true, client: true, age_seconds: true }).strip()),
});

/** What the sessions of a querycop are asked with. */
export interface SessionSourceOptions {
  /** Of the admin API, such as `http://127.0.0.1:8080`. */
  readonly url: URL;
  /** ADMIN_API_KEY. */
  readonly key: Secret;
  /** PEM file of the authorities to trust for https. */
  readonly caFile: string | undefined;
}

/** The sessions of a running querycop, by `GET /v1/sessions` of its admin API. */
export function querycopSessions({ url, key, caFile }: SessionSourceOptions): SessionSource {
  const name = url.href.replace(/\/$/, "");
  return {
    name,
    list: async (signal) => {
      const { status, body } = await ask(`${name}/v1/sessions`, key, caFile, signal);
      if (status !== 200) throw refused(name, status);
      const parsed = answerShape.safeParse(parseJson(body));
      if (parsed.success) return parsed.data.sessions satisfies readonly ApplicationSession[];
      throw new QuerycopError("protocol.sessions", `${name}/v1/sessions does not answer as querycop does`, {
        hint: "Name the address of a querycop's admin API with --querycop URL",
        cause: parsed.error,
      });
    },
  };
}

async function ask(url: string, key: Secret, caFile: string | undefined, signal: AbortSignal) {
  try {
    return await requestHttp({
      url,
      method: "GET",
      headers: { authorization: `Bearer ${key.reveal()}`, accept: "application/json" },
      caFile,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]),
    });
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectError("tcp", "failed", new URL(url).host, httpFailure(cause).reason, {
      hint:
        "Is that querycop running, and its admin API (GATEKEEPER_API_HOST, GATEKEEPER_API_PORT) reachable?",
      cause,
    });
  }
}

function refused(name: string, status: number): QuerycopError {
  const hints: Readonly<Record<number, string>> = {
    401: "Set ADMIN_API_KEY to the key of that querycop",
    403: "Start that querycop with an ADMIN_API_KEY, and set the same here",
    404: "Name the address of a querycop's admin API with --querycop URL",
    429: "Wait a minute: that querycop limits how often it is asked",
  };
  const code = status === 429 || status >= 500 ? "connect.sessions" : "api.sessions";
  return new QuerycopError(code, `${name} does not tell its sessions: status ${status}`, {
    hint: hints[status] ?? "Look at its log",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Then it is no querycop, which is what is said.
  }
}
