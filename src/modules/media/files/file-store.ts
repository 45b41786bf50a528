import type { Readable } from "node:stream";

/** A file as it is kept: named by what is in it. */
export interface StoredFile {
  /** SHA-256, base64url without padding. */
  readonly hash: string;
  readonly sizeBytes: number;
}

/** The first and the last byte that are wanted. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file that has come whole and waits to be kept under its hash. */
export interface Incoming extends StoredFile, AsyncDisposable {
  /** Where it lies on this machine's disk until it is kept. */
  readonly path: string;
  /** Keeps it, durably. Nothing happens when the store has it already. */
  keep(): Promise<void>;
}

/** Where the bytes of media are. The same bytes are kept once. */
export interface FileStore {
  /**
   * Takes a file in as it comes, never as a whole in memory. What is not kept goes when it is disposed of.
   * @throws MatrixError 413 `M_TOO_LARGE` when there are more bytes than `limitBytes`
   */
  receive(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Incoming>;
  /** The bytes, or a part of them; `undefined` when the store does not have the file. */
  read(hash: string, range?: ByteRange): Promise<Readable | Uint8Array | undefined>;
  /** Lets `use` read the file on this machine's disk; `undefined` when the store does not have it. */
  asLocalFile<T>(hash: string, use: (path: string) => Promise<T>): Promise<T | undefined>;
  delete(hash: string): Promise<void>;
}
