import { argon2 as platformArgon2 } from "node:crypto";

/** What one hash costs and how long it is. */
export interface Argon2idCost {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  readonly lengthBytes: number;
}

/** Derives a key from a password, off the event loop. Both implementations give the same bytes. */
export type Argon2id = (password: string, salt: Uint8Array, cost: Argon2idCost) => Promise<Uint8Array>;

/** The platform's own implementation: everywhere, but three times slower than the native one. */
export const platformArgon2id: Argon2id = async (password, salt, cost) =>
  await new Promise((resolve, reject) => {
    const parameters = {
      message: password,
      nonce: salt,
      parallelism: cost.parallelism,
      tagLength: cost.lengthBytes,
      memory: cost.memoryKib,
      passes: cost.iterations,
    };
    platformArgon2("argon2id", parameters, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });

/** The fastest implementation that this machine has. */
export async function loadArgon2id(): Promise<Argon2id> {
  try {
    const { hashRaw } = await import("@node-rs/argon2");
    // Argon2id is what `hashRaw` does when no algorithm is named; its enum has no run-time form.
    return async (password, salt, cost) =>
      await hashRaw(password, {
        salt,
        memoryCost: cost.memoryKib,
        timeCost: cost.iterations,
        parallelism: cost.parallelism,
        outputLen: cost.lengthBytes,
      });
  } catch {
    // There is no prebuilt binary for this platform: nothing is lost but speed.
    return platformArgon2id;
  }
}
