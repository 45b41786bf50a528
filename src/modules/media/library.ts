import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import type { Clock } from "../../clock.ts";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import { cannotOverwriteMedia, forbidden, limitExceeded, notFound, notYetUploaded } from "../../http/errors.ts";
import { InTurn } from "../../in-turn.ts";
import type { Sql } from "../../store/sql.ts";
import { Arrivals } from "./arrivals.ts";
import type { ByteRange, FileStore, Incoming, LinkLook } from "./files/file-store.ts";
import type { Scanner } from "./scanning/scanner.ts";
import {
  addUsage,
  countPending,
  deleteExpired,
  fillMedium,
  insertMedium,
  type MediaName,
  type Medium,
  readMedium,
  readUsage,
} from "./media.store.ts";

/** What is asked of the configuration. */
export interface MediaLimits {
  readonly maxUploadBytes: number;
  /** Bytes that a user may have uploaded in all; `undefined` = no limit. */
  readonly quotaBytes: number | undefined;
  readonly maxPendingUploads: number;
  readonly pendingLifetimeMs: number;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly clock: Clock;
  readonly files: FileStore;
  /** A file is taken up and deleted in turn: else one upload could lose the bytes that another's deletion takes. */
  readonly fileTurns: InTurn;
  /** `undefined` = files are not scanned. */
  readonly scanner?: Scanner | undefined;
  readonly serverName: string;
  readonly limits: MediaLimits;
}

/** A file on its way from a user. */
export interface Arrival {
  /** `''` = nobody: what this server takes from a web page itself. It counts for nobody's quota. */
  readonly uploader: string;
  readonly source: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** `''` = none. */
  readonly uploadName: string;
}

/** How a medium is asked for. */
export interface Asked {
  /** How long to wait for one that is announced. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Ms since the epoch: media made then or later are for others, and it is not told whether they exist. */
  readonly madeBefore?: number;
}

/** Media: what they are, and where their bytes are. */
export class MediaLibrary {
  readonly #needs: Needs;
  readonly #arrivals = new Arrivals();
  /** By users, where there is a quota. */
  readonly #uploads = new InTurn();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  get limits(): MediaLimits {
    return this.#needs.limits;
  }

  /**
   * Takes a file in. When this resolves, the file and what is known of it are durable.
   * @throws MatrixError 413 `M_TOO_LARGE`, 403 `M_FORBIDDEN` over the user's quota or when the file is harmful, 503 when it
   *   could not be scanned
   */
  async upload(arrival: Arrival): Promise<MediaName> {
    const name = { origin: this.#needs.serverName, mediaId: newMediaId() };
    const createdAt = this.#needs.clock.now();
    const { uploader } = arrival;
    await using incoming = await this.#receive(arrival);
    await this.#keep(incoming, uploader, async () => {
      await this.#commit(name, (tx) => {
        insertMedium(tx, { ...name, ...uploadOf(incoming, arrival), uploader, createdAt, expiresAt: 0 });
        if (uploader !== "") addUsage(tx, uploader, incoming.sizeBytes);
      });
    });
    return name;
  }

  /**
   * Makes the name of a medium whose bytes come later.
   * @throws MatrixError 429 `M_LIMIT_EXCEEDED` when too many of the user's wait already
   */
  async announce(uploader: string): Promise<MediaName & { readonly expiresAt: number }> {
    const { sql, clock, serverName: origin, limits } = this.#needs;
    const createdAt = clock.now();
    const pendingCount = await countPending(sql, uploader, createdAt);
    if (pendingCount >= limits.maxPendingUploads) {
      throw limitExceeded(PENDING_RETRY_MS, "Too many of your media wait for their upload");
    }
    const name = { origin, mediaId: newMediaId() };
    const expiresAt = createdAt + limits.pendingLifetimeMs;
    const empty = { fileHash: "", sizeBytes: 0, contentType: "", uploadName: "" };
    await this.#commit(name, (tx) => {
      deleteExpired(tx, uploader, createdAt);
      insertMedium(tx, { ...name, ...empty, uploader, createdAt, expiresAt });
    });
    return { ...name, expiresAt };
  }

  /**
   * Takes in the bytes of an announced medium.
   * @throws MatrixError 404 `M_NOT_FOUND` when it was not announced or its time is over, 403 `M_FORBIDDEN` when another user
   *   announced it, 409 `M_CANNOT_OVERWRITE_MEDIA` when they came already, and as `upload` does
   */
  async uploadTo(name: MediaName, arrival: Arrival): Promise<void> {
    await this.#requireAnnounced(name, arrival.uploader);
    await using incoming = await this.#receive(arrival);
    await this.#keep(incoming, arrival.uploader, async () => {
      const now = this.#needs.clock.now();
      const { changes } = await this.#commit(name, (tx) => fillMedium(tx, name, uploadOf(incoming, arrival), now));
      // Another upload to the same name was quicker, or the time is over.
      if (changes === 0) await this.#requireAnnounced(name, arrival.uploader);
    });
    this.#arrivals.tell(keyOf(name));
  }

  /**
   * A medium with its bytes; waits for those that are announced, so long.
   * @throws MatrixError 404 `M_NOT_FOUND`, 504 `M_NOT_YET_UPLOADED`
   */
  async require(name: MediaName, { timeoutMs, signal, madeBefore = Number.POSITIVE_INFINITY }: Asked): Promise<Medium> {
    const { clock, sql } = this.#needs;
    const deadline = clock.now() + timeoutMs;
    for (;;) {
      const coming = this.#arrivals.next(keyOf(name));
      const medium = await readMedium(sql, name);
      const isGone = medium && medium.expiresAt !== 0 && medium.expiresAt <= clock.now();
      if (!medium || isGone || medium.quarantinedBy !== "" || medium.createdAt >= madeBefore) {
        throw notFound("There is no such medium");
      }
      if (medium.expiresAt === 0) return medium;
      const leftMs = deadline - clock.now();
      if (leftMs <= 0 || signal.aborted) throw notYetUploaded("The medium has not been uploaded yet");
      await coming.within(leftMs, signal);
    }
  }

  /**
   * The bytes of a medium, or a part of them.
   * @throws MatrixError 404 `M_NOT_FOUND` when the file is gone
   */
  async open({ fileHash }: Medium, range?: ByteRange): Promise<Readable | Uint8Array> {
    const bytes = await this.#needs.files.read(fileHash, range);
    if (!bytes) throw notFound("The file of this medium is lost");
    return bytes;
  }

  /** Where a client gets the bytes of a medium by itself, for some minutes; `undefined` where it can not. */
  async link({ fileHash }: Medium, look: LinkLook): Promise<string | undefined> {
    return await this.#needs.files.link(fileHash, look);
  }

  async #receive({ source, uploader }: Arrival): Promise<Incoming> {
    const { files, limits, scanner } = this.#needs;
    const leftBytes = await this.#leftBytes(uploader);
    if (leftBytes <= 0) throw overQuota();
    await using unwanted = new AsyncDisposableStack();
    const incoming = unwanted.use(await files.receive(source, limits.maxUploadBytes));
    if (incoming.sizeBytes > leftBytes) throw overQuota();
    await scanner?.check({ ...incoming, uploader });
    unwanted.move();
    return incoming;
  }

  /** Keeps a file, and has it recorded what it is. */
  async #keep(incoming: Incoming, uploader: string, record: () => Promise<void>): Promise<void> {
    const keep = async (): Promise<void> =>
      await this.#needs.fileTurns.run(incoming.hash, async () => {
        await incoming.keep();
        await record();
        await incoming.confirm();
      });
    if (this.#needs.limits.quotaBytes === undefined) {
      await keep();
      return;
    }
    // One after another: of several that come at once each has to see those before it.
    await this.#uploads.run(uploader, async () => {
      if (incoming.sizeBytes > (await this.#leftBytes(uploader))) throw overQuota();
      await keep();
    });
  }

  /** What the user may upload still. */
  async #leftBytes(uploader: string): Promise<number> {
    const { sql, limits } = this.#needs;
    if (limits.quotaBytes === undefined || uploader === "") return Number.POSITIVE_INFINITY;
    return limits.quotaBytes - (await readUsage(sql, uploader));
  }

  async #requireAnnounced(name: MediaName, uploader: string): Promise<void> {
    const medium = await readMedium(this.#needs.sql, name);
    if (!medium || (medium.expiresAt !== 0 && medium.expiresAt <= this.#needs.clock.now())) {
      throw notFound("No such medium was announced, or its time is over");
    }
    if (medium.uploader !== uploader) throw forbidden("Somebody else announced this medium");
    if (medium.expiresAt === 0) throw cannotOverwriteMedia("This medium has been uploaded already");
  }

  async #commit<T>(name: MediaName, build: (tx: Tx) => T): Promise<T> {
    return await this.#needs.partitions.of(keyOf(name)).commit(keyOf(name), build);
  }
}

/** When it is worth to ask again, with too many media announced. */
const PENDING_RETRY_MS = 60_000;

const overQuota = () => forbidden("You have uploaded as much as you may on this server");

const uploadOf = ({ hash, sizeBytes }: Incoming, { contentType, uploadName }: Arrival) => ({
  fileHash: hash,
  sizeBytes,
  contentType,
  uploadName,
});

/** Nobody can guess it: to know the name of a medium was once enough to get it. */
const newMediaId = (): string => randomBytes(18).toString("base64url");

const keyOf = ({ origin, mediaId }: MediaName): string => `${origin}/${mediaId}`;
