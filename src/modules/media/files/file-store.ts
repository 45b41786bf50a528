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
  /**
   * To be called when that which speaks of the file is durable, or somebody else has it to decide whether the file is
   * needed. Until then, and beyond a crash, a file that was kept is `abandoned`.
   */
  confirm(): Promise<void>;
}

/** A file that was kept, or nearly, by who never said that it is needed. */
export interface Abandoned {
  readonly hash: string;
  /** Says that it was seen to. */
  forget(): Promise<void>;
}

/** How a file is to be called where a link leads. */
export interface LinkLook {
  readonly contentType: string;
  readonly contentDisposition: string;
}

/** Where the bytes of media are. The same bytes are kept once. */
export interface FileStore {
  /**
   * Takes a file in as it comes, never as a whole in memory. What is not kept goes when it is disposed of.
   * @throws MatrixError 413 `M_TOO_LARGE` when there are more bytes than `limitBytes`
   */
  receive(source: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Incoming>;
  /**
   * The bytes, or a part of them; `undefined` when the store does not have the file.
   * @throws MatrixError 503 `M_UNKNOWN` when the store cannot be reached
   */
  read(hash: string, range?: ByteRange): Promise<Readable | Uint8Array | undefined>;
  /** Lets `use` read the file on this machine's disk; `undefined` when the store does not have it. */
  asLocalFile<T>(hash: string, use: (path: string) => Promise<T>): Promise<T | undefined>;
  /** Nothing happens when the store does not have it. */
  delete(hash: string): Promise<void>;
  /** A URL of a few minutes' life where a client gets the file by itself; `undefined` where the store has no such thing. */
  link(hash: string, look: LinkLook): Promise<string | undefined>;
  /** Files kept by what was interrupted, in this run or an earlier one. Those on their way are not among them. */
  abandoned(): Promise<readonly Abandoned[]>;
}
