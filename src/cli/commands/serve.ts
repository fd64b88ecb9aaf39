import { addConfigOptions, configInput } from "../config_options.ts";
import type { Shell } from "../shell.ts";

/** `querycop serve`, and `querycop` alone. */
export function declare(shell: Shell) {
  const command = shell.command("serve", {
    summary: "Stand between applications and the database",
    description:
      "Listens for MySQL clients and relays them to the database with verified TLS. Runs when no command is named.\n" +
      "Stops on SIGTERM or SIGINT once running statements have finished; SIGHUP reads certificates again.",
    examples: [
      {
        note: "PlanetScale, with the environment of a deployment",
        run: "GATEKEEPER_BACKEND_HOST=aws.connect.psdb.cloud GATEKEEPER_BACKEND_TLS_MODE=verify-full \\\n" +
          "    GATEKEEPER_BACKEND_TLS_CA_FILE=/etc/ssl/certs/ca-certificates.crt querycop",
      },
      {
        note: "The same from a file, with another port",
        run: "querycop --config serve.yaml --listen-port 3307",
      },
      { note: "Then, from an application's side", run: "mysql -h 127.0.0.1 -P 15336 -u USER -p appdb" },
    ],
    output: false,
    more: "Check a configuration without serving: querycop config check",
  });
  addConfigOptions(command);
  return command.action(() =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/serve.ts");
      return run({ config: configInput(command, context) }, context);
    })
  );
}
