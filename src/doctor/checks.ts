import type { Check } from "./check.ts";
import { caBundleCheck } from "./checks/ca_bundle.ts";
import { clientLegCheck } from "./checks/client_leg.ts";
import { clockCheck } from "./checks/clock.ts";
import { configCheck } from "./checks/config.ts";
import { dnsCheck } from "./checks/dns.ts";
import { edgeCheck } from "./checks/edge.ts";
import { limitsCheck } from "./checks/limits.ts";
import { loginCheck } from "./checks/login.ts";
import { portsCheck } from "./checks/ports.ts";
import { greetingCheck } from "./checks/mysql_greeting.ts";
import { serviceTokenCheck } from "./checks/service_token.ts";
import { tcpCheck } from "./checks/tcp.ts";
import { proxyCheck } from "./checks/proxy.ts";
import { tlsCheck } from "./checks/tls.ts";

/** Every check, in the order of reports: those of a database stand together. */
export const CHECKS: readonly Check[] = [
  configCheck,
  caBundleCheck,
  clientLegCheck,
  portsCheck,
  limitsCheck,
  dnsCheck,
  tcpCheck,
  greetingCheck,
  tlsCheck,
  edgeCheck,
  loginCheck,
  clockCheck,
  serviceTokenCheck,
  proxyCheck,
];
