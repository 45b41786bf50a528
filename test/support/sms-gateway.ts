/** A real gateway for text messages on loopback, for tests: it takes every request and lets the test read it. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";

/** A request as it arrived. */
export interface ReceivedMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export class TestSmsGateway implements AsyncDisposable {
  readonly #server: Server;
  readonly messages: ReceivedMessage[] = [];
  /** With what the gateway answers. */
  status = 200;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        this.messages.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(this.status).end("{}");
      });
    });
  }

  static async start(): Promise<TestSmsGateway> {
    const gateway = new TestSmsGateway();
    await once(gateway.#server.listen(0, "127.0.0.1"), "listening");
    return gateway;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("The gateway does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
