import metadata from "../../deno.json" with { type: "json" };

/** The version of this build, as `querycop version` prints it. */
export const VERSION: string = metadata.version;
