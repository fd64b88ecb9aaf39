import { anyStatementRule, hit } from "../../rule.ts";

/** Texts shorter than this fit under any setting of max_allowed_packet: 1024 is its least. */
const ALWAYS_FITS = 1024;

/** Statement longer than max_allowed_packet. A statement needs one byte of its packet for the command. */
export const oversizedStatement = anyStatementRule({
  code: "P023",
  name: "oversized-statement",
  group: "performance",
  title: "Statement longer than max_allowed_packet",
  score: 45,
  why: "The server refuses it and closes the connection.",
  fix: "Split the statement, or raise max_allowed_packet on server and client.",
  fires: [`INSERT INTO t (a) VALUES ('${"x".repeat(2000)}')`],
  quiet: ["INSERT INTO t (a) VALUES ('x')"],
  given: { maxPacketBytes: 1024 },
  references: ["https://dev.mysql.com/doc/refman/8.4/en/packet-too-large.html"],
  reads: "text",
  mayFire: (statement, { options }) =>
    options.maxPacketBytes <= ALWAYS_FITS || statement.end - statement.start > ALWAYS_FITS,
  check(statement, context) {
    const bytes = statement.end - statement.start + 1;
    return bytes <= context.options.maxPacketBytes ? [] : [
      hit(
        statement.verb,
        `The statement has ${bytes} bytes, of which the server takes ${context.options.maxPacketBytes}`,
      ),
    ];
  },
});
