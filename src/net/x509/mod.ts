/** X.509: reading certificates and judging chains as the TLS stack will, with the reasons in words. Pure. */
export { type Certificate, type KeyUsage, parseCertificate } from "./certificate.ts";
export { DerError } from "./der.ts";
export { formatIp, parseIp } from "./ip.ts";
export {
  type ChainJudgement,
  judgeChain,
  judgeDates,
  type JudgeOptions,
  judgeServerCertificate,
} from "./judge.ts";
export { asciiHost, describeNames, matchesHost } from "./names.ts";
export type { ChainLink } from "./path.ts";
export { type DamagedBlock, parsePemBundle, type PemBundle } from "./pem.ts";
export { type CertificateProblem, type CertificateProblemCode, tlsReasonOf } from "./problem.ts";
