const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Makes ids as ULIDs are made: 10 characters of time and 16 that are random at first and then count up, so that ids
 * of one process sort by their making.
 */
export function createIdMaker(now: () => number = Date.now): () => string {
  const random = crypto.getRandomValues(new Uint8Array(11));
  let prefix = "";
  for (const byte of random) prefix += ALPHABET[byte & 31];
  let counter = 0;
  return () => {
    counter = (counter + 1) % 32 ** 5;
    return encode(now(), 10) + prefix + encode(counter, 5);
  };
}

function encode(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) {
    text = ALPHABET[rest % 32] + text;
  }
  return text;
}
