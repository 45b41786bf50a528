import { Pool } from "undici";

/** What a homeserver answered when it did not do what was asked. */
export class RefusedError extends Error {
  readonly status: number;
  readonly body: string;

  constructor(request: string, status: number, body: string) {
    super(`${request} was answered with ${status}: ${body.slice(0, 500)}`);
    this.name = "RefusedError";
    this.status = status;
    this.body = body;
  }
}

/** What a request may carry. */
export type RequestOptions = {
  /** The access token. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, instead of JSON. */
  readonly bytes?: Uint8Array;
  /** Of the bytes. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
};

/** More requests than this wait for a connection: more than any workload has under way. */
const MAX_CONNECTIONS = 256;
/** Longer than the longest poll, shorter than a night. */
const ANSWER_LIMIT_MS = 120_000;

/** Talks to one homeserver over connections that stay open. */
export class HomeserverClient implements AsyncDisposable {
  readonly baseUrl: string;
  readonly #pool: Pool;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
    this.#pool = new Pool(new URL(baseUrl).origin, {
      connections: MAX_CONNECTIONS,
      headersTimeout: ANSWER_LIMIT_MS,
      bodyTimeout: ANSWER_LIMIT_MS,
    });
  }

  /** The parsed answer. Throws a {@link RefusedError} for every status but 2xx. */
  async request(method: "GET" | "POST" | "PUT", path: string, options: RequestOptions = {}): Promise<unknown> {
    const text = await this.requestText(method, path, options);
    const value: unknown = text === "" ? undefined : JSON.parse(text);
    return value;
  }

  /** The same, unparsed: for answers of which only the time and the size count. */
  async requestText(method: "GET" | "POST" | "PUT", path: string, options: RequestOptions = {}): Promise<string> {
    return (await this.requestBytes(method, path, options)).toString();
  }

  /** The same, as bytes: for files. */
  async requestBytes(method: "GET" | "POST" | "PUT", path: string, options: RequestOptions = {}): Promise<Buffer> {
    const { token, body, bytes, contentType = "application/json", signal } = options;
    const sent = bytes ?? (body === undefined ? null : JSON.stringify(body));
    const headers: Record<string, string> = {};
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (sent !== null) headers["content-type"] = contentType;
    const answer = await this.#pool.request({ method, path, headers, body: sent, ...(signal ? { signal } : {}) });
    const received = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode >= 200 && answer.statusCode < 300) return received;
    throw new RefusedError(`${method} ${path}`, answer.statusCode, received.toString());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
