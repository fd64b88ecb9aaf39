import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { QuerycopError } from "../base/errors.ts";
import type { ClientLegTls } from "./listener_types.ts";
import { parsePemBundle } from "./x509/mod.ts";

/**
 * Checks that a certificate, its key and the client CA can be used, which `node:tls` on Deno finds out at the first
 * handshake only. Errors: `QuerycopError` with code `tls.unusable`.
 */
export function checkClientLegTls(tls: ClientLegTls): void {
  const [certificate] = certificatesIn(tls.certPem, "certificate");
  let key: KeyObject;
  try {
    key = createPrivateKey(tls.keyPem.reveal());
  } catch (cause) {
    throw unusable("the key is no PEM private key, or is encrypted", cause);
  }
  if (certificate === undefined || !new X509Certificate(certificate).checkPrivateKey(key)) {
    throw unusable("the key does not belong to the certificate, which has to stand first in its file");
  }
  if (tls.clientCaPem !== undefined) certificatesIn(tls.clientCaPem, "client CA");
}

/** All certificates of a PEM text as DER; at least one. */
function certificatesIn(pem: string, what: string): readonly Uint8Array[] {
  const { certificates, damaged } = parsePemBundle(new TextEncoder().encode(pem));
  const [first] = damaged;
  if (first !== undefined) throw unusable(`the ${what} is damaged at line ${first.line}: ${first.reason}`);
  if (certificates.length === 0) throw unusable(`the ${what} holds no PEM certificate`);
  return certificates.map((certificate) => certificate.der);
}

function unusable(detail: string, cause?: unknown): QuerycopError {
  return new QuerycopError("tls.unusable", `Cannot use the client leg's TLS files: ${detail}`, { cause });
}
