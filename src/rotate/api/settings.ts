import { ConfigError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { isLoopback, isSwappedToken } from "../../config/mod.ts";

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

/** The API's base, ending in a slash. Throws `ConfigError` where the token may not be sent there. */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/g, "")));
  if (url === undefined || !safe || url.username !== "" || url.search !== "") {
    throw new ConfigError(
      "PLANETSCALE_API_URL",
      `PLANETSCALE_API_URL is "${
        url === undefined ? text : url.origin + url.pathname
      }", which is not an https URL`,
      {
        hint: "Leave it unset for PlanetScale's own; the token is never sent over plain http",
      },
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
