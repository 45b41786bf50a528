import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import { MatrixError } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import type { Identifier } from "./address.ts";
import {
  addBinding,
  type Binding,
  readBindings,
  readBindingsOf,
  removeAllBindings,
  removeBinding,
} from "./bindings.store.ts";
import type { Identifiers } from "./identifiers.ts";
import type { BindWish, IdentityServers } from "./identity-server.ts";

/** Whether what was published with identity servers was taken back. */
export type UnbindResult = "success" | "no-support";

/** What users have published with identity servers through this server: remembered, so that it can be taken back. */
export interface Bindings {
  /** @throws MatrixError as `IdentityServers.bind` */
  bind(wish: BindWish): Promise<void>;
  /**
   * Takes an identifier back from the identity server that is named, or else from all where it was published.
   * @throws MatrixError as `IdentityServers.unbind`
   */
  unbind(userId: string, identifier: Identifier, idServer: string | undefined): Promise<UnbindResult>;
  /** Takes back all of a user's identifiers, as far as it can be done: never throws for what an identity server says. */
  unbindAll(userId: string, idServer: string | undefined): Promise<UnbindResult>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly users: Pick<Users, "accounts">;
  readonly identifiers: Pick<Identifiers, "ofUser">;
  readonly identityServers: IdentityServers;
}

/** Of one user: each is a request to another server when the account ends. */
const MAX_BINDINGS = 100;

export function createBindings({ sql, partitions, clock, users, identifiers, identityServers }: Needs): Bindings {
  users.accounts.onDeactivation(removeAllBindings);

  async function take(userId: string, binding: Binding): Promise<UnbindResult> {
    const result = await identityServers.unbind(binding.idServer, userId, binding);
    if (result === "success") await partitions.of(userId).commit(userId, (tx) => removeBinding(tx, userId, binding));
    return result;
  }

  async function takeAll(userId: string, bindings: readonly Binding[]): Promise<UnbindResult> {
    const results: UnbindResult[] = [];
    for (const binding of bindings) results.push(await take(userId, binding));
    return results.length > 0 && !results.includes("no-support") ? "success" : "no-support";
  }

  return {
    async bind(wish) {
      const { userId, idServer } = wish;
      const { medium, address } = await identityServers.bind(wish);
      const binding = { medium, address, idServer, at: clock.now() };
      await partitions.of(userId).commit(userId, (tx) => addBinding(tx, userId, binding));
    },

    async unbind(userId, { medium, address }, idServer) {
      if (idServer !== undefined) return await take(userId, { medium, address, idServer });
      return await takeAll(userId, await readBindingsOf(sql, userId, { medium, address, limit: MAX_BINDINGS }));
    },

    async unbindAll(userId, idServer) {
      const bindings = await readBindings(sql, userId, MAX_BINDINGS);
      const own = await identifiers.ofUser(userId);
      // Of what is bound nowhere that this server knows, nobody can say whether it is bound elsewhere.
      const unknown = own.filter((one) => !bindings.some((binding) => isSame(one, binding)));
      const asked = idServer === undefined ? bindings : [...bindings, ...own].map((one) => ({ ...one, idServer }));
      const results = await Promise.all(asked.map(async (binding) => await attempt(take(userId, binding))));
      const isUnknown = idServer === undefined && unknown.length > 0;
      return isUnknown || results.includes("no-support") ? "no-support" : "success";
    },
  };
}

const isSame = (a: Identifier, b: Identifier): boolean => a.medium === b.medium && a.address === b.address;

/** The account ends whatever an identity server answers. */
async function attempt(taking: Promise<UnbindResult>): Promise<UnbindResult> {
  try {
    return await taking;
  } catch (error) {
    if (error instanceof MatrixError) return "no-support";
    throw error;
  }
}
