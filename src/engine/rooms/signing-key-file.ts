import { randomBytes } from "node:crypto";
import { link, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { decodeBase64, encodeBase64 } from "../../protocol/json/base64.ts";
import { makeSigningKey, type SigningKey } from "../../protocol/signing/crypto.ts";

const SEED_BYTES = 32;

/**
 * Reads the signing key of this server, or makes one when there is no file. The file has one line, as other homeservers
 * write it: `ed25519 NAME SEED`, the seed as unpadded base64.
 * @throws Error that names the file when it holds something else.
 */
export async function openSigningKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isError(error, "ENOENT")) return undefined;
    throw error;
  });
  return parse(text ?? (await create(file)), file);
}

function parse(text: string, file: string): SigningKey {
  const [algorithm, name, seedText = ""] = text.trim().split(/\s+/);
  const seed = decodeBase64(seedText);
  if (algorithm !== "ed25519" || !name || seed?.length !== SEED_BYTES) {
    throw new Error(`${file} does not hold a signing key (one line: ed25519 NAME SEED)`);
  }
  return makeSigningKey(seed, `ed25519:${name}`);
}

/**
 * Durable before it is used: what is signed with a lost key is nobody's. The file appears as a whole or not at all; if
 * another process was quicker, its key is the one.
 */
async function create(file: string): Promise<string> {
  const text = `ed25519 a_${randomBytes(3).toString("hex")} ${encodeBase64(randomBytes(SEED_BYTES))}\n`;
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeDurably(draft, text);
  try {
    await link(draft, file);
  } catch (error) {
    if (!isError(error, "EEXIST")) throw error;
    return await readFile(file, "utf8");
  } finally {
    await unlink(draft);
  }
  await syncFolder(dirname(file));
  return text;
}

async function writeDurably(file: string, text: string): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

/** Makes the name durable as well. Windows cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await using handle = await open(folder, "r");
  await handle.sync();
}

const isError = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
