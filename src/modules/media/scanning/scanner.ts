import { createReadStream } from "node:fs";
import type { Logger } from "pino";
import { forbidden, unavailable } from "../../../http/errors.ts";
import { type ClamdAddress, type Finding, NotScanned, scanWithClamd } from "./clamd.ts";

/** What is asked of the configuration. */
export interface ScannerSettings {
  readonly address: ClamdAddress;
  readonly allowsUnscanned: boolean;
  /** For one file. */
  readonly timeoutMs: number;
}

/** A file that has come, and who sent it. */
export interface ScannedFile {
  readonly path: string;
  readonly hash: string;
  /** `''` = this server itself, from a web page. */
  readonly uploader: string;
}

/**
 * Looks at files before anybody gets them. What is encrypted looks like nothing harmful: it passes.
 */
export class Scanner {
  readonly #settings: ScannerSettings;
  readonly #logger: Pick<Logger, "warn">;

  constructor(settings: ScannerSettings, logger: Pick<Logger, "warn">) {
    this.#settings = settings;
    this.#logger = logger;
  }

  /**
   * Resolves when the file may be taken in.
   * @throws MatrixError 403 `M_FORBIDDEN` when it is harmful; 503 `M_UNKNOWN` when nobody could look at it and such files are
   *   refused
   */
  async check({ path, hash, uploader }: ScannedFile): Promise<void> {
    const finding = await this.#scan(path);
    if (finding?.kind !== "harmful") return;
    this.#logger.warn({ uploader, hash, signature: finding.signature }, "a harmful file was refused");
    throw forbidden("This file is refused: a scanner found something harmful in it");
  }

  /** `undefined` when nobody could look at it, and that is allowed. */
  async #scan(path: string): Promise<Finding | undefined> {
    const { address, timeoutMs, allowsUnscanned } = this.#settings;
    try {
      return await scanWithClamd(address, createReadStream(path), timeoutMs);
    } catch (error) {
      if (!(error instanceof NotScanned)) throw error;
      this.#logger.warn({ reason: error.message, allowsUnscanned }, "a file could not be scanned");
      if (allowsUnscanned) return undefined;
      throw unavailable("Files cannot be scanned at the moment, and none are taken in without", { cause: error });
    }
  }
}
