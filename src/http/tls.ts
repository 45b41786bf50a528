import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { Logger } from "pino";

/** Where a certificate chain and its private key lie, PEM. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** A certificate chain and its private key, PEM. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * Reads the pair at once, for the start.
 * @throws Error when a file cannot be read, or the key is not the certificate's
 */
export function readTlsPairNow({ certificateFile, privateKeyFile }: TlsFiles): TlsPair {
  return checked({ cert: readFileSync(certificateFile), key: readFileSync(privateKeyFile) });
}

/**
 * Reads the pair.
 * @throws Error when a file cannot be read, or the key is not the certificate's
 */
export async function readTlsPair({ certificateFile, privateKeyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([readFile(certificateFile), readFile(privateKeyFile)]);
  return checked({ cert, key });
}

function checked(pair: TlsPair): TlsPair {
  createSecureContext(pair);
  return pair;
}

/**
 * Gives a listening server new certificates when the files change. Looks at their content at an interval rather than
 * watching: that also sees replaced links and mounted files, as certificate tools leave them. A pair that does not fit
 * together (one file is written, the other not yet) is tried again at the next look; the old pair stays in use.
 */
export class CertificateReloader implements Disposable {
  readonly #files: TlsFiles;
  readonly #use: (pair: TlsPair) => void;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #current: TlsPair;

  constructor(files: TlsFiles, current: TlsPair, use: (pair: TlsPair) => void, logger: Logger, intervalMs: number) {
    this.#files = files;
    this.#current = current;
    this.#use = use;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.reload(), intervalMs);
    this.#timer.unref();
  }

  /** Looks now. Resolves to whether there was a new pair. */
  async reload(): Promise<boolean> {
    try {
      const pair = await readTlsPair(this.#files);
      if (pair.cert.equals(this.#current.cert) && pair.key.equals(this.#current.key)) return false;
      this.#use(pair);
      this.#current = pair;
      this.#logger.info({ certificate: this.#files.certificateFile }, "New TLS certificate in use");
      return true;
    } catch (error) {
      this.#logger.error(
        { err: error, certificate: this.#files.certificateFile },
        "TLS certificate not readable, the old one stays in use",
      );
      return false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
