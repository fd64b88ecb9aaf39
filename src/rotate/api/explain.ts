import { accessesOn, databasesOf, type TokenFacts } from "../../config/mod.ts";
import { PlanetScaleApiError } from "./errors.ts";
import type { ApiAnswer, ApiRequest } from "./sender.ts";
import { messagesIn } from "./shapes.ts";

/** What a refused request was about, as far as it decides where to look for the reason. */
export interface Subject {
  readonly organization?: string;
  readonly database?: string;
  readonly branch?: string;
  readonly passwordId?: string;
  /** Accesses of which the token needs one. */
  readonly anyOf?: readonly string[];
}

/** Questions that tell one reason for a 404 from another; each costs a request. `undefined`: it cannot be told. */
export interface Oracle {
  /** Names of the token's organisations; `rejected` where the token itself is no good. */
  readonly organizations: () => Promise<readonly string[] | "rejected" | undefined>;
  /** What the token may do, where it may read that. */
  readonly token: (subject: Subject) => Promise<TokenFacts | undefined>;
  /** Whether what the subject names can be read: its password, else its branch, else its database. */
  readonly readable: (subject: Subject) => Promise<boolean | undefined>;
  /** Whether passwords of the subject's branch can be listed. */
  readonly listable: (subject: Subject) => Promise<boolean | undefined>;
}

/** The error for an answer that is no success, with what to do about it. */
export async function explain(
  request: ApiRequest,
  answer: ApiAnswer,
  subject: Subject,
  oracle: Oracle,
): Promise<PlanetScaleApiError> {
  const { status, requestId } = answer;
  const said = messagesIn(answer.body).join("; ");
  const fail = (
    kind: ConstructorParameters<typeof PlanetScaleApiError>[0],
    why: string,
    hint: string,
  ): PlanetScaleApiError =>
    new PlanetScaleApiError(kind, `Cannot ${request.what}: ${why}`, { hint, status, requestId });
  switch (status) {
    case 401:
      return fail(
        "token_rejected",
        "the API does not accept the service token",
        "Check PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN, or make a new token: it may have " +
          "been deleted or have expired",
      );
    case 403:
      return fail("forbidden", "the service token may not do that", give(subject));
    case 404: {
      const { kind, why, hint } = await explainMissing(request, subject, oracle);
      return fail(kind, why, hint);
    }
    case 400:
    case 409:
    case 422:
      return fail(
        "invalid",
        `the API refuses the request: ${said === "" ? `status ${status}` : said}`,
        invalidHint(said),
      );
    default:
      return fail(
        "malformed",
        `the API answers with status ${status}${said === "" ? "" : `, ${said}`}`,
        "Check PLANETSCALE_API_URL, and whether something between here and there answers in its place",
      );
  }
}

function give({ anyOf: enough = [], organization, database }: Subject): string {
  // Several let a token read; the one that allows nothing else is advised.
  const anyOf = enough.includes("read_branch") ? ["read_branch"] : enough;
  const where = database !== undefined ? ` on the database ${database}` : ` in ${organization ?? "it"}`;
  if (anyOf.length === 0) {
    return "Correct the token's accesses in the organization's settings, Service tokens";
  }
  const or = anyOf.length === 1 ? anyOf[0] : `${anyOf.slice(0, -1).join(", ")} or ${anyOf.at(-1)}`;
  const kinds =
    anyOf.some((each) => /_production_/.test(each)) && anyOf.some((each) => !/_production_/.test(each))
      ? "; those with production are for production branches"
      : "";
  return `Give the token ${or}${where} (organization's settings, Service tokens)${kinds}`;
}

interface Missing {
  readonly kind: "token_rejected" | "not_found" | "missing_access";
  readonly why: string;
  readonly hint: string;
}

/** A 404 means that something is not there, or that the token may not know it: asks until that is told apart. */
async function explainMissing(request: ApiRequest, subject: Subject, oracle: Oracle): Promise<Missing> {
  const { organization, database, branch, passwordId, anyOf = [] } = subject;
  const missing = (why: string, hint: string): Missing => ({ kind: "not_found", why, hint });
  const denied: Missing = {
    kind: "missing_access",
    why: "the service token may not do that (the API says 404 for it)",
    hint: give(subject),
  };
  const organizations = await oracle.organizations();
  if (organizations === "rejected") {
    return {
      kind: "token_rejected",
      why: "the API does not accept the service token",
      hint: "Check PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN, or make a new token",
    };
  }
  if (organizations !== undefined && organization !== undefined && !organizations.includes(organization)) {
    return missing(
      `the token is not for the organization ${organization}; it is for ${
        organizations.join(", ") || "none"
      }`,
      "Correct --org, or make a token in that organization",
    );
  }
  if (passwordId !== undefined && request.method !== "GET" && await oracle.readable(subject)) return denied;
  if (branch !== undefined && await oracle.listable(subject)) {
    return passwordId === undefined ? denied : missing(
      `no password of ${database}/${branch} has the id ${passwordId}`,
      "It may have been deleted already: list what is there with pscale password list",
    );
  }
  const token = database === undefined ? undefined : await oracle.token(subject);
  const accesses = token === undefined ? undefined : accessesOn(token, database);
  const known = token === undefined ? [] : databasesOf(token);
  if (database !== undefined && known.length > 0 && !known.includes(database)) {
    return missing(
      `the token has no access to a database ${database} of ${organization}; it has to ${known.join(", ")}`,
      `Correct --database. If it is right: ${lowerFirst(give(subject))}`,
    );
  }
  if (accesses !== undefined && !anyOf.some((each) => accesses.includes(each))) return denied;
  const sure = accesses !== undefined;
  if (branch !== undefined && await oracle.readable({ ...databaseOf(subject), branch })) return denied;
  if (branch !== undefined && await oracle.readable(databaseOf(subject))) {
    return missing(
      `${organization}/${database} has no branch ${branch}${sure ? "" : ", or the token may not see it"}`,
      sure ? "Correct --branch" : `Correct --branch. If it is right: ${lowerFirst(give(subject))}`,
    );
  }
  if (database === undefined) return missing("it is not there", "Correct --org");
  return missing(
    `${organization} has no database ${database}${sure ? "" : ", or the token may not see it"}`,
    sure ? "Correct --database" : `Correct --database. If it is right: ${lowerFirst(give(subject))}`,
  );
}

function databaseOf({ organization, database }: Subject): Subject {
  return {
    ...(organization === undefined ? {} : { organization }),
    ...(database === undefined ? {} : { database }),
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function invalidHint(said: string): string {
  if (/cidr/i.test(said)) {
    return "Correct the old password's IP restrictions first (pscale password update --cidrs); the new one is made with the same";
  }
  if (/limit|maximum|too many|quota/i.test(said)) {
    return "Delete passwords that nothing uses, then run it again";
  }
  return "Correct what the API names, then run it again; nothing was changed";
}
