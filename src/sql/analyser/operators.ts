/** Binding powers of MySQL's operators, loosest first. */

/** Powers; an operator binds what is written between operators of lower power. */
export const P = {
  lowest: 0,
  or: 1,
  xor: 2,
  and: 3,
  not: 4,
  /** Comparisons and IS. */
  comparison: 5,
  /** IN, LIKE, REGEXP, BETWEEN, MEMBER OF, SOUNDS LIKE. */
  predicate: 6,
  bitOr: 7,
  bitAnd: 8,
  shift: 9,
  additive: 10,
  multiplicative: 11,
  bitXor: 12,
  /** `||` under PIPES_AS_CONCAT. */
  concat: 13,
  unary: 14,
  collate: 15,
} as const;
