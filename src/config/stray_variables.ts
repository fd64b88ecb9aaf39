import { editDistance, nearest } from "../base/suggest.ts";
import type { ConfigWarning } from "./check_together.ts";
import { type Environment, keyEntries, KEYS } from "./keys.ts";

const PREFIX = /^GATEKEEPER_/;
/** Most letters by which a whole name may differ from a key's to be taken for it. */
const NEAR = 3;

/** Variables that someone set for querycop and that it does not read: each with what to set in its place. */
export function strayVariables(env: Environment): ConfigWarning[] {
  const known = new Set(
    keyEntries().flatMap(([, { env, secret }]) => secret === true ? [env, `${env}_FILE`] : [env]),
  );
  const names = Object.keys(env).filter((name) => !known.has(name) && env[name] !== "").sort();
  return [
    ...names.flatMap((name) => {
      const meant = meantBy(name, known);
      if (meant === undefined && !PREFIX.test(name)) return [];
      return [{
        key: name,
        message: `${name} is set, and querycop knows no such key`,
        hint: meant === undefined ? "querycop help environment lists the keys" : `Did you mean ${meant}?`,
      }];
    }),
    ...resolverOfGo(env),
  ];
}

/** The key that a name was meant to be. Names without our prefix have to come closer: they may be somebody else's. */
function meantBy(name: string, known: ReadonlySet<string>): string | undefined {
  const upper = name.toUpperCase();
  if (known.has(upper)) return upper;
  const keys = [...known];
  if (PREFIX.test(upper)) {
    const near = nearest(upper.replace(PREFIX, ""), keys.map((key) => key.replace(PREFIX, "")));
    return keys.find((key) => key.replace(PREFIX, "") === near);
  }
  if (/^QUERYCOP_/.test(upper)) {
    return keys.find((key) => key.replace(PREFIX, "") === upper.slice("QUERYCOP_".length));
  }
  if (!/^(GATE|ADMIN)/.test(upper)) return undefined;
  const [near] = keys.sort((a, b) => editDistance(a, upper) - editDistance(b, upper));
  return near !== undefined && editDistance(near, upper) <= NEAR ? near : undefined;
}

/** Advice for programs in Go, such as the original, which the cookbook still gives. */
function resolverOfGo(env: Environment): ConfigWarning[] {
  const family = KEYS.backendIpFamily.env;
  if (!/\bnetdns=/.test(env.GODEBUG ?? "") || (env[family] ?? "") !== "") return [];
  return [{
    key: "GODEBUG",
    message: "GODEBUG sets netdns, and querycop does not read it: it is no longer a Go program",
    hint: `Set ${family}=4 to dial IPv4 addresses only`,
  }];
}
