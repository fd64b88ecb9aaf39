import { listenDeno } from "./listener_deno.ts";
import { listenNode } from "./listener_node.ts";
import type { Listener, ListenOptions } from "./listener_types.ts";

/** Listens for clients. Errors: `QuerycopError` with code `listen.<reason>` that says why the address cannot be used. */
export function listen(options: ListenOptions): Promise<Listener> {
  return options.tls === undefined ? listenDeno(options) : listenNode(options, options.tls);
}
