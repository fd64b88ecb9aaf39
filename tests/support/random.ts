/** A repeatable source of chance for generators: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.#state = this.#state + 0x6d2b79f5 | 0;
    let value = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    value = value + Math.imul(value ^ value >>> 7, 61 | value) ^ value;
    return ((value ^ value >>> 14) >>> 0) / 4294967296;
  }

  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<A>(choices: readonly A[]): A {
    return choices[this.below(choices.length)]!;
  }

  /** Between `least` and `most` results of `make`. */
  some<A>(least: number, most: number, make: () => A): A[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}
