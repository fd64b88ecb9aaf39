/** Something that listens where MySQL was looked for. */
export interface OtherProtocol {
  readonly code: string;
  readonly name: string;
}

const SPOKEN: readonly (readonly [pattern: RegExp, protocol: OtherProtocol])[] = [
  // A Notice: its length as four little-endian bytes, then type 11 (MySQL's X protocol greets with one).
  // deno-lint-ignore no-control-regex
  [/^[^\x00]\x00\x00\x00\x0b/, { code: "mysqlx", name: "MySQL's X protocol (port 33060)" }],
  [/^SSH-/, { code: "ssh", name: "SSH" }],
  [/^HTTP\//, { code: "http", name: "HTTP" }],
  // deno-lint-ignore no-control-regex
  [/^\x15\x03/, { code: "tls", name: "TLS without MySQL" }],
  [/^220[ -].*(SMTP|mail)/i, { code: "smtp", name: "SMTP" }],
  [/^220[ -]/, { code: "ftp", name: "FTP or SMTP" }],
  [/^-(ERR|DENIED|NOAUTH)/, { code: "redis", name: "Redis" }],
  [/^\* OK/, { code: "imap", name: "IMAP" }],
  [/^AMQP/, { code: "amqp", name: "AMQP" }],
];

/** What a first message is, where it is something that is known. */
export function nameSpokenProtocol(bytes: Uint8Array): OtherProtocol | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  return SPOKEN.find(([pattern]) => pattern.test(text))?.[1];
}
