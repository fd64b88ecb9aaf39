import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { Policy } from "../risk/policy/policy.ts";
import { levelOf } from "../risk/score.ts";
import { TriedSession, worstOf } from "./tried_session.ts";

/** What a policy says of a text that nobody runs. */
export function score(request: ScoreRequest, policy: Policy, serverVersion: string): ScoreAnswer {
  const subject = {
    user: request.user ?? "",
    schema: request.schema ?? "",
    client: request.client ?? "127.0.0.1",
    serverVersion,
    sqlMode: request.sql_mode,
  };
  const { statements, refused } = new TriedSession(policy, subject).read(
    new TextEncoder().encode(request.sql),
  );
  const decisive = worstOf(statements);
  const highest = Math.max(0, ...statements.map(({ decision }) => decision.score));
  return {
    score: highest,
    level: levelOf(highest),
    action: refused === undefined ? decisive?.decision.action ?? "allow" : "refuse",
    role: (decisive?.role ?? policy.roleFor({ ...subject, server: subject.serverVersion })).name,
    reason: refused ?? decisive?.decision.reason ?? "",
    statements: statements.map(({ judged, decision }) => ({
      kind: judged.kind,
      score: decision.score,
      level: levelOf(decision.score),
      action: decision.action,
      digest: judged.digest,
      normalized: judged.shape.normalised,
      findings: decision.findings.map(({ rule, score, message }) => ({
        code: rule.code,
        name: rule.name,
        score,
        message,
        fix: rule.fix,
      })),
    })),
  };
}
