/** Sockets: dialling, listening, TLS of both legs, and what a balancer says about a client. */
export { logAcceptFailures } from "./accept_log.ts";
export { formatEndpoint, type IpFamily, ipFamily, plainEndpoint } from "./address.ts";
export {
  type BackendConnector,
  type BackendConnectorOptions,
  createBackendConnector,
} from "./backend_connector.ts";
export type { BackendStream } from "./backend_peer.ts";
export { ConnectionCounts } from "./connection_counts.ts";
export type { FamilyChoice } from "./dial.ts";
export { listenFailure, listenRefusal } from "./listen_failure.ts";
export { listen } from "./listener.ts";
export type { ClientLegTls, ClientStream, Listener, ListenOptions } from "./listener_types.ts";
export { inspectTls, type PresentedTls } from "./presented_chain.ts";
export { decodeProxyHeader, type ProxyHeader } from "./proxy_header.ts";
export { type ProxiedClient, readProxyHeader } from "./read_proxy_header.ts";
export { resolveHost } from "./resolve.ts";
export type { Endpoint, Stream, TlsInfo } from "./stream.ts";
export { type StreamFailure, streamFailure } from "./stream_failure.ts";
export { type BackendTls, TLS_MODES, type TlsMode, verifiesPeer } from "./tls_mode.ts";
export { readTls12Certificates } from "./tls12_certificates.ts";
export { isolateTrustStore } from "./trust_store.ts";
