/** Types into real shells and presses Tab. */
import assert from "node:assert/strict";
import { binary } from "../support/binary.ts";

/** A shell on a terminal of its own that has been told about querycop. */
interface ShellUnderTest {
  readonly name: string;
  readonly start: string;
  /** Typed first; ends by making the prompt `READY>`. */
  readonly setup: string;
}

const SHELLS: readonly ShellUnderTest[] = [
  {
    name: "bash",
    start: "bash --norc --noprofile -i",
    setup: "bind 'set bell-style none'; source <(querycop completions bash); PS1='READ''Y>'",
  },
  {
    name: "zsh",
    start: "zsh -f -i",
    setup:
      "unsetopt beep; autoload -U compinit; compinit -D; source <(querycop completions zsh); PS1='READ''Y>'",
  },
];

for (const shell of SHELLS) {
  Deno.test(`${shell.name} completes commands, flags, their values and paths`, async () => {
    const cwd = await Deno.makeTempDir({ prefix: "querycop-shell-" });
    try {
      await Deno.symlink(await binary(), `${cwd}/querycop`);
      await Deno.writeTextFile(`${cwd}/only file.yaml`, "backend_host: from-the-file\n");
      const output = await type(shell, cwd, [
        "~/querycop vers\t --js\t\r",
        "querycop conf\tsh\t--backend-ho\tone.example --backend-tls-m\trequi\t | grep 'S_MODE'\r",
        "querycop config show --config only\t | grep END_HOST\r",
      ]);
      assert.match(output, /\{"schema":"querycop\.version\/1"/, output);
      assert.match(output, /GATEKEEPER_BACKEND_TLS_MODE +require/, output);
      assert.match(output, /GATEKEEPER_BACKEND_HOST +from-the-file/, output);
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  });
}

Deno.test("fish completes commands with their descriptions, flags, values and paths", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "querycop-shell-" });
  try {
    await Deno.writeTextFile(`${cwd}/only.yaml`, "");
    const ask = async (line: string) => {
      const { stdout, stderr } = await new Deno.Command("fish", {
        args: ["--no-config", "-c", `querycop completions fish | source; complete -C '${line}'`],
        cwd,
        env: { ...await environment(), HOME: cwd },
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      return new TextDecoder().decode(stdout).split("\n").filter((each) => each !== "");
    };
    assert.deepEqual(await ask("querycop conf"), ["config\tShow and check the configuration of serve"]);
    assert.deepEqual((await ask("querycop config ")).map((line) => line.split("\t")[0]).sort(), [
      "check",
      "schema",
      "show",
    ]);
    assert.deepEqual(await ask("querycop config show --backend-tls-mode verify-c"), ["verify-ca"]);
    assert.deepEqual(await ask("querycop config show --backend-tls-mode=verify-c"), [
      "--backend-tls-mode=verify-ca",
    ]);
    assert.deepEqual((await ask("querycop config show --config on")).map((line) => line.split("\t")[0]), [
      "only.yaml",
    ]);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

async function environment(): Promise<Record<string, string>> {
  const directory = (await binary()).replace(/\/[^/]*$/, "");
  return {
    PATH: `${directory}:${Deno.env.get("PATH") ?? ""}`,
    // Where it has unpacked itself already, whatever HOME says.
    XDG_CACHE_HOME: Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`,
    TERM: "dumb",
    LANG: "C.UTF-8",
  };
}

/** Types lines, each once the prompt is back, and resolves to all that the terminal showed. */
async function type(shell: ShellUnderTest, cwd: string, lines: readonly string[]): Promise<string> {
  const child = new Deno.Command("script", {
    args: ["-qec", shell.start, "/dev/null"],
    cwd,
    env: { ...await environment(), HOME: cwd, TERM: "xterm", COLUMNS: "200" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  let shown = "";
  const pending = [...lines, "exit\r"];
  let prompts = 0;
  await writer.write(encoder.encode(`${shell.setup}\r`));
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += chunk;
    const seen = shown.split("READY>").length - 1;
    if (seen > prompts && pending.length > 0) {
      prompts = seen;
      await typeSlowly(writer, pending.shift() ?? "");
    }
  }
  await child.status;
  return shown;
}

/** Waits after each Tab, as a person does: what follows would else be read while the shell still asks. */
async function typeSlowly(writer: WritableStreamDefaultWriter<Uint8Array>, line: string): Promise<void> {
  for (const part of line.split(/(?<=\t)/)) {
    await writer.write(new TextEncoder().encode(part));
    if (part.endsWith("\t")) await new Promise((resolve) => setTimeout(resolve, 700));
  }
}
