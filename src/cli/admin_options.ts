import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { nameVariable } from "./shell.ts";

const API_GROUP = "Admin API:";

/** Variables that commands which speak with the admin API read. */
export const ADMIN_VARIABLES: Readonly<Record<string, string>> = {
  ADMIN_API_KEY: "the key that querycop serves with, or ADMIN_API_KEY_FILE: a file that holds it",
};

/** Adds the options that say where the admin API is. */
export function addAdminOptions(command: CommandUnknownOpts): void {
  command.addOption(
    nameVariable(
      new Option("--api <url>", "address of the admin API, such as http://127.0.0.1:8080").helpGroup(
        API_GROUP,
      ),
      "GATEKEEPER_API_HOST and GATEKEEPER_API_PORT",
    ),
  );
  command.addOption(
    new Option("--api-ca-file <path>", "PEM file of the authorities to trust for an https address")
      .helpGroup(API_GROUP),
  );
}

/** What the options of {@link addAdminOptions} say. */
export function adminTarget(command: { opts(): object }): {
  readonly api: string | undefined;
  readonly apiCaFile: string | undefined;
} {
  const { api, apiCaFile } = command.opts() as Readonly<Record<string, string | undefined>>;
  return { api, apiCaFile };
}
