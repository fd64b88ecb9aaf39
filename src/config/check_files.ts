import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { ConfigError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import { parsePemBundle } from "../net/x509/pem.ts";
import { systemCaBundle } from "./ca_bundle.ts";
import { checkDataDir } from "./check_data_dir.ts";
import type { ConfigWarning, Together } from "./check_together.ts";
import { type Config, type ConfigKey, KEYS } from "./keys.ts";

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is worth a word. */
const SOON_MS = 14 * DAY_MS;

/** Reads the files that a configuration names and checks that they hold what is needed. `now` in ms since 1970. */
export function checkFiles(config: Partial<Config>, now: number = Date.now()): Together {
  const problems: ConfigError[] = [];
  const warnings: ConfigWarning[] = [];
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error);
      return undefined;
    }
  };
  const verified = config.backendTlsMode === "verify-ca" || config.backendTlsMode === "verify-full";
  if (verified && config.backendTlsCaFile !== undefined) {
    const path = config.backendTlsCaFile;
    attempt(() => readCertificates("backendTlsCaFile", path));
  }
  if (config.proxyTlsClientCa !== undefined) {
    const path = config.proxyTlsClientCa;
    attempt(() => readCertificates("proxyTlsClientCa", path));
  }
  for (
    const [certKey, keyKey] of [["backendTlsCert", "backendTlsKey"], ["proxyTlsCert", "proxyTlsKey"]] as const
  ) {
    const certPath = config[certKey];
    const keyPath = config[keyKey];
    if (certPath === undefined || keyPath === undefined) continue;
    const certificate = attempt(() => readCertificates(certKey, certPath)[0]);
    const privateKey = attempt(() => readPrivateKey(keyKey, keyPath));
    if (certificate === undefined) continue;
    if (privateKey !== undefined && !certificate.checkPrivateKey(privateKey)) {
      problems.push(
        new ConfigError(
          KEYS[keyKey].env,
          `${KEYS[keyKey].env} (${keyPath}) is not the key of the certificate in ${
            KEYS[certKey].env
          } (${certPath})`,
          {
            hint:
              "Name the key that belongs to the certificate; in a chain the server's own certificate stands first",
          },
        ),
      );
    }
    const warning = describeDates(certKey, certPath, certificate, now);
    if (warning !== undefined) warnings.push(warning);
  }
  if (config.dataDir !== undefined && config.dataDirRequired === true) {
    const problem = checkDataDir(config.dataDir);
    if (problem !== undefined) problems.push(problem);
  }
  return { problems, warnings };
}

/** All certificates of a PEM file, in its order; never empty. Throws ConfigError naming what is wrong and where. */
function readCertificates(key: ConfigKey, path: string): X509Certificate[] {
  const { env } = KEYS[key];
  const bytes = readFile(key, path);
  const { certificates, damaged, others, looksLike } = parsePemBundle(bytes);
  const refuse = (what: string, hint: string): never => {
    throw new ConfigError(env, `${env} names ${path}, which ${what}`, { hint });
  };
  const [broken] = damaged;
  if (broken !== undefined) {
    refuse(`is damaged: ${broken.reason} (line ${broken.line})`, "Copy or download the file again");
  }
  if (certificates.length === 0) {
    const held = others[0] === undefined
      ? FOUND_INSTEAD[looksLike]
      : `holds a ${others[0]} and no certificate`;
    refuse(held, looksLike === "der" ? "Convert it with openssl x509 -inform der" : caAdvice(key));
  }
  return [...new TextDecoder().decode(bytes).matchAll(CERTIFICATE_BLOCK)].map((block) =>
    new X509Certificate(block[0])
  );
}

const CERTIFICATE_BLOCK = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END \1?CERTIFICATE-----/g;

/** What to say of a file without a PEM block, by what it looks like. */
const FOUND_INSTEAD = {
  empty: "is empty",
  der: "is a certificate in DER and not in PEM",
  text: "is text without a PEM block",
  binary: "is not PEM",
  pem: "holds no certificate",
} as const;

function readPrivateKey(key: ConfigKey, path: string): KeyObject {
  const { env } = KEYS[key];
  const text = new TextDecoder().decode(readFile(key, path));
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)) {
    throw new ConfigError(env, `${env} names ${path}, whose key is encrypted with a passphrase`, {
      hint: "Write it without one, with openssl pkey, to a file that only this user can read",
    });
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new ConfigError(env, `${env} names ${path}, which holds no private key in PEM that can be read`, {
      hint: "Name a file with a block BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY or BEGIN EC PRIVATE KEY",
      cause: error,
    });
  }
}

function readFile(key: ConfigKey, path: string): Uint8Array {
  const { env } = KEYS[key];
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new ConfigError(env, `${env} names ${path}, which cannot be read: ${reasonOf(error)}`, {
      hint: caAdvice(key),
      cause: error,
    });
  }
}

function describeDates(
  key: ConfigKey,
  path: string,
  certificate: X509Certificate,
  now: number,
): ConfigWarning | undefined {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const { env } = KEYS[key];
  const hint = "Renew it; SIGHUP makes a running querycop read the files again";
  if (now > to) return { key: env, message: `The certificate in ${path} expired on ${day(to)}`, hint };
  if (now < from) {
    return {
      key: env,
      message: `The certificate in ${path} is valid only from ${day(from)}`,
      hint: "Check the clock",
    };
  }
  if (to - now > SOON_MS) return undefined;
  return { key: env, message: `The certificate in ${path} expires on ${day(to)}`, hint };
}

/** What to do about a file that is not what its key needs. */
function caAdvice(key: ConfigKey): string {
  const correct = "Correct the path, or let this user read the file";
  if (key !== "backendTlsCaFile") return correct;
  const bundle = systemCaBundle();
  return bundle === undefined
    ? `${correct}; the package ca-certificates brings the public authorities`
    : `${correct}; this machine's bundle of public authorities is ${bundle}`;
}
