/** Connection strings that carry a username and a password: `mysql://user:password@host/db?...` and Go's DSN. */

/** A login in a connection string. */
export interface ConnectionLogin {
  readonly username: string;
  readonly password: string;
}

/** `scheme://user:password@`, with the prefix that JDBC puts before it. */
const URL_FORM = /^([a-z][a-z0-9+.-]*:(?:[a-z0-9+.-]+:)*\/\/)([^:@/?#\s]*)(?::([^@/?#\s]*))?(@.*)$/is;
/** `user:password@tcp(host:port)/db`, where nothing is encoded (go-sql-driver/mysql). */
const GO_FORM = /^()([^:@/\s]+):([^\s]*)(@(?:tcp|tcp6|unix)?\(.*)$/is;

/**
 * The login in a connection string, decoded, and its characters as they stand there. `undefined` where the text is not a
 * connection string with a login, or cannot be decoded.
 */
export function parseConnectionString(
  text: string,
): ConnectionLogin & { readonly written: string } | undefined {
  const url = URL_FORM.exec(text);
  const [, , user = "", secret = ""] = url ?? GO_FORM.exec(text) ?? [];
  if (user === "") return undefined;
  const username = url === null ? user : decoded(user);
  const password = url === null ? secret : decoded(secret);
  if (username === undefined || password === undefined) return undefined;
  return { username, password, written: `${user}${secret}` };
}

/** The connection string with another login in it; everything else stays. */
export function withLogin(text: string, { username, password }: ConnectionLogin): string {
  const url = URL_FORM.exec(text);
  if (url !== null) return `${url[1]}${encode(username)}:${encode(password)}${url[4]}`;
  const go = GO_FORM.exec(text);
  return go === null ? text : `${username}:${password}${go[4]}`;
}

/** A connection string for a file that has none, in the form that PlanetScale's dashboard shows. */
export function newConnectionString(
  login: ConnectionLogin,
  where: { readonly host: string; readonly database: string },
): string {
  return `mysql://${encode(login.username)}:${encode(login.password)}@${where.host}/${
    encode(where.database)
  }?sslaccept=strict`;
}

/** Percent-encoded as strictly as RFC 3986 allows, so that no shell quoting depends on it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A percent sign that encodes nothing: readers differ on it.
  }
}
