import {
  connect,
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { ipFamily } from "./address.ts";
import { CipherTransport } from "./cipher_transport.ts";
import { PLACEHOLDER_ANCHOR_PEM } from "./placeholder_anchor.ts";
import type { Stream } from "./stream.ts";

export interface NodeHandshakeOptions {
  /** Name for SNI and verification; an IP literal sends no SNI. */
  readonly serverName: string;
  /** Trust anchors and the client's own certificate; with `none` it needs an anchor too, whichever. */
  readonly context?: SecureContext;
  /** `none` leaves the peer unverified, `chain` checks no name. */
  readonly verify: "none" | "chain" | "name";
}

/** A finished handshake. */
export interface NodeHandshake {
  readonly secure: TLSSocket;
  readonly transport: CipherTransport;
}

/** Makes the client's side of a TLS handshake with `node:tls`, taking the stream over and closing it on failure. */
export function shakeHandsWithNode(
  stream: Stream,
  options: NodeHandshakeOptions,
  signal: AbortSignal,
): Promise<NodeHandshake> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      stream.close();
      return reject(signal.reason);
    }
    const transport = new CipherTransport(stream);
    const context = options.context ??
      (options.verify === "none" ? createSecureContext({ ca: PLACEHOLDER_ANCHOR_PEM }) : undefined);
    const tlsOptions: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
      socket: transport,
      host: options.serverName,
      ...(ipFamily(options.serverName) === undefined ? { servername: options.serverName } : {}),
      ...(context === undefined ? {} : { secureContext: context }),
      ...(options.verify === "chain" ? { checkServerIdentity: () => undefined } : {}),
      rejectUnauthorized: options.verify !== "none",
      allowHalfOpen: true,
    };
    const secure = connect(tlsOptions);
    secure.on("error", () => {}); // An error between two owners is told by the next read.
    const end = (): void => {
      secure.off("error", giveUp);
      transport.off("error", giveUp);
      transport.off("end", closed);
      secure.off("close", closed);
      secure.off("secureConnect", connected);
      signal.removeEventListener("abort", aborted);
    };
    const giveUp = (error: unknown): void => {
      end();
      secure.destroy();
      transport.destroy();
      reject(error);
    };
    const closed = (): void => giveUp(new Error("The peer closed the connection"));
    const aborted = (): void => giveUp(signal.reason);
    const connected = (): void => {
      end();
      resolve({ secure, transport });
    };
    secure.on("error", giveUp);
    transport.on("error", giveUp);
    transport.on("end", closed);
    secure.on("close", closed);
    secure.on("secureConnect", connected);
    signal.addEventListener("abort", aborted);
  });
}
