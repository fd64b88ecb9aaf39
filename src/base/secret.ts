/** How a secret prints wherever it is printed. */
const MASK = "***";

/**
 * A value that must not be shown: a password, an API key, a token.
 *
 * It prints as `***` in string conversion, JSON and `console.log`; only {@link Secret.reveal} gives the text, so that
 * every use can be found by that name.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself. Never log, format or store what this returns. */
  reveal(): string {
    return this.#value;
  }

  /** Length in UTF-16 units, for checks of strength. */
  get length(): number {
    return this.#value.length;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return MASK;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}
