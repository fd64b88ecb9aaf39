/** Packets, capabilities and commands around the text. */
import { bytes, lenencString, uint } from "../bytes.ts";
import { CAPABILITY } from "../packets.ts";
import { type Evasion } from "./evasion.ts";
import { WireError } from "../wire_client.ts";

const errorsIn = (payload: Uint8Array) => payload[0] === 0xff ? [new WireError(payload)] : [];

export const WIRE: readonly Evasion[] = [
  {
    name: "query attributes, none of them",
    on: "mysql",
    capabilities: CAPABILITY.queryAttributes,
    run: (talk) => talk.send(bytes(3, 0, 1, "DELETE FROM victim")),
  },
  {
    name: "query attributes whose value looks like another statement",
    on: "mysql",
    capabilities: CAPABILITY.queryAttributes,
    run: (talk) =>
      talk.send(
        bytes(
          3,
          1,
          1,
          0,
          1,
          uint(0xfe, 2),
          lenencString("a"),
          lenencString("SELECT 1 -- "),
          "DELETE FROM victim",
        ),
      ),
  },
  {
    name: "several statements in one text",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("SELECT 1; DELETE FROM victim"),
  },
  {
    name: "several statements in one text, an empty one first",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("/* nothing */ SELECT 1;\nDELETE FROM victim; SELECT 2"),
  },
  {
    name: "COM_SET_OPTION allows several statements",
    run: (talk) => talk.send(bytes(0x1b, 0, 0), "SELECT 1; DELETE FROM victim"),
  },
  {
    name: "COM_SET_OPTION allows several statements, pipelined",
    run: (talk) => talk.pipeline(bytes(0x1b, 0, 0), talk.query("SELECT 1; DELETE FROM victim")),
  },
  {
    name: "a change to a user whom the policy restricts",
    user: "guest",
    run: async (talk) => {
      await talk.client.changeUser({ port: 0, user: "app", password: "secret", schema: "shop" });
      await talk.send("SELECT secret FROM secrets");
    },
  },
  {
    name: "a login in quotes, which servers drop",
    user: "'app'",
    run: (talk) => talk.send("SELECT secret FROM secrets"),
  },
  {
    name: "a schema used by a text that fails behind it",
    schema: "mysql",
    capabilities: CAPABILITY.multiStatements,
    run: (talk) => talk.send("USE shop; SELECT no_such_column", "SELECT secret FROM secrets"),
  },
  {
    name: "prepared before a change of user",
    user: "guest",
    run: async (talk) => {
      await talk.send("SET @x = 'SELECT secret FROM secrets'");
      await talk.client.changeUser({ port: 0, user: "app", password: "secret", schema: "mysql" });
      await talk.send("USE shop", "SELECT secret FROM secrets");
    },
  },
  {
    name: "a byte at a time",
    run: async (talk) => {
      const { socket } = talk.client;
      for (const byte of bytes(uint(19, 3), 0, talk.query("DELETE FROM victim"))) {
        await socket.write(Uint8Array.of(byte));
      }
      talk.errors.push(...(await socket.readPacket().then(({ payload }) => errorsIn(payload))));
    },
  },
  {
    name: "behind statements that pass, pipelined",
    run: (talk) =>
      talk.pipeline(talk.query("SELECT 1"), talk.query("DELETE FROM victim"), talk.query("SELECT 2")),
  },
];
