/** MySQL's older plugin that always needs the password itself: in clear inside TLS, else sealed by RSA. */
export const SHA256_PASSWORD = "sha256_password";

/** The client's request for the server's RSA public key, in place of the password. */
export const SHA256_REQUEST_KEY = 0x01;
