import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from "node:tls";
import { ipFamily } from "./address.ts";
import { HandshakeTransport } from "./handshake_transport.ts";
import type { Stream } from "./stream.ts";

export interface NodeHandshakeOptions {
  /** Name for SNI and verification; an IP literal sends no SNI. */
  readonly serverName: string;
  /** Trust anchors and the client's own certificate; it needs an anchor where nothing is verified too, whichever. */
  readonly context: SecureContext;
  /**
   * Looks at the certificate, as DER, of a peer whose chain the stack trusts, in place of Node's own look at its names;
   * throws to refuse. Without it the peer is left unverified.
   */
  readonly verify?: ((certificate: Uint8Array) => void) | undefined;
}

/** A finished handshake. */
export interface NodeHandshake {
  readonly secure: TLSSocket;
  readonly transport: HandshakeTransport;
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
    const transport = new HandshakeTransport(stream);
    const { verify } = options;
    const tlsOptions: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
      socket: transport,
      host: options.serverName,
      ...(ipFamily(options.serverName) === undefined ? { servername: options.serverName } : {}),
      secureContext: options.context,
      checkServerIdentity: (_name, { raw }) => refusalOf(() => verify?.(raw)),
      rejectUnauthorized: verify !== undefined,
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

function refusalOf(check: () => void): Error | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
