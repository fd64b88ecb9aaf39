import { PLANETSCALE_HOSTS } from "../config/mod.ts";
import { formatDurationMs } from "../base/duration.ts";
import { describePassword, type PreflightFacts, type PreflightVerdict } from "./preflight.ts";

/** What a rotation would be told, as far as it is. Names that are not given stand in capitals in a plan. */
export interface PlanInput {
  readonly organization: string | undefined;
  readonly database: string | undefined;
  readonly branch: string | undefined;
  readonly passwordId: string | undefined;
  readonly username: string | undefined;
  /** Host and port of the database's MySQL side, as `serve` would reach it. */
  readonly backend: { readonly host: string; readonly port: number } | undefined;
  /** PEM file by which the database's certificate is judged. */
  readonly caFile: string | undefined;
  /** As given to `--to`. */
  readonly sinks: readonly string[];
  /** URLs of admin APIs, as given to `--querycop`. */
  readonly querycops: readonly string[];
  /** `HOST:PORT` where applications reach querycop. */
  readonly through: readonly string[];
  /** As given to `--on-recycle`. */
  readonly onRecycle: readonly string[];
  readonly quietMs: number;
}

/** One step of a plan. */
export interface PlanStep {
  readonly title: string;
  /** What is done, a sentence each. */
  readonly lines: readonly string[];
  /** Commands that do it by hand. */
  readonly commands: readonly string[];
}

/** A checklist for rotating a password. */
export interface Plan {
  readonly schema: "querycop.rotation-plan/1";
  readonly title: string;
  /** `manual`: by a person, from the dashboard; `automatic`: what `querycop rotate` would do. */
  readonly kind: "manual" | "automatic";
  readonly steps: readonly PlanStep[];
  /** What to know before; with a token, what preflight found. */
  readonly notes: readonly string[];
}

/** The checklist for a person with the dashboard and no service token. */
export function manualPlan(input: PlanInput): Plan {
  const { organization, database, branch, username, passwordId, backend, caFile } = input;
  const org = organization ?? "ORGANIZATION";
  const db = database ?? "DATABASE";
  const at = branch ?? "BRANCH";
  const old = username !== undefined
    ? `the password with the username ${username}`
    : passwordId !== undefined
    ? `the password with the id ${passwordId}`
    : "the old password";
  const host = backend?.host ?? PLANETSCALE_HOSTS[0];
  const port = backend?.port ?? 3306;
  const login = (to: string, port: number, options: string) =>
    `mysql -h ${quote(to)} -P ${port}${options} -u NEW_USERNAME -p ${quote(db)} -e 'select 1'`;
  const tls = ` --ssl-mode=VERIFY_IDENTITY --ssl-ca=${quote(caFile ?? "CA_BUNDLE")}`;
  const through = input.through.map((each) => hostPort(each));
  return {
    schema: "querycop.rotation-plan/1",
    title: `Rotate ${old} of ${org}/${db}/${at}, by hand`,
    kind: "manual",
    steps: [
      {
        title: "Generate a new branch password",
        lines: [
          `In PlanetScale's dashboard: organization ${org}, database ${db}, branch ${at}, Connect, New password`,
          "Give it the old one's role, IP restrictions and expiry, and a name with today's date",
          "The pair is shown once: put it into the secrets store before leaving the page",
        ],
        commands: [
          command(["pscale", "password", "list", db, at, "--org", org]),
          command(["pscale", "password", "create", db, at, "NEW_NAME", "--role", "ROLE", "--org", org]),
          command(["pscale", "password", "update", db, at, "NEW_ID", "--cidrs", "CIDRS", "--org", org]),
        ],
      },
      {
        title: "Check that the new pair logs in",
        lines: [
          "Straight to the database, with its certificate verified",
          "Then through querycop, as the applications do",
        ],
        commands: [
          login(host, port, tls),
          ...(through.length === 0 ? [{ host: "QUERYCOP", port: 15336 }] : through)
            .map(({ host, port }) => login(host, port, "")),
        ],
      },
      {
        title: "Roll the new pair into the secrets store of every client",
        lines: input.sinks.length === 0
          ? ["Username and password change together: a new username with the old password is refused"]
          : [`Where it goes: ${input.sinks.join(", ")}`],
        commands: [],
      },
      {
        title: "Recycle the connection pools of the applications",
        lines: [
          "Restart or reload every client, so that no connection of the old username is left",
          `Wait until the old username has had no session for ${formatDurationMs(input.quietMs)}`,
          "and until its last use, as the dashboard shows it, moves no more",
          "pscale branch connections lists sessions that go straight to the database; it takes a signed-in user",
        ],
        commands: (input.querycops.length === 0 ? ["http://QUERYCOP:8080"] : input.querycops).map((url) =>
          `curl -H "Authorization: Bearer $ADMIN_API_KEY" ${quote(`${url.replace(/\/$/, "")}/v1/sessions`)}`
        ),
      },
      {
        title: "Delete the old password, once nothing uses it for certain",
        lines: [
          `In the dashboard: ${old}, Delete`,
          "PlanetScale ends its connections within five minutes; after that it has to be refused",
        ],
        commands: [command(["pscale", "password", "delete", db, at, passwordId ?? "OLD_ID", "--org", org])],
      },
    ],
    notes: [
      "PlanetScale has no rotation on the data plane: a new password is made and the old one is deleted",
      "With PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN set, querycop rotate does all of this",
    ],
  };
}

/** What `querycop rotate` would do now, by what preflight found. */
export function automaticPlan(
  input: PlanInput,
  facts: PreflightFacts,
  verdict: PreflightVerdict,
  newName: string,
): Plan {
  const { organization, database, branch } = facts.ref;
  const where = `${organization}/${database}/${branch}`;
  const { old, create } = verdict;
  const host = input.backend === undefined ? "the database" : `${input.backend.host}:${input.backend.port}`;
  const step = (title: string, ...lines: readonly string[]): PlanStep => ({ title, lines, commands: [] });
  return {
    schema: "querycop.rotation-plan/1",
    title: `Rotate a password of ${where}; nothing has been changed`,
    kind: "automatic",
    steps: [
      step(
        "Preflight",
        old === undefined ? "Something stops it: see the notes" : `To be replaced: ${describePassword(old)}`,
      ),
      step(
        "Create",
        create === undefined
          ? "Make a password like the old one"
          : `Make the password ${newName}: role ${create.role}, ${
            create.cidrs.length === 0 ? "from any address" : `from ${create.cidrs.join(", ")}`
          }, ${create.replica ? "for replicas, " : ""}${create.directVtgate ? "straight to vtgate, " : ""}${
            create.ttlSeconds === 0 ? "without expiry" : `for ${formatDurationMs(create.ttlSeconds * 1000)}`
          }`,
      ),
      step(
        "Deliver",
        ...(input.sinks.length === 0
          ? ["Show the pair on this terminal, once"]
          : input.sinks.map((sink) => `Give the pair to ${sink}`)),
      ),
      step(
        "Verify",
        `Log in to ${host} with the new pair and run select 1`,
        ...input.through.map((each) => `The same through querycop at ${each}`),
      ),
      step(
        "Recycle",
        ...input.onRecycle.map((hook) => `Run ${hook}`),
        ...input.querycops.map((url) => `Watch sessions of ${old?.username ?? "the old username"} at ${url}`),
        `Wait until it is unused for ${formatDurationMs(input.quietMs)} on end, by last_used_at${
          input.querycops.length === 0 ? "" : " and sessions"
        }`,
      ),
      step(
        "Delete",
        `After confirmation (or --yes) delete ${old?.id ?? "the old password"}`,
        "See it refused, which takes PlanetScale up to five minutes",
      ),
      step("Report", "Say what was done, when, and by which token"),
    ],
    notes: verdict.findings.map(({ level, message, hint }) => `${level}: ${message}. ${hint}`),
  };
}

/** A plan as text for a terminal or as Markdown, ending in a newline. */
export function renderPlan(plan: Plan, format: "text" | "markdown"): string {
  const markdown = format === "markdown";
  const lines = [markdown ? `# ${plan.title}` : plan.title, ""];
  for (const [index, { title, lines: said, commands }] of plan.steps.entries()) {
    const box = plan.kind === "manual" ? "[ ] " : "";
    lines.push(
      markdown && box !== "" ? `- ${box}**${index + 1}. ${title}**` : `${box}${index + 1}. ${title}`,
    );
    const indent = " ".repeat(markdown ? (box === "" ? 3 : 2) : 7);
    lines.push(...said.map((each) => `${indent}${markdown ? "- " : ""}${each}`));
    if (markdown && commands.length > 0) {
      lines.push("", ...["```sh", ...commands, "```"].map((each) => indent + each), "");
    } else {
      lines.push(...commands.map((each) => `${indent}$ ${each}`));
    }
  }
  if (plan.notes.length > 0) lines.push("", ...plan.notes.map((note) => markdown ? `- ${note}` : note));
  return lines.join("\n").replaceAll(/\n{3,}/g, "\n\n") + "\n";
}

function command(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/** A word as a POSIX shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function hostPort(text: string): { readonly host: string; readonly port: number } {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(text);
  return { host: match?.[1] ?? text, port: Number(match?.[2] ?? 15336) };
}
