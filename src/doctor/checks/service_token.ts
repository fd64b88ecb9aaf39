import type { Secret } from "../../base/secret.ts";
import { grantedAccesses, isSwappedToken, neededAccesses } from "../../config/mod.ts";
import {
  caution,
  type CheckContext,
  failure,
  type Finding,
  notApplicable,
  type Outcome,
  type RunCheck,
} from "../check.ts";
import { request, requestFailure } from "../https.ts";
import type { DoctorInput } from "../input.ts";
import type { Notes } from "../notes.ts";

/** What `rotate` needs on a branch of either kind. */
const NEEDED = neededAccesses({ production: undefined });

export const serviceTokenCheck: RunCheck = {
  id: "service-token",
  title: "PLANETSCALE_SERVICE_TOKEN_ID and _TOKEN are accepted and have the accesses that rotate needs",
  per: "run",
  needs: [],
  limitMs: 8000,
  run: checkServiceToken,
};

interface Api {
  /** Status and parsed body of a GET below `/v1`. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly body: unknown }>;
}

async function checkServiceToken({ input, notes, signal }: CheckContext): Promise<Outcome> {
  const { id, secret } = input.serviceToken;
  if (id === undefined && secret === undefined) {
    return notApplicable("no PLANETSCALE_SERVICE_TOKEN is set");
  }
  if (id === undefined || secret === undefined) {
    const [set, unset] = id === undefined ? ["", "_ID"] : ["_ID", ""];
    return failed(
      "service-token.half",
      `PLANETSCALE_SERVICE_TOKEN${set} is set and PLANETSCALE_SERVICE_TOKEN${unset} is not`,
      "Set both, or neither",
    );
  }
  if (isSwappedToken(id, secret)) {
    return failed(
      "service-token.swapped",
      "PLANETSCALE_SERVICE_TOKEN_ID holds the secret and PLANETSCALE_SERVICE_TOKEN the id",
      "Swap the two: the secret starts with pscale_tkn_",
    );
  }
  const api = apiOf(input, notes, id, secret, signal);
  try {
    return await accepted(api, id, input);
  } catch (error) {
    return failed(
      "service-token.unreachable",
      `${new URL(input.apiUrl).host} does not answer: ${requestFailure(error)}`,
      "Let this machine out to it on port 443; it is needed by rotate, not by serve",
    );
  }
}

/** The token works; now for what it may do. */
async function accepted(api: Api, id: string, input: DoctorInput): Promise<Outcome> {
  const organizations = await api.get("/organizations");
  if (organizations.status === 401 || organizations.status === 403) {
    return failed(
      "service-token.refused",
      `the API refuses the token (${organizations.status})`,
      "Make a service token in the organisation's settings, and set its id and secret as they are shown",
    );
  }
  if (organizations.status !== 200) {
    return failed(
      "service-token.failed",
      `the API answers with status ${organizations.status}`,
      organizations.status === 429
        ? "Wait a minute: 600 requests a minute are allowed"
        : "Try again later; see planetscalestatus.com",
    );
  }
  const names = namesIn(organizations.body);
  const organization = input.serviceToken.organization ?? (names.length === 1 ? names[0] : undefined);
  if (organization === undefined) {
    return {
      summary: `accepted, for ${names.length} organisations`,
      details: ["Set PLANETSCALE_ORG to have its accesses checked"],
      facts: { accepted: true, organizations: names },
    };
  }
  if (!names.includes(organization)) {
    return failed(
      "service-token.organization",
      `the token is not for the organisation ${organization}; it is for ${names.join(", ") || "none"}`,
      "Correct PLANETSCALE_ORG, or make a token in that organisation",
    );
  }
  const grants = await api.get(
    `/organizations/${encodeURIComponent(organization)}/service-tokens/${encodeURIComponent(id)}/grants`,
  );
  if (grants.status !== 200) {
    return {
      summary: `accepted for ${organization}; which accesses it has it may not say`,
      details: [
        `rotate needs one of ${NEEDED.map(({ anyOf }) => anyOf[0]).join(" and ")}`,
        "read_service_tokens would let it be checked",
      ],
      facts: { accepted: true, organization, accesses: null },
    };
  }
  return judgeGrants(grants.body, organization, input.serviceToken.database);
}

function judgeGrants(body: unknown, organization: string, database: string | undefined): Outcome {
  const accesses = grantedAccesses(body, database);
  const missing = NEEDED.filter(({ anyOf }) => !anyOf.some((access) => accesses.includes(access)));
  const where = database === undefined ? organization : `${organization}/${database}`;
  const findings: Finding[] = missing.map(({ to, anyOf }) =>
    failure(
      "service-token.access_missing",
      `the token may not ${to} in ${where}`,
      `Give it ${anyOf[0]} (for a branch that is not production ${anyOf[anyOf.length - 1]})`,
    )
  );
  if (missing.length === 0 && !accesses.includes("read_branch")) {
    findings.push(
      caution(
        "service-token.read_branch",
        `the token may not read branches of ${where}`,
        "Give it read_branch",
      ),
    );
  }
  return {
    summary: `accepted for ${where}, with what rotate needs`,
    findings,
    facts: { accepted: true, organization, accesses },
  };
}

function apiOf(input: DoctorInput, notes: Notes, id: string, secret: Secret, signal: AbortSignal): Api {
  return {
    get: async (path) => {
      const url = new URL(`v1${path}`, input.apiUrl.endsWith("/") ? input.apiUrl : `${input.apiUrl}/`).href;
      const headers = { authorization: `${id}:${secret.reveal()}`, accept: "application/json" };
      const { status, body } = await request(input, notes, { url, method: "GET", headers, signal });
      return { status, body: parsed(body) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The API answers some failures with other than JSON.
  }
}

function dataOf(body: unknown): readonly unknown[] {
  const data = typeof body === "object" && body !== null && "data" in body ? body.data : undefined;
  return Array.isArray(data) ? data : [];
}

function namesIn(body: unknown): readonly string[] {
  return dataOf(body).flatMap((each) =>
    typeof each === "object" && each !== null && "name" in each && typeof each.name === "string"
      ? [each.name]
      : []
  );
}

function failed(code: string, message: string, fix: string): Outcome {
  return { summary: message, findings: [failure(code, message, fix)] };
}
