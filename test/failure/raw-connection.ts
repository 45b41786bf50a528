import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { at } from "../../bench/read-json.ts";

const ANSWER_LIMIT_MS = 15_000;

/** A TCP connection to a server, on which anything can be written. */
export class RawConnection implements Disposable {
  readonly #socket: Socket;
  #received = "";
  #isOver = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (text: string) => (this.#received += text));
    socket.on("close", () => (this.#isOver = true));
    // The server may cut us off at any time: then `close` follows.
    socket.on("error", () => {});
  }

  static async to(baseUrl: string): Promise<RawConnection> {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  write(bytes: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Reads nothing any more. */
  pause(): void {
    this.#socket.pause();
  }

  /** No more comes from us; we still listen. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Gone without a goodbye. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** The first answer: `400 M_NOT_JSON`. `closed` when the connection ended without one. */
  async answer(): Promise<string> {
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    for (;;) {
      const found = parseAnswer(this.#received);
      if (found !== undefined) return found;
      if (this.#isOver) return "closed";
      await nextNews(this.#socket, limit);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

async function nextNews(socket: Socket, limit: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([limit, stop.signal]);
  try {
    await Promise.race(
      ["data", "close"].map(async (name) => await quietly(once(socket, name, { signal }), stop.signal)),
    );
  } finally {
    stop.abort();
  }
}

/** Of two events that are waited for, the second one is given up. */
async function quietly(news: Promise<unknown>, isGivenUp: AbortSignal): Promise<void> {
  try {
    await news;
  } catch (error) {
    if (!isGivenUp.aborted) throw error;
  }
}

function parseAnswer(received: string): string | undefined {
  const [head = "", body] = received.split("\r\n\r\n", 2);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  if (status === undefined || body === undefined || body.length < length) return undefined;
  const errcode = length > 0 ? at(JSON.parse(body), "errcode") : undefined;
  return typeof errcode === "string" ? `${status} ${errcode}` : status;
}
