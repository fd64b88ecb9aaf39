/** For the default of a switch that has to know every case: a new one fails the type check there. Throws at run time. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
