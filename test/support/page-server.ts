/** A web server whose pages tests make up. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What a page answers. */
export type Page = (response: ServerResponse, request: IncomingMessage) => void;

/** A running server of pages. */
export interface PageServer {
  readonly port: number;
  /** `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** The requests that came for a path, in order. */
  asked(path: string): readonly IncomingMessage[];
  /** Puts a page at a path of its own; gives its URL. */
  put(page: Page): string;
  close(): void;
}

/** Answers with a body of a type. */
export const page =
  (body: string | Uint8Array, contentType = "text/html", headers: Readonly<Record<string, string>> = {}): Page =>
  (response) =>
    void response.writeHead(200, { "content-type": contentType, ...headers }).end(body);

/** A page with this in its head. */
export const withHead = (head: string): Page => page(`<!doctype html><html><head>${head}</head><body></body></html>`);

/** Paths that no test put a page at answer with 404. */
export async function startPageServer(): Promise<PageServer> {
  const pages = new Map<string, Page>();
  const requests = new Map<string, IncomingMessage[]>();
  const server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    requests.getOrInsertComputed(path, () => []).push(request);
    const found = pages.get(path);
    if (found) found(response, request);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // Whoever forgets to close it shall not keep the process alive.
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    asked: (path) => requests.get(new URL(path, origin).pathname) ?? [],
    put(added) {
      const path = `/page-${pages.size}`;
      pages.set(path, added);
      return origin + path;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
