import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What happens to a chunk that a client sends: it is passed on, or held back while the client is cut off. */
export type Decision = "pass" | "cut" | "pass and cut" | "cut and pass later";

/** A TCP relay before PostgreSQL that can lose connections at a chosen moment. */
export interface CuttingProxy extends AsyncDisposable {
  /** The server's address, through the proxy. */
  readonly url: string;
  /** Decides on what clients send from now on. */
  decide(decision: (sent: string) => Decision): void;
  /** Passes on what was held back. */
  release(): void;
}

/** Starts a proxy before the PostgreSQL server of an address. */
export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let decision: (sent: string) => Decision = passAll;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // A lost connection is what the proxy is for.
      socket.on("error", () => {});
    }
    upstream.on("data", (chunk) => client.writable && client.write(chunk));
    upstream.on("close", () => client.destroy());
    let isCut = false;
    client.on("end", () => upstream.end());
    client.on("close", () => {
      if (!isCut) upstream.destroy();
    });
    client.on("data", (chunk) => {
      const decided = decision(chunk.toString("latin1"));
      if (decided === "pass" || decided === "pass and cut") upstream.write(chunk);
      if (decided === "cut and pass later") held.push(() => upstream.write(chunk));
      if (decided === "pass") return;
      isCut = true;
      client.destroy();
      if (decided === "cut") upstream.destroy();
      // The server does what reached it, then sees that nobody is there.
      if (decided === "pass and cut") upstream.end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port is free");
  const own = new URL(serverUrl);
  own.port = String(address.port);
  return {
    url: own.href,
    decide: (next) => (decision = next),
    release: () => held.splice(0).forEach((pass) => pass()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function passAll(): Decision {
  return "pass";
}
