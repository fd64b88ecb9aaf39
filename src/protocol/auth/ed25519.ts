import { createHash } from "node:crypto";

/**
 * Ed25519 signatures (RFC 8032) from a seed of any length. MariaDB uses the password as seed, and node:crypto takes
 * seeds of 32 bytes only. Not constant in time: it runs once a login, on the machine that knows the password.
 */

const P = 2n ** 255n - 19n;
/** Order of the base point. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** Twice the curve's constant d. */
const D2 = 2n * mod(-121665n * power(121666n, P - 2n));

/** A point in extended coordinates: x = X/Z, y = Y/Z, x*y = T/Z. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
  readonly t: bigint;
}

const NEUTRAL: Point = { x: 0n, y: 1n, z: 1n, t: 0n };
const BASE = affine(
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n,
);

/** The 64-byte signature of a message. */
export function signEd25519(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const expanded = sha512(seed);
  const scalar = clamp(expanded.subarray(0, 32));
  const publicKey = encodePoint(multiply(scalar));
  const r = mod(readLittleEndian(sha512(expanded.subarray(32), message)), L);
  const commitment = encodePoint(multiply(r));
  const challenge = mod(readLittleEndian(sha512(commitment, publicKey, message)), L);
  const signature = new Uint8Array(64);
  signature.set(commitment);
  signature.set(writeLittleEndian(mod(r + challenge * scalar, L)), 32);
  return signature;
}

/** The 32-byte public key that belongs to a seed. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return encodePoint(multiply(clamp(sha512(seed).subarray(0, 32))));
}

/** The scalar in the first half of an expanded key, with the bits set and cleared that RFC 8032 says. */
function clamp(bytes: Uint8Array): bigint {
  const scalar = bytes.slice();
  scalar[0] = (scalar[0] as number) & 248;
  scalar[31] = ((scalar[31] as number) & 127) | 64;
  return readLittleEndian(scalar);
}

function multiply(scalar: bigint): Point {
  let result = NEUTRAL;
  let power = BASE;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = add(result, power);
    power = add(power, power);
  }
  return result;
}

/** Complete addition (RFC 8032, 5.1.4), which also doubles. */
function add(p: Point, q: Point): Point {
  const a = mod((p.y - p.x) * (q.y - q.x));
  const b = mod((p.y + p.x) * (q.y + q.x));
  const c = mod(p.t * q.t * D2);
  const d = mod(2n * p.z * q.z);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) };
}

function encodePoint(point: Point): Uint8Array {
  const inverse = power(point.z, P - 2n);
  const x = mod(point.x * inverse);
  const bytes = writeLittleEndian(mod(point.y * inverse));
  bytes[31] = (bytes[31] as number) | (Number(x & 1n) << 7);
  return bytes;
}

function affine(x: bigint, y: bigint): Point {
  return { x, y, z: 1n, t: mod(x * y) };
}

function mod(value: bigint, modulus: bigint = P): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function readLittleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index] as number);
  }
  return value;
}

/** 32 bytes, least significant first. */
function writeLittleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let index = 0, rest = value; index < 32; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
