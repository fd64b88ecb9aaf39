import { isPlanetScale } from "../config/mod.ts";
import type { Certificate, CertificateProblemCode } from "../net/x509/mod.ts";
import { ipFamily } from "../net/mod.ts";
import { formatTarget, type Target } from "./notes.ts";

/** What to do about a certificate of the CA file itself that is out of date. */
export function anchorFix(caFile: string | undefined): string {
  return `Replace that authority in ${
    caFile ?? "the CA file"
  } with the one that is valid now; other tools refuse it`;
}

/** What to do about a problem of a server's chain. `caFile` is the file that was judged against. */
export function tlsFix(
  code: CertificateProblemCode | undefined,
  target: Target,
  caFile: string | undefined,
  leaf?: Certificate,
): string {
  const file = caFile ?? "the CA file";
  switch (code) {
    case "unknown_issuer":
      return `Add that authority's certificate to ${file}, or name a bundle that holds it in GATEKEEPER_BACKEND_TLS_CA_FILE`;
    case "wrong_issuer":
      return `Replace the authority in ${file} by the one the server uses now, for example the ca.pem of its data directory`;
    case "self_signed":
      return "Give the server a certificate from an authority, or name a file with its own in GATEKEEPER_BACKEND_TLS_CA_FILE";
    case "incomplete_chain":
      return `Append the intermediate certificate to the server's certificate file (ssl_cert), or add it to ${file}`;
    case "expired":
      return "Renew the certificate at the server, unless it is this machine's clock that is wrong";
    case "not_yet_valid":
      return "Set this machine's clock, or wait until the certificate is valid";
    case "name_mismatch":
      return nameFix(leaf, target);
    case "bad_purpose":
      return "Give the server a certificate made for servers (extended key usage serverAuth)";
    case "ca_as_server":
      return "Give the server a certificate with CA:FALSE, signed by this one: openssl req -x509 makes an authority";
    case "weak_key":
    case "unsupported_key":
      return "Give the server a certificate with an RSA key of 2048 bits or more, or an EC key on P-256";
    case "weak_signature":
    case "unsupported_signature":
      return "Have the certificate signed anew with SHA-256";
    case "old_version":
      return "Have the certificate made anew as version 3, with the host as subject alternative name";
    case undefined:
      return `Look at the server's log; compare with openssl s_client -starttls mysql -connect ${
        formatTarget(target)
      }`;
    default:
      return "Have the certificate, or the authority's that stands above it, made anew";
  }
}

function nameFix(leaf: Certificate | undefined, target: Target): string {
  if (isPlanetScale(target.host)) {
    // Whatever name it shows, only PlanetScale's own certificate is PlanetScale's: a name is not to be accepted from it.
    return target.serverName === target.host
      ? `This is not PlanetScale's server: find out what answers in its place (DNS, a proxy, the hosts file), or correct the host`
      : `Unset GATEKEEPER_BACKEND_TLS_SERVER_NAME: PlanetScale's certificates are for the host that you connect to`;
  }
  const asDns = leaf?.names.dns.includes(target.serverName) === true &&
    ipFamily(target.serverName) !== undefined;
  if (asDns) {
    return `Have the certificate made with IP:${target.serverName} as subject alternative name: an address as DNS name does not count`;
  }
  const name = leaf?.names.dns.find((each) => !each.includes("*") && ipFamily(each) === undefined) ??
    leaf?.names.ip[0];
  if (name === undefined) {
    return `Give the server a certificate with ${target.serverName} as subject alternative name; verify-ca checks no name`;
  }
  return `If that is the right server, set GATEKEEPER_BACKEND_TLS_SERVER_NAME=${name}; otherwise correct the host`;
}
