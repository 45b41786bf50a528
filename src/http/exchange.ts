import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Requester } from "./endpoint.ts";

/** Everything that waits and may be asked to stop waiting; one for each listener. */
export class Waiting {
  readonly #controllers = new Set<AbortController>();
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** A signal that is aborted when the client of `response` goes away or the server stops. */
  signalFor(response: ServerResponse): AbortSignal {
    const controller = new AbortController();
    if (this.#isOver) {
      controller.abort(new ServerStopping());
    } else if (response.destroyed) {
      controller.abort(new ClientGone());
    } else {
      this.#controllers.add(controller);
      response.once("close", () => {
        this.#controllers.delete(controller);
        if (!response.writableEnded) controller.abort(new ClientGone());
      });
    }
    return controller.signal;
  }

  /** Ends the waiting of all, now and from now on. */
  end(): void {
    this.#isOver = true;
    for (const controller of this.#controllers) controller.abort(new ServerStopping());
    this.#controllers.clear();
  }
}

/** Why a request's signal was aborted: nobody reads the answer any more. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** Why a request's signal was aborted: the server stops, what is known now should be answered. */
export class ServerStopping extends Error {
  override readonly name = "ServerStopping";
}

interface Parts {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown> | undefined;
  readonly body: unknown;
  readonly requester: Requester | undefined;
  readonly address: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly waiting: Waiting;
}

/** One request as an endpoint sees it. The signal is made when it is asked for: most endpoints never wait. */
export class Exchange {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown> | undefined;
  readonly body: unknown;
  readonly requester: Requester | undefined;
  readonly address: string;
  readonly #parts: Parts;
  #signal: AbortSignal | undefined;

  constructor(parts: Parts) {
    this.params = parts.params;
    this.query = parts.query;
    this.body = parts.body;
    this.requester = parts.requester;
    this.address = parts.address;
    this.#parts = parts;
  }

  get userAgent(): string {
    return this.#parts.request.headers["user-agent"] ?? "";
  }

  get url(): string {
    return this.#parts.request.url ?? "";
  }

  get headers(): IncomingHttpHeaders {
    return this.#parts.request.headers;
  }

  get stream(): Readable {
    return this.#parts.request;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#parts.waiting.signalFor(this.#parts.response);
    return this.#signal;
  }
}
