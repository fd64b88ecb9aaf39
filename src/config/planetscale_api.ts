/** What `doctor` and `rotate` have in common of PlanetScale's API: where it is, its pages, and what it says of a token. */
import { ConfigError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { isLoopback } from "./check_together.ts";
import { isSwappedToken } from "./planetscale_token.ts";

const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** The API's base, ending in a slash. Throws `ConfigError` where a token may not be sent there. */
export function parseApiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/g, "")));
  if (url === undefined || !safe || url.username !== "" || url.search !== "") {
    throw new ConfigError(
      "PLANETSCALE_API_URL",
      `PLANETSCALE_API_URL is "${
        url === undefined ? text : url.origin + url.pathname
      }", which is not an https URL`,
      { hint: "Leave it unset for PlanetScale's public API; the token is never sent over plain http" },
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** Throws `ConfigError` where id or secret cannot be right. */
export function checkToken(tokenId: string, token: Secret): void {
  if (isSwappedToken(tokenId, token)) {
    throw new ConfigError(
      "PLANETSCALE_SERVICE_TOKEN_ID",
      "PLANETSCALE_SERVICE_TOKEN_ID holds the secret and PLANETSCALE_SERVICE_TOKEN the id",
      { hint: "Swap the two: the secret starts with pscale_tkn_" },
    );
  }
  for (const [key, text] of [["_ID", tokenId], ["", token.reveal()]] as const) {
    if (!/^[\x21-\x7e]+$/.test(text) || (key === "_ID" && text.includes(":"))) {
      throw new ConfigError(
        `PLANETSCALE_SERVICE_TOKEN${key}`,
        `PLANETSCALE_SERVICE_TOKEN${key} ${text === "" ? "is empty" : "has characters that no token has"}`,
        { hint: "Set it as PlanetScale shows it, without quotes and spaces" },
      );
    }
  }
}

/** Asks the API for a path below `/v1`; the body is `undefined` where it is not JSON. */
export type ApiGet = (path: string) => Promise<{ readonly status: number; readonly body: unknown }>;

/** A whole list. `items` is `undefined` where an answer is not a list, as that of a portal or a proxy. */
export interface ApiList {
  readonly status: number;
  readonly items: readonly unknown[] | undefined;
}

/** Reads every page of a list. Ends at the first answer that is not 200. */
export async function everyPage(get: ApiGet, path: string): Promise<ApiList> {
  const items: unknown[] = [];
  let page: unknown = 1;
  for (let count = 0; count < MOST_PAGES; count++) {
    const { status, body } = await get(`${path}?page=${page}&per_page=${PAGE_SIZE}`);
    if (status !== 200) return { status, items: undefined };
    if (!isRecord(body) || !Array.isArray(body.data)) return { status, items: undefined };
    items.push(...body.data);
    page = body.next_page;
    if (typeof page !== "number") return { status, items };
  }
  return { status: 200, items: undefined };
}

/** Something that a token may do. */
export interface TokenGrant {
  readonly access: string;
  /** `Database`, `Organization`. */
  readonly resourceType: string | undefined;
  readonly resourceName: string | undefined;
}

/** What the API says of a service token. */
export interface TokenFacts {
  readonly grants: readonly TokenGrant[];
  /** `undefined`: never, or not told. */
  readonly expiresAt: Date | undefined;
}

/** Reads what a token may do and when it ends; `undefined` where it may not read that (`read_service_tokens`). */
export async function readTokenFacts(
  get: ApiGet,
  organization: string,
  tokenId: string,
): Promise<TokenFacts | undefined> {
  const path = `/organizations/${encodeURIComponent(organization)}/service-tokens/${
    encodeURIComponent(tokenId)
  }`;
  const { status, body } = await get(path);
  const told = status === 200 && isRecord(body) ? body : undefined;
  const expiresAt = dateOf(told?.expires_at);
  if (Array.isArray(told?.service_token_accesses)) {
    return { grants: told.service_token_accesses.flatMap(grantOf), expiresAt };
  }
  const { items } = await everyPage(get, `${path}/grants`);
  return items === undefined ? undefined : { grants: items.flatMap(grantsOf), expiresAt };
}

/** The accesses of a token on a database, those on the whole organization included; on any where none is named. */
export function accessesOn({ grants }: TokenFacts, database: string | undefined): readonly string[] {
  const counts = ({ resourceType, resourceName }: TokenGrant) =>
    database === undefined || resourceType !== "Database" || resourceName === database;
  return [...new Set(grants.filter(counts).map(({ access }) => access))];
}

/** Names of the databases that a token has accesses on. */
export function databasesOf({ grants }: TokenFacts): readonly string[] {
  return [
    ...new Set(
      grants.flatMap(({ resourceType, resourceName }) =>
        resourceType === "Database" && resourceName !== undefined ? [resourceName] : []
      ),
    ),
  ];
}

/** One access in the answer to `GET .../service-tokens/{id}`. */
function grantOf(value: unknown): readonly TokenGrant[] {
  if (!isRecord(value) || typeof value.access !== "string") return [];
  return [{
    access: value.access,
    resourceType: textOf(value.resource_type),
    resourceName: textOf(value.resource_name),
  }];
}

/** All accesses on one resource, as `GET .../service-tokens/{id}/grants` lists them. */
function grantsOf(value: unknown): readonly TokenGrant[] {
  if (!isRecord(value) || !Array.isArray(value.accesses)) return [];
  const resource = { resource_type: value.resource_type, resource_name: value.resource_name };
  return value.accesses.flatMap((each: unknown) => grantOf(isRecord(each) ? { ...each, ...resource } : each));
}

function dateOf(value: unknown): Date | undefined {
  const at = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
