/** A real, small identity server over HTTPS on loopback, for tests: what homeservers ask of one. */
import { once } from "node:events";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { testCertificates } from "../../src/http/testing-certificates.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/protocol/json/json.ts";

/** The certificate to trust. */
export const identityServerCertificate = testCertificates.first.cert;

/** The access token that it takes. */
export const identityServerToken = "swordfish";

/** A request to take a binding back. */
export interface UnbindRequest {
  readonly authorization: string;
  readonly body: JsonObject;
}

export class TestIdentityServer implements AsyncDisposable {
  readonly #server = createServer({ ...testCertificates.first }, (request, response) => this.#take(request, response));
  /** Addresses by session: what has been validated here. */
  readonly validated = new Map<string, string>();
  /** User IDs by address. */
  readonly bound = new Map<string, string>();
  readonly unbinds: UnbindRequest[] = [];
  /** Instead of taking bindings back, it answers so. */
  unbindAnswer: { readonly status: number; readonly body: string } | undefined;

  static async start(): Promise<TestIdentityServer> {
    const server = new TestIdentityServer();
    await once(server.#server.listen(0, "127.0.0.1"), "listening");
    return server;
  }

  /** As clients name it. */
  get name(): string {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) throw new Error("The identity server does not listen");
    return `localhost:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: JsonObject = JSON.parse(Buffer.concat(chunks).toString());
      const { status, text } = this.#answer(request, body);
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
  }

  #answer({ url, headers: { authorization = "" } }: IncomingMessage, body: JsonObject) {
    if (url === "/_matrix/identity/v2/3pid/bind") return this.#bind(authorization, body);
    if (url === "/_matrix/identity/v2/3pid/unbind") return this.#unbind({ authorization, body });
    return refuse(404, "M_UNRECOGNIZED");
  }

  #bind(authorization: string, { sid, mxid }: JsonObject) {
    if (authorization !== `Bearer ${identityServerToken}`) return refuse(401, "M_UNAUTHORIZED");
    const address = this.validated.get(textOf(sid));
    if (address === undefined) return refuse(400, "M_SESSION_NOT_VALIDATED");
    this.bound.set(address, textOf(mxid));
    const text = JSON.stringify({ medium: "email", address, mxid, not_before: 0, not_after: 1, ts: 0, signatures: {} });
    return { status: 200, text };
  }

  #unbind(request: UnbindRequest) {
    this.unbinds.push(request);
    if (this.unbindAnswer) return { status: this.unbindAnswer.status, text: this.unbindAnswer.body };
    const { threepid } = request.body;
    if (isJsonObject(threepid)) this.bound.delete(textOf(threepid["address"]));
    return { status: 200, text: "{}" };
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

const refuse = (status: number, errcode: string) => ({ status, text: JSON.stringify({ errcode, error: errcode }) });
