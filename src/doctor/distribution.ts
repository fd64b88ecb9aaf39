/** Where one kind of system keeps the public certificate authorities, and how they get there. */
export interface CaAdvice {
  readonly path: string;
  /** The command that brings or renews them; `undefined` where they come with the system. */
  readonly install: string | undefined;
}

const DEBIAN: CaAdvice = {
  path: "/etc/ssl/certs/ca-certificates.crt",
  install: "apt-get install ca-certificates",
};
const FEDORA: CaAdvice = { path: "/etc/pki/tls/certs/ca-bundle.crt", install: "dnf install ca-certificates" };

/** By ID and ID_LIKE of os-release(5). */
const BY_DISTRIBUTION: Readonly<Record<string, CaAdvice>> = {
  debian: DEBIAN,
  ubuntu: DEBIAN,
  alpine: { path: "/etc/ssl/certs/ca-certificates.crt", install: "apk add ca-certificates" },
  arch: { path: "/etc/ssl/certs/ca-certificates.crt", install: "pacman -S ca-certificates" },
  fedora: FEDORA,
  rhel: FEDORA,
  centos: FEDORA,
  amzn: FEDORA,
  suse: { path: "/etc/ssl/ca-bundle.pem", install: "zypper install ca-certificates-mozilla" },
  opensuse: { path: "/etc/ssl/ca-bundle.pem", install: "zypper install ca-certificates-mozilla" },
  freebsd: { path: "/usr/local/etc/ssl/cert.pem", install: "pkg install ca_root_nss" },
};

/** Advice for the system that `osRelease`, the text of /etc/os-release, describes; Debian's where it is not known. */
export function caAdvice(osRelease: string, os: string): CaAdvice {
  if (os === "darwin" || os === "openbsd") return { path: "/etc/ssl/cert.pem", install: undefined };
  if (os === "freebsd") return BY_DISTRIBUTION.freebsd ?? DEBIAN;
  const field = (name: string) =>
    new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1]?.toLowerCase() ?? "";
  const ids = [field("ID"), ...field("ID_LIKE").split(/\s+/)];
  return ids.map((id) => BY_DISTRIBUTION[id.replace(/-.*$/, "")]).find((advice) => advice !== undefined) ??
    DEBIAN;
}

/** The command that installs this system's bundle; `undefined` where it comes with the system. */
export function caInstall(os: string, readFile: (path: string) => string = Deno.readTextFileSync) {
  return caAdvice(readOsRelease(readFile), os).install;
}

function readOsRelease(readFile: (path: string) => string): string {
  try {
    return readFile("/etc/os-release");
  } catch {
    return ""; // Not a Linux with systemd's conventions: the advice is a general one.
  }
}

/** A sentence's end that tells where the bundle is on this system. */
export function caAdviceText(os: string, readFile: (path: string) => string = Deno.readTextFileSync): string {
  const { path, install } = caAdvice(readOsRelease(readFile), os);
  return install === undefined ? path : `${path} (${install})`;
}
