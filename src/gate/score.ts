import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { Policy } from "../risk/policy/policy.ts";
import { levelOf } from "../risk/score.ts";
import { TriedSession, worstOf } from "./tried_session.ts";

/** What an answer shows at most, so that a text of a megabyte does not make one of forty. */
const MOST_STATEMENTS = 50;
const MOST_FINDINGS = 20;
/** In UTF-16 code units. */
const LONGEST_SHAPE = 4096;

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
  const shown = highestOf(statements, ({ decision }) => decision.score);
  return {
    score: highest,
    level: levelOf(highest),
    action: refused === undefined ? decisive?.decision.action ?? "allow" : "refuse",
    role: (decisive?.role ?? policy.roleFor({ ...subject, server: subject.serverVersion })).name,
    reason: refused ?? decisive?.decision.reason ?? "",
    statements: shown.map(({ judged, decision }) => ({
      kind: judged.kind,
      score: decision.score,
      level: levelOf(decision.score),
      action: decision.action,
      digest: judged.digest,
      normalized: cut(judged.shape.normalised),
      findings: decision.findings.slice(0, MOST_FINDINGS).map(({ rule, score, message }) => ({
        code: rule.code,
        name: rule.name,
        score,
        message,
        fix: rule.fix,
      })),
    })),
    omitted: statements.length - shown.length,
  };
}

/** As many as are shown, those that score highest, in their order. */
function highestOf<T>(list: readonly T[], scoreOf: (item: T) => number): readonly T[] {
  if (list.length <= MOST_STATEMENTS) return list;
  const chosen = new Set([...list].sort((a, b) => scoreOf(b) - scoreOf(a)).slice(0, MOST_STATEMENTS));
  return list.filter((item) => chosen.has(item));
}

function cut(shape: string): string {
  return shape.length <= LONGEST_SHAPE ? shape : `${shape.slice(0, LONGEST_SHAPE)}...`;
}
