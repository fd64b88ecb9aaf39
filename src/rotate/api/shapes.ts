/** Answers of PlanetScale's API, as far as they are read. Absent and null are the same; what is unknown is left out. */
import * as z from "zod";

const text = z.string().nullish().transform((value) => value ?? undefined);
const flag = z.boolean().nullish().transform((value) => value ?? undefined);
const time = z.iso.datetime({ offset: true }).nullish().transform((value) =>
  value === null || value === undefined ? undefined : new Date(value)
);
const name = z.string().min(1);

export const organizationShape = z.object({ name });

export const databaseShape = z.object({
  name,
  kind: text,
  state: text,
  ready: flag,
  sharded: flag,
});

export const branchShape = z.object({
  name,
  production: flag,
  ready: flag,
  safe_migrations: flag,
  mysql_address: text,
  mysql_edge_address: text,
  sharded: flag,
});

export const passwordShape = z.object({
  id: name,
  name: text,
  username: text,
  role: text,
  cidrs: z.array(z.string()).nullish().transform((value) => value ?? []),
  replica: flag,
  direct_vtgate: flag,
  ttl_seconds: z.number().int().nonnegative().nullish().transform((value) => value ?? 0),
  created_at: time,
  expires_at: time,
  deleted_at: time,
  last_used_at: time,
  expired: flag,
  access_host_url: text,
  plain_text: text,
  database_branch: z.object({ production: flag }).nullish().transform((value) => value ?? undefined),
});

export type PasswordAnswer = z.infer<typeof passwordShape>;

/** One page of a list; the envelope's fields are missing in short answers. */
export function pageShape<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_page: z.number().int().positive().nullish() });
}

/** Messages in an error's body, of either shape that is documented; none where it has another. */
export function messagesIn(body: string): readonly string[] {
  const parsed = errorShape.safeParse(parseJson(body));
  if (!parsed.success) return [];
  const { code, message, errors } = parsed.data;
  const listed = errors.flatMap(({ name, errors }) =>
    errors.map((each) => name === undefined ? each : `${name}: ${each}`)
  );
  return message !== undefined ? [message, ...listed] : listed.length > 0 ? listed : code ? [code] : [];
}

const errorShape = z.object({
  code: text,
  message: text,
  errors: z.array(z.object({
    name: text,
    errors: z.array(z.string()).nullish().transform((value) => value ?? []),
  })).nullish().transform((value) => value ?? []),
});

/** The JSON value in a text, `undefined` where it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // The API answers some failures with other than JSON, a balancer with HTML.
  }
}
