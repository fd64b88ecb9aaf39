import type { QuerycopError } from "../../base/errors.ts";
import { listenRefusal } from "../../net/mod.ts";
import { requestHttp } from "../../net/http_request.ts";
import {
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";
import { formatTarget } from "../notes.ts";

/** For the answer of a querycop that may be running. */
const ANSWER_MS = 1500;

export const portsCheck: RunCheck = {
  id: "ports",
  title: "serve can listen for applications and for the admin API, or a querycop does already",
  per: "run",
  needs: [],
  limitMs: 5000,
  run: checkPorts,
};

async function checkPorts({ input, signal }: CheckContext): Promise<Outcome> {
  const { listenHost, listenPort, apiHost, apiPort } = input.inspected.config;
  if (input.targetsFrom !== "configuration") return notApplicable("no deployment is configured");
  const places = [
    { host: listenHost, port: listenPort, key: "GATEKEEPER_LISTEN_PORT" },
    { host: apiHost, port: apiPort, key: "GATEKEEPER_API_PORT" },
  ].flatMap(({ host, port, key }) => host === undefined || port === undefined ? [] : [{ host, port, key }]);
  const refused = places.flatMap((place) => {
    const error = listenRefusal(place);
    return error === undefined ? [] : [{ ...place, error }];
  });
  const names = places.map(formatTarget).join(" and ");
  const facts = { addresses: places.map(formatTarget), free: refused.length === 0, running: false };
  if (refused.length === 0) return { summary: `${names} are free`, facts };
  const taken = refused.every(({ error }) => error.code === "listen.in_use");
  if (taken && apiHost !== undefined && apiPort !== undefined && await isQuerycop(apiHost, apiPort, signal)) {
    return { summary: `a querycop listens on ${names} already`, facts: { ...facts, running: true } };
  }
  return { summary: "", findings: refused.map(findingOf), facts };
}

function findingOf({ key, error }: { readonly key: string; readonly error: QuerycopError }): Finding {
  const message = `serve cannot start: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
  const fix = error.code === "listen.in_use"
    ? `Stop that program, or set ${key} to another port`
    : error.hint ?? `Correct ${key}`;
  return failure(error.code, message, fix);
}

async function isQuerycop(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const local = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  try {
    const { status, body } = await requestHttp({
      url: `http://${formatTarget({ host: local, port })}/healthz`,
      method: "GET",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    return status === 200 && typeof JSON.parse(body).version === "string";
  } catch {
    return false; // Something else has the port.
  }
}
