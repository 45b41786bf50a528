/*
 * Files in a bucket of S3, or of what speaks its protocol. Uploads are on this machine's disk first, where their hash is
 * found out, and go into the bucket under that: an object is there as a whole or not at all. The packages are loaded when
 * they are needed; an installation that keeps files on its disk does not have to have them.
 */
import assert from "node:assert/strict";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { Abandoned, ByteRange, FileStore, Incoming, LinkLook } from "./file-store.ts";
import { IncomingFolder, type ReceivedFile } from "./incoming-folder.ts";
import { optionalPackage } from "./optional-package.ts";
import { pathOf } from "./path.ts";
import { isAbsence, usingS3 } from "./s3-failure.ts";

/** Smaller files are held in memory while they are sent, so that sending can be tried again. */
const SENT_FROM_MEMORY_BYTES = 1024 * 1024;
const LINK_SECONDS = 300;
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;
/** Each download holds one. */
const MAX_CONNECTIONS = 1_000;

/** A bucket, and how it is reached. */
export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** `undefined` = Amazon's own, by the region. */
  readonly endpoint: string | undefined;
  /** `undefined` = found as Amazon's other programs do: environment, files, the machine's role. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Before the names of all objects: `''` or `folder/`. */
  readonly prefix: string;
  /** Whether the bucket stands in the path rather than in the host. */
  readonly isPathStyle: boolean;
  /** Whether clients that want to are sent to the bucket. */
  readonly redirect: boolean;
}

const loadSdk = async () => await optionalPackage("@aws-sdk/client-s3", async () => await import("@aws-sdk/client-s3"));
const loadSigner = async () =>
  await optionalPackage("@aws-sdk/s3-request-presigner", async () => await import("@aws-sdk/s3-request-presigner"));

type Sdk = Awaited<ReturnType<typeof loadSdk>>;
type Signer = Awaited<ReturnType<typeof loadSigner>>;

/**
 * Opens a bucket; does not reach for it yet. Files on their way lie in `directory`.
 * @throws Error when the packages are not installed
 */
export async function openS3Store(directory: string, options: S3Options): Promise<S3Store> {
  const sdk = await loadSdk();
  const signer = options.redirect ? await loadSigner() : undefined;
  const client = new sdk.S3Client({
    region: options.region,
    forcePathStyle: options.isPathStyle,
    // Not all that speak the protocol know the newer checksums. Ours is the name.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: { maxSockets: MAX_CONNECTIONS },
      httpsAgent: { maxSockets: MAX_CONNECTIONS },
    },
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    // A copy: the client writes into it.
    ...(options.credentials && { credentials: { ...options.credentials } }),
  });
  return new S3Store({ sdk, signer, client, options, incoming: await IncomingFolder.open(directory) });
}

interface Parts {
  readonly sdk: Sdk;
  /** Where links are given. */
  readonly signer: Signer | undefined;
  readonly client: S3Client;
  readonly options: S3Options;
  readonly incoming: IncomingFolder;
}

/** Every failure of the bucket is a MatrixError 503 `M_UNKNOWN` whose cause says more; the next call tries again. */
export class S3Store implements FileStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws MatrixError 503 with what is wrong as its cause */
  async check(): Promise<void> {
    const { sdk, client, options } = this.#parts;
    await usingS3(options, async () => await client.send(new sdk.HeadBucketCommand({ Bucket: options.bucket })));
  }

  async receive(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Incoming> {
    return await this.#parts.incoming.receive(source, limitBytes, async (file) => {
      await usingS3(this.#parts.options, async () => {
        if (!(await this.#has(file.hash))) await this.#put(file);
      });
    });
  }

  async read(hash: string, range?: ByteRange): Promise<Readable | undefined> {
    const body = await this.#get(hash, range);
    assert.ok(body === undefined || body instanceof Readable, "what Node gets is a stream");
    return body;
  }

  async asLocalFile<T>(hash: string, use: (path: string) => Promise<T>): Promise<T | undefined> {
    const bytes = await this.read(hash);
    if (!bytes) return undefined;
    const path = this.#parts.incoming.newPath();
    try {
      await usingS3(
        this.#parts.options,
        async () => await pipeline(bytes, createWriteStream(path, { flags: "wx", mode: 0o600 })),
      );
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async delete(hash: string): Promise<void> {
    const { sdk, client, options } = this.#parts;
    await usingS3(options, async () => await client.send(new sdk.DeleteObjectCommand(this.#objectOf(hash))));
  }

  async link(hash: string, { contentType, contentDisposition }: LinkLook): Promise<string | undefined> {
    const { sdk, signer, client, options } = this.#parts;
    if (!signer) return undefined;
    const command = new sdk.GetObjectCommand({
      ...this.#objectOf(hash),
      ResponseContentType: contentType,
      ResponseContentDisposition: contentDisposition,
    });
    return await usingS3(options, async () => await signer.getSignedUrl(client, command, { expiresIn: LINK_SECONDS }));
  }

  async abandoned(): Promise<readonly Abandoned[]> {
    return await this.#parts.incoming.abandoned();
  }

  /** Ends its connections. */
  [Symbol.dispose](): void {
    this.#parts.client.destroy();
  }

  async #get(hash: string, range?: ByteRange): Promise<GetObjectCommandOutput["Body"]> {
    const { sdk, client, options } = this.#parts;
    const command = new sdk.GetObjectCommand({
      ...this.#objectOf(hash),
      ...(range && { Range: `bytes=${range.start}-${range.end}` }),
    });
    return await usingS3(options, async () => {
      try {
        return (await client.send(command)).Body;
      } catch (error) {
        if (isAbsence(error)) return undefined;
        throw error;
      }
    });
  }

  async #has(hash: string): Promise<boolean> {
    const { sdk, client } = this.#parts;
    try {
      await client.send(new sdk.HeadObjectCommand(this.#objectOf(hash)));
      return true;
    } catch (error) {
      // A bucket that is not there either looks the same; to put something there says so.
      if (isAbsence(error)) return false;
      throw error;
    }
  }

  async #put({ hash, path, sizeBytes }: ReceivedFile): Promise<void> {
    const { sdk, client } = this.#parts;
    const isSmall = sizeBytes <= SENT_FROM_MEMORY_BYTES;
    const Body = isSmall ? await readFile(path) : createReadStream(path);
    const command = new sdk.PutObjectCommand({ ...this.#objectOf(hash), Body, ContentLength: sizeBytes });
    await client.send(command);
  }

  #objectOf(hash: string) {
    const { bucket, prefix } = this.#parts.options;
    return { Bucket: bucket, Key: `${prefix}${pathOf(hash)}` };
  }
}
