import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Static, TSchema } from "typebox";
import { Check } from "typebox/schema";
import type { AccountAdministration } from "./account-administration.ts";
import { type ControlRequest, valueSchemas } from "./control-protocol.ts";
import { CommandError } from "./failure.ts";

/** The accounts of a server that runs, as long as it is not disposed of. */
export type RemoteAccounts = AccountAdministration & Disposable;

/** Connects to the control socket of a running server; `undefined` when none runs. */
export async function connectControl(path: string): Promise<RemoteAccounts | undefined> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw new CommandError(`cannot reach the running server at ${path}`, { cause: error });
  }
  return remoteAccounts(socket);
}

function remoteAccounts(socket: Socket): RemoteAccounts {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();

  async function ask<S extends TSchema>(schema: S, request: ControlRequest): Promise<Static<S>> {
    socket.write(`${JSON.stringify(request)}\n`);
    const { value: line, done } = await lines.next();
    if (done === true) throw new CommandError("the running server went away");
    const answer: unknown = JSON.parse(line);
    if (hasError(answer)) throw new CommandError(answer.error);
    const value = typeof answer === "object" && answer !== null && "value" in answer ? answer.value : undefined;
    if (!Check(schema, value)) throw new CommandError("the running server is of another version");
    return value;
  }

  return {
    get: async (userId) => (await ask(valueSchemas.get, ["get", userId])) ?? undefined,
    list: async (after, limit) => await ask(valueSchemas.list, ["list", after, limit]),
    async create({ userId, password, isAdmin = false }) {
      const account = password === undefined ? { userId, isAdmin } : { userId, password, isAdmin };
      return await ask(valueSchemas.create, ["create", account]);
    },
    async setPassword(userId, password) {
      await ask(valueSchemas.setPassword, ["setPassword", userId, password]);
    },
    setLocked: async (userId, isLocked) => await ask(valueSchemas.setLocked, ["setLocked", userId, isLocked]),
    setSuspended: async (userId, isSuspended) =>
      await ask(valueSchemas.setSuspended, ["setSuspended", userId, isSuspended]),
    async setAdmin(userId, isAdmin) {
      await ask(valueSchemas.setAdmin, ["setAdmin", userId, isAdmin]);
    },
    async deactivate(userId, how = { isErased: false }) {
      await ask(valueSchemas.deactivate, ["deactivate", userId, how]);
    },
    async unlink(userId) {
      await ask(valueSchemas.unlink, ["unlink", userId]);
    },
    devicesOf: async (userId) => await ask(valueSchemas.devicesOf, ["devicesOf", userId]),
    async logOut(userId, deviceIds) {
      await ask(valueSchemas.logOut, ["logOut", userId, [...deviceIds]]);
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function hasError(answer: unknown): answer is { readonly error: string } {
  return typeof answer === "object" && answer !== null && "error" in answer && typeof answer.error === "string";
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED");
}
