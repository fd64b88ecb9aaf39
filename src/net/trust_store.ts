import { buildKind } from "../base/self_command.ts";

/** Text of the CA file that the process's default store was made of. */
let anchored: string | undefined;

/**
 * Makes the CA file the only trust anchor of every TLS connection that this process makes without anchors of its own,
 * and keeps out what the environment would add: the files that DENO_CERT and NODE_EXTRA_CA_CERTS name. Call it before
 * the process's first use of TLS: these are read once. Outgoing HTTPS then has to name its roots too.
 *
 * With a `caFile` on Linux, whose system store is the file that SSL_CERT_FILE names, that file becomes the default
 * store, which is parsed once, and lets TLS sessions be resumed. Given to each connection it is parsed anew for each:
 * with a distribution's bundle of 140 roots that is most of a handshake's CPU (Deno 2.9.6). Not so where the program
 * runs from its source: there the runtime itself may have used TLS already, to fetch a package, and the default store
 * is made.
 */
export function isolateTrustStore(caFile?: string): void {
  Deno.env.delete("DENO_CERT");
  Deno.env.delete("NODE_EXTRA_CA_CERTS");
  if (caFile === undefined || Deno.build.os !== "linux" || buildKind() === "source") {
    Deno.env.set("DENO_TLS_CA_STORE", "");
    return;
  }
  anchored = Deno.readTextFileSync(caFile);
  Deno.env.set("DENO_TLS_CA_STORE", "system");
  Deno.env.set("SSL_CERT_FILE", caFile);
  Deno.env.delete("SSL_CERT_DIR");
}

/** The anchors of a connection that is to trust this bundle alone; `undefined` for the process's default store. */
export function trustAnchors(caPem: string | undefined): string | undefined {
  return caPem === anchored ? undefined : caPem;
}
