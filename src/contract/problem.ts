import * as z from "zod";

/** What is wrong with one field of a request. */
export interface FieldProblem {
  /** Dotted; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The body of every refusal; with the wrong fields, or the mistakes of a policy file, where there are some. */
export const ErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    problems: z.exactOptional(z.array(z.looseObject({ message: z.string() }))),
  }),
}).meta({ id: "Error" });
