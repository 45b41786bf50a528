import { Readable } from "node:stream";
import type { Partitions } from "../../../engine/partitions/partitions.ts";
import { notFound, tooLarge, unknownError } from "../../../http/errors.ts";
import { InTurn } from "../../../in-turn.ts";
import type { Sql } from "../../../store/sql.ts";
import type { FileStore } from "../files/file-store.ts";
import type { Medium } from "../media.store.ts";
import type { ThumbnailOutcome } from "./job.ts";
import { type Method, type Size, sizeFor } from "./size.ts";
import { insertThumbnail, readThumbnail, type StoredThumbnail } from "./thumbnails.store.ts";
import type { ThumbnailWorkers } from "./workers.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly files: FileStore;
  readonly workers: ThumbnailWorkers;
  readonly maxPixels: number;
}

/** What a client asks for. */
export interface Wanted extends Size {
  readonly method: Method;
  readonly isAnimated: boolean;
}

/** Small images of media, made when they are first asked for and kept as files. */
export class Thumbnails {
  readonly #needs: Needs;
  /** However many ask for one that is not there, it is made once. */
  readonly #making = new InTurn();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * @throws MatrixError 400 `M_UNKNOWN` for what is no image that can be made smaller, 413 `M_TOO_LARGE` for one of too many
   *   pixels, 404 `M_NOT_FOUND` when the file is lost
   */
  async of({ fileHash }: Medium, wanted: Wanted): Promise<StoredThumbnail> {
    const { method, isAnimated } = wanted;
    const size = sizeFor(wanted, method);
    const variant = `${method}-${size.width}x${size.height}${isAnimated ? "-animated" : ""}`;
    const known = await readThumbnail(this.#needs.sql, fileHash, variant);
    if (known) return known;
    return await this.#making.run(`${fileHash} ${variant}`, async () => {
      const made = await readThumbnail(this.#needs.sql, fileHash, variant);
      return made ?? (await this.#make(fileHash, variant, { ...size, method, isAnimated }));
    });
  }

  async #make(fileHash: string, variant: string, wanted: Wanted): Promise<StoredThumbnail> {
    const { files, workers, maxPixels } = this.#needs;
    const outcome = await files.asLocalFile(
      fileHash,
      async (path) => await workers.run({ path, ...wanted, maxPixels }),
    );
    if (!outcome) throw notFound("The file of this medium is lost");
    const thumbnail = await this.#keep(fileHash, outcome);
    await this.#needs.partitions
      .of(fileHash)
      .commit(fileHash, (tx) => insertThumbnail(tx, fileHash, variant, thumbnail));
    return thumbnail;
  }

  async #keep(fileHash: string, outcome: ThumbnailOutcome): Promise<StoredThumbnail> {
    if (outcome.kind === "too large") throw tooLarge("This image has too many pixels to be made smaller");
    if (outcome.kind === "no image") throw unknownError(400, "No thumbnail can be made of this medium");
    const { contentType } = outcome;
    if (outcome.kind === "original") return { fileHash, sizeBytes: 0, contentType };
    await using incoming = await this.#needs.files.receive(Readable.from([outcome.bytes]), Number.POSITIVE_INFINITY);
    await incoming.keep();
    return { fileHash: incoming.hash, sizeBytes: incoming.sizeBytes, contentType };
  }
}
