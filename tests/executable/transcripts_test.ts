/** Runs every file of tests/executable/transcripts against the executable: what is typed, what comes out, how it ends. */
import { binary } from "../support/binary.ts";
import { authority, issue, write, writeText } from "../support/certificates.ts";
import { parseTranscript, runTranscript } from "../support/transcript.ts";

const DIRECTORY = new URL("transcripts/", import.meta.url);

const ca = authority();
const pair = write(issue(ca, { dns: ["db.example.com"] }));
const other = write(issue(ca, { dns: ["db.example.com"], tag: "other" }));

for (const entry of [...Deno.readDirSync(DIRECTORY)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  const text = Deno.readTextFileSync(new URL(entry.name, DIRECTORY));
  const title = /^# (.*)$/m.exec(text)?.[1] ?? entry.name;
  Deno.test(`${entry.name.replace(/\.txt$/, "")}: ${title}`, async () => {
    const executable = await binary();
    const cwd = await Deno.makeTempDir({ prefix: "querycop-transcript-" });
    try {
      await runTranscript(entry.name, parseTranscript(text), {
        cwd,
        env: {
          PATH: `${executable.replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH") ?? ""}`,
          HOME: Deno.env.get("HOME") ?? cwd,
          CA: pair.ca,
          CERT: pair.cert,
          KEY: pair.key,
          OTHER_KEY: other.key,
          EMPTY: writeText(""),
          DOCS: new URL("../../docs", import.meta.url).pathname,
        },
      });
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  });
}
