import type { ClientNeeds, PolicyClient } from "./client.ts";
import type { HttpClient, OutgoingRequest } from "./request.ts";
import type { OutgoingResponse } from "./response.ts";

/** A client that is made for its first request: reading the library takes a tenth of a start, and many never ask. */
export class ClientWhenAsked implements HttpClient, AsyncDisposable {
  readonly #needs: ClientNeeds;
  #client: Promise<PolicyClient> | undefined;

  constructor(needs: ClientNeeds) {
    this.#needs = needs;
  }

  async request(request: OutgoingRequest): Promise<OutgoingResponse> {
    this.#client ??= this.#make();
    return await (await this.#client).request(request);
  }

  /** Ends all connections; requests that are on their way fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#client)?.[Symbol.asyncDispose]();
  }

  async #make(): Promise<PolicyClient> {
    const { PolicyClient } = await import("./client.ts");
    return new PolicyClient(this.#needs);
  }
}
