import { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import type { Partitions } from "../../../engine/partitions/partitions.ts";
import { MatrixError, notFound, tooLarge, unknownError } from "../../../http/errors.ts";
import { InTurn } from "../../../in-turn.ts";
import type { Sql } from "../../../store/sql.ts";
import type { FileStore } from "../files/file-store.ts";
import { type MediaName, type Medium, readMedium } from "../media.store.ts";
import type { ThumbnailOutcome } from "./job.ts";
import { boxFor, type Method, type Size, sizeFor, usualSizes } from "./size.ts";
import type { Taste } from "./taste.ts";
import { countThumbnails, insertThumbnail, readThumbnail, type StoredThumbnail } from "./thumbnails.store.ts";
import type { ThumbnailWorkers } from "./workers.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly files: FileStore;
  /** The library's: a file is taken up and deleted in turn. */
  readonly fileTurns: InTurn;
  readonly workers: ThumbnailWorkers;
  readonly background: (name: string, work: Promise<void>) => void;
  readonly maxPixels: number;
  /** Whether the usual sizes are made when an image is uploaded. Every other is made when it is first asked for. */
  readonly areMadeAtUpload: boolean;
}

/** What a client asks for. */
export interface Wanted extends Size {
  readonly method: Method;
  readonly isAnimated: boolean;
  readonly taste: Taste;
}

/** A file of which there are more is not made small in further proportions. */
const MAX_OF_A_FILE = 64;
/** What cannot be made smaller is not tried again for so long: some of it takes as long as it may. */
const REFUSED_FILES = { max: 1000, ttl: 3_600_000 };
/** Images that wait to be made smaller after their upload: those beyond get theirs when they are asked for. */
const MAX_PREPARED = 100;

/** Small images of media, kept as files. */
export class Thumbnails {
  readonly #needs: Needs;
  /** However many ask for one that is not there, it is made once. */
  readonly #making = new InTurn();
  readonly #refused = new LRUCache<string, MatrixError>(REFUSED_FILES);
  /** One image at a time is made smaller that nobody waits for. */
  readonly #preparing = new InTurn();
  #preparedCount = 0;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * @throws MatrixError 400 `M_UNKNOWN` for what is no image that can be made smaller, 413 `M_TOO_LARGE` for one of too many
   *   pixels, 404 `M_NOT_FOUND` when the file is lost, 503 when too many wait for theirs
   */
  async of({ fileHash }: Pick<Medium, "fileHash">, wanted: Wanted): Promise<StoredThumbnail> {
    const { sql } = this.#needs;
    const exact = { ...wanted, ...sizeFor(wanted, wanted.method) };
    const known = await readThumbnail(sql, fileHash, variantOf(exact));
    if (known) return known;
    const isOneOfMany = (await countThumbnails(sql, fileHash)) >= MAX_OF_A_FILE;
    const size = isOneOfMany ? { ...wanted, ...boxFor(wanted) } : exact;
    return await this.#making.run(`${fileHash} ${variantOf(size)}`, async () => {
      const made = await readThumbnail(sql, fileHash, variantOf(size));
      return made ?? (await this.#make(fileHash, size));
    });
  }

  /** Makes the usual sizes of an uploaded image, some time later, where that is wanted. */
  prepare(name: MediaName, contentType: string): void {
    if (!this.#needs.areMadeAtUpload || !contentType.startsWith("image/")) return;
    if (this.#preparedCount >= MAX_PREPARED) return;
    this.#preparedCount++;
    const work = this.#preparing.run("", async () => await this.#makeUsual(name));
    this.#needs.background(
      "thumbnails",
      work.finally(() => this.#preparedCount--),
    );
  }

  async #makeUsual(name: MediaName): Promise<void> {
    const medium = await readMedium(this.#needs.sql, name);
    if (!medium) return;
    try {
      for (const size of usualSizes) await this.of(medium, { ...size, isAnimated: false, taste: "usual" });
    } catch (error) {
      // Told to whoever asks for it.
      if (!(error instanceof MatrixError)) throw error;
    }
  }

  async #make(fileHash: string, wanted: Wanted): Promise<StoredThumbnail> {
    const refused = this.#refused.get(fileHash);
    if (refused) throw refused;
    const { files, workers, maxPixels } = this.#needs;
    const outcome = await files.asLocalFile(
      fileHash,
      async (path) => await workers.run({ path, ...wanted, maxPixels }),
    );
    if (!outcome) throw notFound("The file of this medium is lost");
    return await this.#keep(fileHash, variantOf(wanted), outcome);
  }

  async #keep(fileHash: string, variant: string, outcome: ThumbnailOutcome): Promise<StoredThumbnail> {
    if (outcome.kind === "too large" || outcome.kind === "no image") {
      const refused = refusalOf(outcome);
      this.#refused.set(fileHash, refused);
      throw refused;
    }
    const { contentType } = outcome;
    if (outcome.kind === "original")
      return await this.#insert(fileHash, variant, { fileHash, sizeBytes: 0, contentType });
    await using incoming = await this.#needs.files.receive(Readable.from([outcome.bytes]), Number.POSITIVE_INFINITY);
    const { hash, sizeBytes } = incoming;
    return await this.#needs.fileTurns.run(hash, async () => {
      await incoming.keep();
      const thumbnail = await this.#insert(fileHash, variant, { fileHash: hash, sizeBytes, contentType });
      await incoming.confirm();
      return thumbnail;
    });
  }

  async #insert(fileHash: string, variant: string, thumbnail: StoredThumbnail): Promise<StoredThumbnail> {
    const partition = this.#needs.partitions.of(fileHash);
    await partition.commit(fileHash, (tx) => insertThumbnail(tx, fileHash, variant, thumbnail));
    return thumbnail;
  }
}

function refusalOf({ kind }: { readonly kind: "too large" | "no image" }): MatrixError {
  return kind === "too large"
    ? tooLarge("This image has too many pixels to be made smaller")
    : unknownError(400, "No thumbnail can be made of this medium");
}

/** The name that a thumbnail is stored under. */
function variantOf({ method, width, height, isAnimated, taste }: Wanted): string {
  return `${method}-${width}x${height}${isAnimated ? "-animated" : ""}${taste === "usual" ? "" : `-${taste}`}`;
}
