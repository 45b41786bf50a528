/**
 * How the command line talks with a running server. A database is written by one process, so `heddle user create` cannot
 * open it while the server runs; it asks the server instead, through a socket in `data_dir` that only its owner may use.
 * A request is one JSON line, `[operation, ...arguments]`; so is its answer, `{"value": …}` or `{"error": "…"}`.
 */
import { join } from "node:path";
import { type Static, Type } from "typebox";
import type { Config } from "../config/config.ts";

/** Where the socket is. */
export function controlSocketPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "control.sock");
}

/** The longest line that is read. */
export const maxLineLength = 64 * 1024;

const newAccount = Type.Object({
  userId: Type.String(),
  password: Type.Optional(Type.String()),
  isAdmin: Type.Optional(Type.Boolean()),
});

/** A request. */
export const requestSchema = Type.Union([
  Type.Tuple([Type.Literal("get"), Type.String()]),
  Type.Tuple([Type.Literal("list"), Type.String(), Type.Integer({ minimum: 1, maximum: 1000 })]),
  Type.Tuple([Type.Literal("create"), newAccount]),
  Type.Tuple([Type.Literal("setPassword"), Type.String(), Type.String()]),
  Type.Tuple([Type.Literal("setLocked"), Type.String(), Type.Boolean()]),
  Type.Tuple([Type.Literal("setSuspended"), Type.String(), Type.Boolean()]),
  Type.Tuple([Type.Literal("setAdmin"), Type.String(), Type.Boolean()]),
  Type.Tuple([Type.Literal("deactivate"), Type.String(), Type.Object({ isErased: Type.Boolean() })]),
  Type.Tuple([Type.Literal("unlink"), Type.String()]),
  Type.Tuple([Type.Literal("devicesOf"), Type.String()]),
  Type.Tuple([Type.Literal("logOut"), Type.String(), Type.Array(Type.String())]),
]);

export type ControlRequest = Static<typeof requestSchema>;

const account = Type.Object({
  userId: Type.String(),
  isAdmin: Type.Boolean(),
  isGuest: Type.Boolean(),
  isDeactivated: Type.Boolean(),
  isLocked: Type.Boolean(),
  isSuspended: Type.Boolean(),
  createdAt: Type.Integer(),
});

const device = Type.Object({
  deviceId: Type.String(),
  displayName: Type.Union([Type.Null(), Type.String()]),
  lastSeenAt: Type.Integer(),
  lastSeenAddress: Type.String(),
  lastSeenUserAgent: Type.String(),
});

/** What `value` is for each operation. */
export const valueSchemas = {
  get: Type.Union([Type.Null(), account]),
  list: Type.Array(account),
  create: Type.Boolean(),
  setPassword: Type.Null(),
  setLocked: Type.Boolean(),
  setSuspended: Type.Boolean(),
  setAdmin: Type.Null(),
  deactivate: Type.Null(),
  unlink: Type.Null(),
  devicesOf: Type.Array(device),
  logOut: Type.Null(),
};
