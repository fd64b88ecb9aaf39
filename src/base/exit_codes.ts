/** Exit codes of every command; `querycop help exit-codes` prints this table. */
export const EXIT_CODES = {
  ok: 0,
  findings: 1,
  usage: 2,
  configuration: 3,
  refused: 4,
  unreachable: 5,
  unsafe: 6,
  internal: 70,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = typeof EXIT_CODES[keyof typeof EXIT_CODES];
