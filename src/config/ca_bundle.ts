/** Where distributions keep the bundle of public certificate authorities. */
const USUAL_PATHS: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
  "/etc/pki/tls/certs/ca-bundle.crt", // RHEL, Fedora, Amazon Linux
  "/etc/ssl/ca-bundle.pem", // openSUSE
  "/etc/ssl/cert.pem", // macOS, FreeBSD, OpenBSD
  "/usr/local/etc/ssl/cert.pem",
];

/** This machine's bundle of public certificate authorities, `undefined` where none is at a usual place. */
export function systemCaBundle(exists: (path: string) => boolean = isFile): string | undefined {
  return USUAL_PATHS.find(exists);
}

/** Whether a distribution keeps its bundle at this path. */
export function isUsualBundle(path: string): boolean {
  return USUAL_PATHS.includes(path);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false; // Not there, or not for us: either way not this one.
  }
}
