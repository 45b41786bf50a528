import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { OutgoingError } from "./errors.ts";
import { type AnswerHeaders, firstOf, OutgoingResponse } from "./response.ts";

/** How much of a body is read. */
export interface BodyLimits {
  /** Of what comes out, where it is unpacked. */
  readonly maxBytes: number;
  /** A body of more ends there, instead of being refused. */
  readonly cutsOff?: boolean;
}

/** What an answer is made of. */
export interface StreamedParts {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** As it comes over the connection. */
  readonly body: Readable;
  /** Where it came from, redirects followed. */
  readonly url: URL;
  readonly hasBody: boolean;
  readonly unpacks: boolean;
  /** What the request takes up until the answer is read. */
  readonly places: Disposable;
  /** What went wrong while the body was read, as one of ours. */
  readonly toError: (error: unknown) => OutgoingError;
}

/** Bytes that come packed may be so many more than what is wanted of them: read ahead, and what packing adds. */
const PACKED_SLACK_BYTES = 256 * 1024;

/** The answer of another server whose body is still to be read, once. To be disposed of. */
export class StreamedResponse implements AsyncDisposable {
  readonly #parts: StreamedParts;

  constructor(parts: StreamedParts) {
    this.#parts = parts;
    // Whoever reads the body is told; nobody else needs to know that it broke.
    parts.body.on("error", () => undefined);
  }

  get status(): number {
    return this.#parts.status;
  }

  /** Where the answer came from, redirects followed. */
  get url(): URL {
    return this.#parts.url;
  }

  /** Between 200 and 299. */
  get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The first of that name (in lower case); `undefined` when there is none. */
  header(name: string): string | undefined {
    return firstOf(this.#parts.headers, name);
  }

  /**
   * The body as it comes. Whoever ends the loop early ends the connection.
   * @throws OutgoingError `too-large` as soon as it is known, unless it is cut off; and as a request does
   */
  async *bytes({ maxBytes, cutsOff = false }: BodyLimits): AsyncGenerator<Uint8Array> {
    const { body, hasBody, headers, toError } = this.#parts;
    try {
      const announced = hasBody ? Number(firstOf(headers, "content-length") ?? 0) : 0;
      if (announced > maxBytes && !cutsOff) throw this.#tooLarge();
      let leftBytes = maxBytes;
      for await (const chunk of this.#unpacked(maxBytes)) {
        if (chunk.byteLength > leftBytes && !cutsOff) throw this.#tooLarge();
        yield chunk.subarray(0, leftBytes);
        leftBytes -= Math.min(leftBytes, chunk.byteLength);
        if (leftBytes === 0 && cutsOff) return;
      }
    } catch (error) {
      throw toError(error);
    } finally {
      body.destroy();
    }
  }

  /**
   * All of the body, and the rest of the answer with it.
   * @throws OutgoingError `too-large` when it has more bytes, and as `bytes` does
   */
  async whole(maxBytes: number): Promise<OutgoingResponse> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.bytes({ maxBytes })) chunks.push(chunk);
    return new OutgoingResponse(this.status, this.#parts.headers, new Uint8Array(Buffer.concat(chunks)));
  }

  /** Lets go of what was not read. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#parts.body.destroy();
    this.#parts.places[Symbol.dispose]();
  }

  #unpacked(maxBytes: number): AsyncIterable<Uint8Array> {
    const { body, unpacks, headers } = this.#parts;
    const encoding = unpacks ? (firstOf(headers, "content-encoding") ?? "").trim().toLowerCase() : "";
    if (encoding === "" || encoding === "identity") return body;
    const decoder = decoderOf(encoding);
    if (!decoder) throw new OutgoingError("unreadable", this.url.host);
    const limited = async function* (this: StreamedResponse, source: AsyncIterable<Uint8Array>) {
      let size = 0;
      for await (const chunk of source) {
        size += chunk.byteLength;
        if (size > maxBytes + PACKED_SLACK_BYTES) throw this.#tooLarge();
        yield chunk;
      }
    };
    // What fails ends the decoder with the same error, for whoever reads it.
    return pipeline(body, limited.bind(this), decoder, () => undefined);
  }

  #tooLarge(): OutgoingError {
    return new OutgoingError("too-large", this.url.host);
  }
}

function decoderOf(encoding: string) {
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  return encoding === "br" ? createBrotliDecompress() : undefined;
}
