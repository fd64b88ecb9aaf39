import { QuerycopError, ServerError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { connectMysql } from "../../client/mod.ts";
import { createBackendConnector } from "../../net/mod.ts";
import { requestHttp } from "../../net/http_request.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";
import { requestFailure } from "../https.ts";
import type { Credentials, DoctorInput } from "../input.ts";
import { formatTarget } from "../notes.ts";
import { serverErrorFinding } from "../server_errors.ts";

const CONNECT_TIMEOUT_MS = 2000;

export const proxyCheck: RunCheck = {
  id: "proxy",
  title:
    "a querycop that runs here: health, version, whether it takes ADMIN_API_KEY, and with --user select 1 through it",
  per: "run",
  needs: [],
  limitMs: 8000,
  run: checkProxy,
};

async function checkProxy({ input, signal }: CheckContext): Promise<Outcome> {
  const { apiHost = "127.0.0.1", apiPort = 8080, listenHost = "127.0.0.1", listenPort = 15336 } =
    input.inspected.config;
  const api = formatTarget({ host: reachable(apiHost), port: apiPort });
  const health = await get(`http://${api}/healthz`, signal);
  if (typeof health === "string") return notApplicable(`none on ${api} (${health})`);
  const version = textField(health.body, "version");
  if (health.status !== 200 || version === undefined) {
    return notApplicable(`something other than querycop answers on ${api}`);
  }
  const findings: Finding[] = [];
  const ready = await get(`http://${api}/readyz`, signal);
  if (typeof ready === "string" || ready.status !== 200) {
    const detail = typeof ready === "string"
      ? ready
      : textField(ready.body, "detail") ?? `status ${ready.status}`;
    findings.push(
      caution(
        "proxy.not_ready",
        `querycop on ${api} is not ready: ${detail}`,
        "Fix what the other checks name; look at its log",
      ),
    );
  }
  const { adminApiKey } = input.inspected.config;
  if (adminApiKey !== undefined) findings.push(...await tryKey(api, adminApiKey, signal));
  const { credentials } = input;
  const client = { host: reachable(listenHost), port: listenPort };
  if (credentials !== undefined) findings.push(...await through(client, credentials, input, signal));
  return {
    summary: `querycop ${version} on ${api}${
      credentials === undefined ? "" : `; select 1 through ${formatTarget(client)}`
    }`,
    findings,
    facts: { version, api, ready: typeof ready !== "string" && ready.status === 200 },
  };
}

/** The key is tried as rotate and the commands that ask the admin API use it. */
async function tryKey(api: string, key: Secret, signal: AbortSignal): Promise<readonly Finding[]> {
  const answer = await get(`http://${api}/v1/sessions`, signal, { authorization: `Bearer ${key.reveal()}` });
  if (typeof answer !== "string" && answer.status === 200) return [];
  const refused = typeof answer !== "string" && (answer.status === 401 || answer.status === 403);
  const how = typeof answer === "string" ? answer : `status ${answer.status}`;
  return [
    refused
      ? failure(
        "proxy.admin_key",
        `the querycop on ${api} does not take this ADMIN_API_KEY (${how})`,
        "Set ADMIN_API_KEY to the key that it was started with, or restart it with this one",
      )
      : caution(
        "proxy.admin_api",
        `the admin API on ${api} does not tell its sessions (${how})`,
        "Look at its log",
      ),
  ];
}

/** Logs in through the proxy as an application does. */
async function through(
  client: { readonly host: string; readonly port: number },
  credentials: Credentials,
  input: DoctorInput,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const mode = input.inspected.config.proxyTlsCert === undefined ? "disable" : "require";
  const connector = createBackendConnector({
    ...client,
    family: "auto",
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    tls: { mode },
  });
  try {
    const connection = await connectMysql(connector, mode, credentials, signal);
    try {
      await connection.query("select 1", signal);
    } finally {
      await connection.close(signal);
    }
    return [];
  } catch (error) {
    if (error instanceof ServerError) return [serverErrorFinding("proxy", error.errno, error.message)];
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof QuerycopError ? error.hint : undefined;
    return [failure("proxy.failed", `through querycop: ${message}`, hint ?? "Look at its log")];
  }
}

type Answer = { readonly status: number; readonly body: unknown };

/** What a request got, or in a few words why nothing. */
async function get(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | string> {
  try {
    const { status, body } = await requestHttp({ url, method: "GET", headers, signal });
    return { status, body: parsed(body) };
  } catch (error) {
    return requestFailure(error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Then it is no querycop.
  }
}

function textField(body: unknown, name: string): string | undefined {
  const value = typeof body === "object" && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
  return typeof value === "string" ? value : undefined;
}

/** An address to connect to for one to listen on. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}
