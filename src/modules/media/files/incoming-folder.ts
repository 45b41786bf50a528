/*
 * How a file comes. Its bytes go into `incoming` under a name of their own, and are hashed on the way. Before it is kept a
 * mark with its hash is made in `unconfirmed`, which goes when the row that speaks of the file is durable. What was
 * interrupted so leaves either bytes in `incoming`, which the next start clears, or a mark, by which the file is found.
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tooLarge } from "../../../http/errors.ts";
import type { Abandoned, Incoming, StoredFile } from "./file-store.ts";

const INCOMING = "incoming";
const UNCONFIRMED = "unconfirmed";

/** A file that lies on the disk as a whole, synced. */
export interface ReceivedFile extends StoredFile {
  readonly path: string;
}

/** Puts a file where it stays: called once for each that is kept. It may take the file away or leave it. */
export type Place = (file: ReceivedFile) => Promise<void>;

/** Files on their way into a store. */
export class IncomingFolder {
  readonly #directory: string;
  /** Marks of files that are on their way now. */
  readonly #marks = new Set<string>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Clears what an earlier run left half. */
  static async open(directory: string): Promise<IncomingFolder> {
    await rm(join(directory, INCOMING), { recursive: true, force: true });
    for (const name of [INCOMING, UNCONFIRMED]) await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
    return new IncomingFolder(directory);
  }

  /** @throws MatrixError 413 `M_TOO_LARGE` */
  async receive(source: AsyncIterable<Uint8Array>, limitBytes: number, place: Place): Promise<Incoming> {
    const path = this.newPath();
    try {
      await using file = await open(path, "wx", 0o600);
      const { hash, sizeBytes } = await copy(source, file, limitBytes);
      await file.sync();
      return this.#incoming({ path, hash, sizeBytes }, place);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** A path for a file that the next start clears away. */
  newPath(): string {
    return join(this.#directory, INCOMING, randomUUID());
  }

  async abandoned(): Promise<readonly Abandoned[]> {
    const names = await readdir(join(this.#directory, UNCONFIRMED));
    return names
      .filter((name) => !this.#marks.has(name))
      .map((name) => ({ hash: name.slice(0, name.indexOf(".")), forget: async () => await this.#unmark(name) }));
  }

  #incoming(file: ReceivedFile, place: Place): Incoming {
    const mark = `${file.hash}.${randomUUID()}`;
    return {
      ...file,
      keep: async () => {
        this.#marks.add(mark);
        await writeFile(join(this.#directory, UNCONFIRMED, mark), "", { flag: "wx", mode: 0o600 });
        await place(file);
      },
      confirm: async () => await this.#unmark(mark),
      [Symbol.asyncDispose]: async () => {
        this.#marks.delete(mark);
        await rm(file.path, { force: true });
      },
    };
  }

  async #unmark(mark: string): Promise<void> {
    await rm(join(this.#directory, UNCONFIRMED, mark), { force: true });
  }
}

async function copy(source: AsyncIterable<Uint8Array>, file: FileHandle, limitBytes: number): Promise<StoredFile> {
  const digest = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of source) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) throw tooLarge(`A file may have ${limitBytes} bytes at most`);
    digest.update(chunk);
    await file.writeFile(chunk);
  }
  return { hash: digest.digest("base64url"), sizeBytes };
}
