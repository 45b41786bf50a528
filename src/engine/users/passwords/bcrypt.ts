import { Worker } from "node:worker_threads";

/** Whether the text is a bcrypt hash, as accounts imported from Synapse have. */
export const isBcryptHash = (text: string): boolean => /^\$2[aby]\$\d\d\$[./\dA-Za-z]{53}$/.test(text);

const workerUrl = new URL(
  import.meta.url.endsWith(".ts") ? "./bcrypt-worker.ts" : "./bcrypt-worker.js",
  import.meta.url,
);

/**
 * Compares in a thread of its own: a bcrypt hash in JavaScript costs a quarter of a second. It is made for one
 * comparison, since an account needs that once: its password is hashed anew afterwards.
 */
export async function verifyBcrypt(password: string, hash: string): Promise<boolean> {
  const worker = new Worker(workerUrl, { workerData: { password, hash } });
  return await new Promise((resolve, reject) => {
    worker.once("message", (isMatch: unknown) => resolve(isMatch === true));
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The bcrypt worker ended without an answer")));
  });
}
