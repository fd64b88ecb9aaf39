import { QuerycopError } from "../base/errors.ts";
import { formatEndpoint } from "./address.ts";
import { portHolder } from "./port_holder.ts";
import type { Endpoint } from "./stream.ts";

const REASONS: Readonly<Record<string, readonly [reason: string, text: string, hint: string]>> = {
  EADDRINUSE: ["in_use", "another program listens there", "Stop that program, or choose another port"],
  EADDRNOTAVAIL: ["no_such_address", "this machine has no such address", "Choose an address of this machine"],
  EACCES: ["forbidden", "not allowed for this user", "Choose a port of 1024 or more"],
  EPERM: ["forbidden", "not allowed for this user", "Choose a port of 1024 or more"],
};

/** Why an address cannot be listened on, as an error with code `listen.<reason>`. */
export function listenFailure(error: unknown, endpoint: Endpoint): QuerycopError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = error instanceof Error ? error.message : String(error);
  const [reason, what, hint] = REASONS[code] ?? ["failed", text, undefined];
  const holder = reason === "in_use" ? portHolder(endpoint.port) : undefined;
  const detail = holder === undefined ? what : `${holder.name} (process ${holder.pid}) listens there`;
  return new QuerycopError(`listen.${reason}`, `Cannot listen on ${formatEndpoint(endpoint)}: ${detail}`, {
    hint,
    cause: error,
  });
}

/** Listens for a moment: why that cannot be done, or `undefined`. Nothing else shows it. */
export function listenRefusal(endpoint: Endpoint): QuerycopError | undefined {
  try {
    Deno.listen({ hostname: endpoint.host, port: endpoint.port }).close();
    return undefined;
  } catch (error) {
    return listenFailure(error, endpoint);
  }
}
