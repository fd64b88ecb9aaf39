/**
 * Makes the CA file the only trust anchor of every TLS connection that this process makes with `Deno.startTls`, whose
 * `caCerts` are otherwise added to the default roots. Call it before the process's first use of TLS: the default store
 * is read once. Outgoing HTTPS then has to name its roots too.
 */
export function isolateTrustStore(): void {
  Deno.env.set("DENO_TLS_CA_STORE", "");
}
