import { UsageError } from "../../base/errors.ts";
import type { Output, Prompts } from "../../commands/context.ts";
import type { HostInput } from "./host.ts";

/** Ctrl-C or the end of input came in place of an answer. */
export class PromptCancelled extends Error {
  override readonly name = "PromptCancelled";
}

/** Prompts on stderr, answered on stdin. */
export function createPrompts(input: HostInput, stderr: Output, allowed: boolean): Prompts {
  const available = allowed && input.isTerminal && stderr.isTerminal;
  const needTerminal = (question: string, insteadUse: string) => {
    if (available) return;
    const why = allowed ? "there is no terminal" : "--no-input is set";
    throw new UsageError(`Cannot ask "${question}": ${why}`, { hint: insteadUse });
  };
  const ask = async (question: string, insteadUse: string) => {
    needTerminal(question, insteadUse);
    stderr.write(`${question}: `);
    return (await readLine(input)).trim();
  };
  return {
    available,
    ask,
    async askSecret(question, insteadUse) {
      needTerminal(question, insteadUse);
      stderr.write(`${question} (not shown): `);
      input.setRaw(true);
      try {
        return await readLine(input);
      } finally {
        input.setRaw(false);
        stderr.line();
      }
    },
    async confirmTyping(warning, expected, insteadUse) {
      needTerminal(warning, insteadUse);
      stderr.line(warning);
      return await ask(`Type ${stderr.style.bold(expected)} to confirm`, insteadUse) === expected;
    },
  };
}

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const CTRL_U = 0x15;
const DELETE = 0x7f;

/** One line without its end; edits that a terminal in raw mode leaves to us are done here. */
async function readLine(input: HostInput): Promise<string> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(1); // One at a time: what follows the line belongs to the next question.
  for (;;) {
    const count = await input.read(buffer);
    const byte = buffer[0] ?? 0;
    if (count === null || byte === CTRL_C || (byte === CTRL_D && bytes.length === 0)) {
      throw new PromptCancelled();
    }
    if (count === 0) continue;
    if (byte === NEWLINE || byte === RETURN) return new TextDecoder().decode(new Uint8Array(bytes));
    if (byte === CTRL_U) bytes.length = 0;
    else if (byte === BACKSPACE || byte === DELETE) removeLastCharacter(bytes);
    else bytes.push(byte);
  }
}

/** Drops the last UTF-8 sequence. */
function removeLastCharacter(bytes: number[]): void {
  while (bytes.length > 0 && ((bytes.pop() ?? 0) & 0xc0) === 0x80);
}
