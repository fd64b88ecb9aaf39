/** X.509: reading certificates and judging chains as the TLS stack will, with the reasons in words. Pure. */
export { type Certificate, parseCertificate } from "./certificate.ts";
export { type ChainJudgement, judgeChain, judgeDates, judgeServerCertificate } from "./judge.ts";
export { asciiHost, describeNames } from "./names.ts";
export { parsePemBundle, type PemBundle } from "./pem.ts";
export { type CertificateProblem, type CertificateProblemCode, tlsReasonOf } from "./problem.ts";
