/**
 * A CA that has signed nothing and whose key was never kept: the anchor of handshakes that verify nobody.
 *
 * Deno 2.9.6 refuses every peer where a connection has no anchor at all, `rejectUnauthorized: false` or not, and none
 * is what `isolateTrustStore` leaves of the defaults.
 */
export const PLACEHOLDER_ANCHOR_PEM = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUHtImjrmFo9OkvGntwvCodM1V3sswCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyMjE3NDgzM1oYDzIxMjYxMDI5MTc0
ODMzWjARMQ8wDQYDVQQDDAZOb2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AATQAq3rGZMZbhY2u+ZDn1PcvCSha8zx11jWCfR8J9ep6guBZyrOEXfRuzK4rQoP
VLigd/xyjoZPuyyn90feHUPwo1MwUTAdBgNVHQ4EFgQUU0I0TV3NtKMDHQpKZUed
WSz+swMwHwYDVR0jBBgwFoAUU0I0TV3NtKMDHQpKZUedWSz+swMwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAqbwp5LNPDLDJoDEqSVdHgpZoEd0s
56PBQZ0dgagfndICIHiJzPkQdN0Y5DPUtUB7ZyZ6CJpRoHSfq5/b6NtvSf77
-----END CERTIFICATE-----
`;
