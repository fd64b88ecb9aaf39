/** Sends the password itself, for servers that check it elsewhere (PAM, LDAP). Inside TLS only. */
export const CLEAR_PASSWORD = "mysql_clear_password";

/** A password with its closing NUL: how plugins send one in clear, and what RSA seals. */
export function clearPassword(password: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(password.length + 1);
  bytes.set(password);
  return bytes;
}
