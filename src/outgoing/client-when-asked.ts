import type { ClientNeeds, PolicyClient } from "./client.ts";
import type { OutgoingRequest, StreamingClient, StreamRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";
import type { StreamedResponse } from "./streamed-response.ts";

/** A client that is made for its first request: reading the library takes a tenth of a start, and many never ask. */
export class ClientWhenAsked implements StreamingClient, AsyncDisposable {
  readonly #needs: ClientNeeds;
  #client: Promise<PolicyClient> | undefined;

  constructor(needs: ClientNeeds) {
    this.#needs = needs;
  }

  async request(request: OutgoingRequest): Promise<OutgoingResponse> {
    return await (await this.#made()).request(request);
  }

  async stream(request: StreamRequest): Promise<StreamedResponse> {
    return await (await this.#made()).stream(request);
  }

  /** Ends all connections; requests that are on their way fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#client)?.[Symbol.asyncDispose]();
  }

  async #made(): Promise<PolicyClient> {
    this.#client ??= import("./client.ts").then(({ PolicyClient }) => new PolicyClient(this.#needs));
    return await this.#client;
  }
}
