import type { Clock } from "../../clock.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { AccountAddition, Users } from "../../engine/users/users.ts";
import { type MatrixError, threepidDenied, threepidInUse } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import { type Identifier, readPhone, toIdentifier } from "./address.ts";
import {
  addIdentifier,
  addToNewAccount,
  type OwnIdentifier,
  readIdentifiers,
  readOwner,
  removeAllIdentifiers,
  removeIdentifier,
} from "./identifiers.store.ts";
import type { ValidatedIdentifier } from "./validations.ts";
import { deleteSession } from "./validation-sessions.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly users: Pick<Users, "accounts">;
}

/** A login's or a stage's way to name a user by an identifier; members depend on `type`. */
export interface NamedByIdentifier {
  readonly type: string;
  readonly medium?: string;
  readonly address?: string;
  readonly country?: string;
  readonly phone?: string;
}

/** The e-mail addresses and telephone numbers of accounts. Each belongs to one account of this server at most. */
export interface Identifiers {
  /** The oldest first. */
  ofUser(userId: string): Promise<readonly OwnIdentifier[]>;
  /** Whose the identifier is; `undefined` when it is nobody's. */
  ownerOf(identifier: Identifier): Promise<string | undefined>;
  /** The same for `m.id.thirdparty` and `m.id.phone`. */
  userNamedBy(named: NamedByIdentifier): Promise<string | undefined>;
  /**
   * Adds what was validated, and ends its validation session.
   * @throws MatrixError 400 `M_THREEPID_IN_USE` when somebody else was faster; 403 `M_THREEPID_DENIED` beyond the limit
   */
  add(userId: string, validated: ValidatedIdentifier): Promise<void>;
  /**
   * The same for an account that is about to be made: what records the identifiers with it.
   * @throws MatrixError 400 `M_THREEPID_IN_USE` when one of them is somebody's already
   */
  additionOf(validated: readonly ValidatedIdentifier[]): Promise<AccountAddition>;
  /** Does nothing when it is not the user's. */
  remove(userId: string, identifier: Identifier): Promise<void>;
}

/** More than anybody has, so that no list of them grows without end. */
const MAX_FOR_USER = 50;

export function createIdentifiers({ sql, partitions, clock, users }: Needs): Identifiers {
  users.accounts.onDeactivation(removeAllIdentifiers);
  const ownerOf = async (identifier: Identifier): Promise<string | undefined> => await readOwner(sql, identifier);
  return {
    ofUser: async (userId) => await readIdentifiers(sql, userId, MAX_FOR_USER),
    ownerOf,
    async userNamedBy(named) {
      const identifier = await identifierOf(named);
      return identifier && (await ownerOf(identifier));
    },
    async add(userId, { medium, address, validatedAt, sid }) {
      const own = await readIdentifiers(sql, userId, MAX_FOR_USER);
      if (own.length >= MAX_FOR_USER) throw threepidDenied(`An account has at most ${MAX_FOR_USER} identifiers`);
      const identifier = { medium, address, validatedAt, addedAt: clock.now() };
      const { changes } = await partitions.of(userId).commit(userId, (tx) => {
        deleteSession(tx, sid);
        return addIdentifier(tx, userId, identifier);
      });
      if (changes === 0) throw inUse();
    },
    async additionOf(validated) {
      for (const identifier of validated) if ((await ownerOf(identifier)) !== undefined) throw inUse();
      return (tx, made) => {
        for (const { sid, ...identifier } of validated) {
          addToNewAccount(tx, made, { ...identifier, addedAt: clock.now() });
          deleteSession(tx, sid);
        }
      };
    },
    async remove(userId, identifier) {
      await partitions.of(userId).commit(userId, (tx) => removeIdentifier(tx, userId, identifier));
    },
  };
}

const inUse = (): MatrixError => threepidInUse("The identifier belongs to another account");

/** @see https://spec.matrix.org/v1.19/client-server-api/#identifier-types */
async function identifierOf({ type, medium = "", address = "", country, phone = "" }: NamedByIdentifier) {
  if (type === "m.id.thirdparty") return await toIdentifier(medium, address);
  const number = type === "m.id.phone" ? await readPhone(phone, country) : undefined;
  return number && ({ medium: "msisdn", address: number.address } as const);
}
