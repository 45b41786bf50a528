import type { Argon2idCost } from "./argon2id.ts";

/** A stored argon2id hash. */
export interface PhcHash {
  readonly cost: Argon2idCost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

const pattern = /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$([\w+/-]+)\$([\w+/-]+)$/;

/**
 * The text form in which hashes are stored.
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export function formatPhc({ cost, salt, key }: PhcHash): string {
  const parameters = `m=${cost.memoryKib},t=${cost.iterations},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${toBase64(salt)}$${toBase64(key)}`;
}

/** @returns `undefined` when the text is no argon2id hash of version 19. */
export function parsePhc(text: string): PhcHash | undefined {
  const [, memory, iterations, parallelism, salt, key] = pattern.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const keyBytes = Uint8Array.from(Buffer.from(key, "base64"));
  return {
    cost: {
      memoryKib: Number(memory),
      iterations: Number(iterations),
      parallelism: Number(parallelism),
      lengthBytes: keyBytes.length,
    },
    salt: Uint8Array.from(Buffer.from(salt, "base64")),
    key: keyBytes,
  };
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
