import type { Readable } from "node:stream";
import { OutgoingError } from "./errors.ts";

/** Header names in lower case, as undici gives them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The answer of another server, read to its end. */
export class OutgoingResponse {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly #headers: Headers;

  constructor(status: number, headers: Headers, body: Uint8Array<ArrayBuffer>) {
    this.status = status;
    this.body = body;
    this.#headers = headers;
  }

  /** Between 200 and 299. */
  get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The first of that name (in lower case); `undefined` when there is none. */
  header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === "object" ? value[0] : value;
  }

  /** All headers, those that come several times as several pairs. */
  headerList(): [string, string][] {
    return Object.entries(this.#headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((text): [string, string] => [name, text]),
    );
  }

  /** The body as UTF-8; what is none becomes U+FFFD. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** @returns `undefined` when the body is no JSON: what others send is not an error of ours */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch {
      return undefined;
    }
  }
}

/** @throws OutgoingError `too-large` as soon as it is known, with the connection ended */
export async function readBody(
  body: Readable,
  { maxBytes, announced, host }: { readonly maxBytes: number; readonly announced: number; readonly host: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: number): void => {
    size += bytes;
    if (size <= maxBytes && announced <= maxBytes) return;
    throw new OutgoingError("too-large", host);
  };
  try {
    add(0);
    for await (const chunk of body.iterator()) {
      const bytes: unknown = chunk;
      if (!(bytes instanceof Uint8Array)) continue;
      add(bytes.byteLength);
      chunks.push(bytes);
    }
  } finally {
    body.destroy();
  }
  return new Uint8Array(Buffer.concat(chunks));
}
