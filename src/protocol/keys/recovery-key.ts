// A recovery key is a private key as people write it down: two header bytes, the key and a parity byte, in base58,
// in groups of four.

const header = [0x8b, 0x01] as const;
const keyBytes = 32;
const encodedBytes = header.length + keyBytes + 1;
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const groupLength = 4;
/** More than the longest key with generous white space; what is longer is not looked at. */
const maxTextLength = 256;

/**
 * Writes a key of 32 bytes in groups of four characters.
 * @see https://spec.matrix.org/v1.19/appendices/#cryptographic-key-representation
 * @throws RangeError when the key has another length.
 */
export function encodeRecoveryKey(key: Uint8Array): string {
  if (key.length !== keyBytes) throw new RangeError(`A recovery key stands for ${keyBytes} bytes`);
  const bytes = [...header, ...key];
  const text = encodeBase58([...bytes, parityOf(bytes)]);
  return (text.match(new RegExp(`.{1,${groupLength}}`, "g")) ?? []).join(" ");
}

/**
 * Reads what people typed, white space aside.
 * @returns `undefined` when a character, the header, the parity or the length is wrong.
 */
export function decodeRecoveryKey(text: string): Uint8Array | undefined {
  if (text.length > maxTextLength) return undefined;
  const bytes = decodeBase58(text.replaceAll(/\s/g, ""));
  if (bytes?.length !== encodedBytes || parityOf(bytes) !== 0) return undefined;
  if (bytes[0] !== header[0] || bytes[1] !== header[1]) return undefined;
  return Uint8Array.from(bytes.slice(header.length, -1));
}

/** Zero over bytes that end with their own parity. */
const parityOf = (bytes: readonly number[]): number => bytes.reduce((parity, byte) => parity ^ byte, 0);

/** The header is not zero, so leading zero bytes, which base58 treats apart, do not occur. */
function encodeBase58(bytes: readonly number[]): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = alphabet.charAt(Number(number % 58n)) + text;
  return text;
}

function decodeBase58(text: string): number[] | undefined {
  let number = 0n;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit === -1) return undefined;
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number /= 256n) bytes.unshift(Number(number % 256n));
  return bytes;
}
