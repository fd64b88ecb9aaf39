import { ConfigError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import {
  accessesOn,
  type ApiGet,
  checkToken,
  databasesOf,
  everyPage,
  neededAccesses,
  parseApiUrl,
  readTokenFacts,
  type TokenFacts,
} from "../../config/mod.ts";
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

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

export const serviceTokenCheck: RunCheck = {
  id: "service-token",
  title:
    "PLANETSCALE_SERVICE_TOKEN_ID and _TOKEN are accepted, last, and have the accesses that rotate needs",
  per: "run",
  needs: [],
  limitMs: 8000,
  run: checkServiceToken,
};

async function checkServiceToken(context: CheckContext): Promise<Outcome> {
  const { input } = context;
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
  let base: URL;
  try {
    checkToken(id, secret);
    // rotate sends the token where this parser lets it be sent, and so does this check.
    base = parseApiUrl(input.apiUrl);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const code = error.key === "PLANETSCALE_API_URL" ? "service-token.api_url" : "service-token.swapped";
    return failed(code, error.message, error.hint ?? "Correct it");
  }
  try {
    return await accepted(apiOf(context, base, id, secret), id, input);
  } catch (error) {
    return failed(
      "service-token.unreachable",
      `${base.host} does not answer: ${requestFailure(error)}`,
      "Let this machine out to it on port 443; it is needed by rotate, not by serve",
    );
  }
}

/** The token works; now for what it may do. */
async function accepted(api: ApiGet, id: string, input: DoctorInput): Promise<Outcome> {
  const { status, items } = await everyPage(api, "/organizations");
  if (status === 401 || status === 403) {
    return failed(
      "service-token.refused",
      `the API refuses the token (${status})`,
      "Make a service token in the organization's settings, and set its id and secret as they are shown",
    );
  }
  if (status !== 200) {
    return failed(
      "service-token.failed",
      `the API answers with status ${status}`,
      status === 429
        ? "Wait a minute: 600 requests a minute are allowed"
        : "Try again later; see planetscalestatus.com",
    );
  }
  const names = items?.flatMap(nameOf);
  if (names === undefined) {
    return failed(
      "service-token.not_api",
      `${new URL(input.apiUrl).host} answers, but not as PlanetScale's API does`,
      "Check PLANETSCALE_API_URL, and whether a portal or an HTTP proxy answers in the API's place",
    );
  }
  if (names.length === 0) {
    return failed(
      "service-token.no_organization",
      "the API accepts the token, for no organization",
      "Make a service token in the organization's settings",
    );
  }
  const organization = input.serviceToken.organization ?? (names.length === 1 ? names[0] : undefined);
  if (organization === undefined) {
    return {
      summary: `accepted, for ${names.length} organizations`,
      details: ["Set PLANETSCALE_ORG to have its accesses checked"],
      facts: { accepted: true, organizations: names },
    };
  }
  if (!names.includes(organization)) {
    return failed(
      "service-token.organization",
      `the token is not for the organization ${organization}; it is for ${names.join(", ")}`,
      "Correct PLANETSCALE_ORG, or make a token in that organization",
    );
  }
  const token = await readTokenFacts(api, organization, id);
  if (token === undefined) {
    return {
      summary: `accepted for ${organization}; which accesses it has it may not say`,
      details: [
        `rotate needs ${neededAccesses({ production: true }).map(({ anyOf }) => anyOf[0]).join(" and ")}`,
        "read_service_tokens would let it be checked",
      ],
      facts: { accepted: true, organization, accesses: null },
    };
  }
  return await judgeToken(token, { api, input, organization });
}

interface Judged {
  readonly api: ApiGet;
  readonly input: DoctorInput;
  readonly organization: string;
}

async function judgeToken(token: TokenFacts, { api, input, organization }: Judged): Promise<Outcome> {
  const { database } = input.serviceToken;
  const where = database === undefined ? organization : `${organization}/${database}`;
  const accesses = accessesOn(token, database);
  const known = databasesOf(token);
  const findings: Finding[] = [];
  if (database !== undefined && known.length > 0 && !known.includes(database)) {
    findings.push(
      failure(
        "service-token.database",
        `the token has no access to a database ${database}; it has to ${known.join(", ")}`,
        "Correct PLANETSCALE_DATABASE, or give the token accesses on that database",
      ),
    );
  } else findings.push(...judgeAccesses(accesses, where, await isProduction(api, input, organization)));
  if (findings.length === 0 && !accesses.includes("read_branch")) {
    findings.push(
      caution(
        "service-token.read_branch",
        `the token may not read branches of ${where}`,
        "Give it read_branch",
      ),
    );
  }
  const expiresAt = token.expiresAt;
  const leftMs = expiresAt === undefined ? Infinity : expiresAt.getTime() - input.clock.now();
  if (leftMs < SOON_DAYS * DAY_MS) {
    const days = Math.floor(leftMs / DAY_MS);
    findings.push(
      caution(
        "service-token.expires_soon",
        `the token expires ${days < 1 ? "within a day" : `in ${days} ${days === 1 ? "day" : "days"}`}`,
        "Make a new service token before then",
      ),
    );
  }
  return {
    summary: `accepted for ${where}, with what rotate needs${fitOf(accesses)}`,
    findings,
    facts: {
      accepted: true,
      organization,
      accesses,
      expires_at: expiresAt?.toISOString() ?? null,
    },
  };
}

/** Whether the branch that PLANETSCALE_BRANCH names is a production branch; `undefined` where it cannot be told. */
async function isProduction(
  api: ApiGet,
  { serviceToken: { database, branch } }: DoctorInput,
  organization: string,
): Promise<boolean | undefined> {
  if (database === undefined || branch === undefined) return undefined;
  const names = [organization, database, branch].map(encodeURIComponent);
  const { status, body } = await api(`/organizations/${names[0]}/databases/${names[1]}/branches/${names[2]}`);
  const production = status === 200 && typeof body === "object" && body !== null && "production" in body
    ? body.production
    : undefined;
  return typeof production === "boolean" ? production : undefined;
}

/** Accesses that are missing on a branch of its kind; where that is not known, on one of the kind that they fit best. */
function judgeAccesses(
  accesses: readonly string[],
  where: string,
  production: boolean | undefined,
): readonly Finding[] {
  const missing = (kind: boolean) =>
    neededAccesses({ production: kind }).filter(({ anyOf }) =>
      !anyOf.some((access) => accesses.includes(access))
    );
  if (production === undefined && missing(true).length > 0 && missing(false).length === 0) {
    return [
      caution(
        "service-token.not_production",
        `the token may rotate passwords in ${where} only on branches that are not production`,
        `Give it ${
          missing(true).map(({ anyOf }) => anyOf[0]).join(" and ")
        }, or set PLANETSCALE_BRANCH to such a branch`,
      ),
    ];
  }
  const kind = production ?? missing(false).length >= missing(true).length;
  return missing(kind).map(({ to, anyOf }) =>
    failure(
      "service-token.access_missing",
      `the token may not ${to} on ${kind ? "production " : ""}branches of ${where}`,
      `Give it ${anyOf.join(" or ")}`,
    )
  );
}

/** Which branches the accesses fit, a clause; nothing where they fit all. */
function fitOf(accesses: readonly string[]): string {
  const fits = (production: boolean) =>
    neededAccesses({ production }).every(({ anyOf }) => anyOf.some((each) => accesses.includes(each)));
  if (fits(true) && fits(false)) return "";
  return fits(true) ? " on production branches" : " on branches that are not production";
}

function apiOf(context: CheckContext, base: URL, id: string, secret: Secret): ApiGet {
  const { input, notes, signal } = context;
  return async (path) => {
    const url = new URL(`v1${path}`, base).href;
    const headers = { authorization: `${id}:${secret.reveal()}`, accept: "application/json" };
    const { status, body } = await request(input, notes, { url, method: "GET", headers, signal });
    return { status, body: parsed(body) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The API answers some failures with other than JSON.
  }
}

function nameOf(each: unknown): readonly string[] {
  return typeof each === "object" && each !== null && "name" in each && typeof each.name === "string"
    ? [each.name]
    : [];
}

function failed(code: string, message: string, fix: string): Outcome {
  return { summary: message, findings: [failure(code, message, fix)] };
}
