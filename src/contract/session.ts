import * as z from "zod";
import { total } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { SESSION_PHASES } from "./words.ts";

/** TLS of one leg; `version` is `unknown` where the stack does not tell. */
const leg = z.strictObject({ version: z.string(), cipher: z.exactOptional(z.string()) }).nullable();
export type TlsState = Shape<typeof leg>;

/** One session. */
export const SessionSchema = z.strictObject({
  id: z.string(),
  user: z.string().describe("Empty before the login has named one"),
  schema: z.string(),
  role: z.string().describe("The policy's role; empty before the login has named a user"),
  client: z.string().describe("address:port"),
  state: z.enum(SESSION_PHASES),
  in_transaction: z.boolean().describe("A transaction was open when the backend last answered"),
  client_tls: leg,
  backend_tls: leg,
  bytes_from_client: total,
  bytes_from_backend: total,
  statements: total,
  refused: total,
  age_seconds: total,
}).meta({ id: "Session" });
export type SessionRow = Shape<typeof SessionSchema>;
