import type * as z from "zod";

/** What a schema's values are, for those who only read them. */
export type Shape<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

type Plain = string | number | boolean | null | undefined;

/** Readonly all the way down. */
export type DeepReadonly<T> = unknown extends T ? T
  : T extends Plain ? T
  : T extends readonly (infer Item)[] ? readonly DeepReadonly<Item>[]
  : { readonly [Name in keyof T]: DeepReadonly<T[Name]> };

/** `Omit` for each member of a union by itself. */
export type OmitEach<T, Names extends PropertyKey> = T extends unknown ? Omit<T, Names> : never;
