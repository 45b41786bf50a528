import { chmod, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Logger } from "pino";
import { Check } from "typebox/schema";
import type { AccountAdministration } from "./account-administration.ts";
import { type ControlRequest, maxLineLength, requestSchema } from "./control-protocol.ts";

const ownerOnly = 0o600;

/**
 * Serves the control socket of a running server until it is disposed of. A socket that a killed server left behind is
 * replaced. Where the system does not allow such a socket (a path of more than about 100 bytes), the server runs without.
 */
export async function serveControl(
  path: string,
  accounts: AccountAdministration,
  logger: Logger,
): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    // A caller that goes away in the middle has lost interest in the answer.
    socket.on("error", (error) => logger.debug({ err: error }, "control connection lost"));
    void answerLines(socket, accounts);
  });
  try {
    await rm(path, { force: true });
    await once(server.listen(path), "listening");
    await chmod(path, ownerOnly);
  } catch (error) {
    logger.warn(
      { err: error, path },
      "no control socket: accounts can be administered while the server is stopped only",
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(path, { force: true });
    },
  };
}

async function answerLines(socket: Socket, accounts: AccountAdministration): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    if (line.length > maxLineLength) break;
    socket.write(`${JSON.stringify(await answer(line, accounts))}\n`);
  }
  socket.destroy();
}

async function answer(line: string, accounts: AccountAdministration): Promise<object> {
  try {
    const request: unknown = JSON.parse(line);
    if (!Check(requestSchema, request)) return { error: "the running server does not know this request" };
    return { value: (await perform(request, accounts)) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(request: ControlRequest, accounts: AccountAdministration): Promise<unknown> {
  switch (request[0]) {
    case "get":
      return await accounts.get(request[1]);
    case "list":
      return await accounts.list(request[1], request[2]);
    case "create":
      return await accounts.create(request[1]);
    case "setPassword":
      await accounts.setPassword(request[1], request[2], {});
      return undefined;
    case "setLocked":
      return await accounts.setLocked(request[1], request[2]);
    case "setSuspended":
      return await accounts.setSuspended(request[1], request[2]);
    case "setAdmin":
      await accounts.setAdmin(request[1], request[2]);
      return undefined;
    case "deactivate":
      await accounts.deactivate(request[1], request[2]);
      return undefined;
    case "unlink":
      await accounts.unlink(request[1]);
      return undefined;
    case "devicesOf":
      return await accounts.devicesOf(request[1]);
    case "logOut":
      await accounts.logOut(request[1], request[2]);
      return undefined;
    default:
      throw request satisfies never;
  }
}
