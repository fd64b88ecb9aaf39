import { STATE_SCHEMA } from "./state.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How a state of each earlier schema becomes one of the next. Total: what it does not find it leaves for the schema. */
const MIGRATIONS: Readonly<Record<string, (state: Fields) => Fields>> = {
  "querycop.rotation-state/1": fromFirst,
};

/** A saved state in the present form, whichever release wrote it. What it does not know it gives back unchanged. */
export function migrateState(value: unknown): unknown {
  let state = value;
  while (isFields(state) && state.schema !== STATE_SCHEMA) {
    const next = MIGRATIONS[String(state.schema)];
    if (next === undefined) return state;
    state = next(state);
  }
  return state;
}

/** Had no `--read-back` and no connection strings, and knew its own logins by the API's `last_used_at` after them. */
function fromFirst(state: Fields): Fields {
  const settings = fieldsOf(state.settings);
  const sinks = Array.isArray(settings.sinks) ? settings.sinks : [];
  return {
    ...state,
    schema: "querycop.rotation-state/2",
    settings: {
      ...settings,
      readBack: sinks.map(() => null),
      envNames: { ...fieldsOf(settings.envNames), url: null },
    },
    current: isFields(state.current) ? withOwnLogins(state.current) : state.current,
    superseded: Array.isArray(state.superseded)
      ? state.superseded.map((each) => isFields(each) ? { ...each, ownLogins: [] } : each)
      : state.superseded,
  };
}

function withOwnLogins({ lastUsedAtVerified: last, ...current }: Fields): Fields {
  return { ...current, ownLogins: typeof last === "string" ? [{ from: last, until: last }] : [] };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
