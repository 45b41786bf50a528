import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { Abandoned, ByteRange, FileStore, Incoming } from "./file-store.ts";
import { IncomingFolder, type ReceivedFile } from "./incoming-folder.ts";
import { pathOf } from "./path.ts";

/** Smaller files are read at once, which costs less than a stream. */
const READ_AT_ONCE_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * Files in a directory of this machine. A file comes under a name of its own and is moved to its place when all of it is on
 * the disk: what was interrupted leaves nothing but such a name, and those go when the store is opened.
 */
export async function openDiskStore(directory: string): Promise<FileStore> {
  const incoming = await IncomingFolder.open(directory);
  await syncFolder(dirname(directory));
  return new DiskStore(directory, incoming);
}

class DiskStore implements FileStore {
  readonly #directory: string;
  readonly #incoming: IncomingFolder;

  constructor(directory: string, incoming: IncomingFolder) {
    this.#directory = directory;
    this.#incoming = incoming;
  }

  async receive(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Incoming> {
    return await this.#incoming.receive(source, limitBytes, async (file) => await this.#place(file));
  }

  async #place({ hash, path }: ReceivedFile): Promise<void> {
    const place = this.#pathOf(hash);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    if (!(await exists(place))) await rename(path, place);
    await this.#syncUpFrom(dirname(place));
  }

  /**
   * Has the disk know of a folder and of those above it: also when they, or the file, were there already, since whoever made
   * them may not have come so far.
   */
  async #syncUpFrom(folder: string): Promise<void> {
    for (let each = folder; each.startsWith(this.#directory); each = dirname(each)) await syncFolder(each);
  }

  async read(hash: string, range?: ByteRange): Promise<Readable | Uint8Array | undefined> {
    const file = await openIfThere(this.#pathOf(hash));
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      const { start, end } = range ?? { start: 0, end: size - 1 };
      const length = end - start + 1;
      if (length <= READ_AT_ONCE_BYTES) return await readAtOnce(file, start, length);
      return file.createReadStream({ start, end, highWaterMark: CHUNK_BYTES });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async asLocalFile<T>(hash: string, use: (path: string) => Promise<T>): Promise<T | undefined> {
    const path = this.#pathOf(hash);
    return (await exists(path)) ? await use(path) : undefined;
  }

  async delete(hash: string): Promise<void> {
    await rm(this.#pathOf(hash), { force: true });
  }

  async link(): Promise<undefined> {
    return undefined;
  }

  async abandoned(): Promise<readonly Abandoned[]> {
    return await this.#incoming.abandoned();
  }

  #pathOf(hash: string): string {
    return join(this.#directory, pathOf(hash));
  }
}

async function readAtOnce(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  await file.close();
  return buffer.subarray(0, bytesRead);
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

const isAbsence = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
