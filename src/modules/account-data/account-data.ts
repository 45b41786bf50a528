import type { Change } from "../../bus/change.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { type AccountDatum, deleteAllData, listData, readDatum, upsertDatum } from "./account-data.store.ts";

/** Published when account data changed. */
export interface AccountDataChange extends Change {
  readonly kind: "account_data";
  readonly userId: string;
  readonly type: string;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly users: Pick<Users, "accounts">;
  /**
   * Global data that everybody has and other modules keep, by type, e.g. the push rules. Its content is made when it is
   * asked for: what is written here (`{}` will do) says only that it changed.
   */
  readonly made?: ReadonlyMap<string, (userId: string) => Promise<object>>;
}

/** What account data is written: where, and which. */
export interface NewDatum {
  readonly userId: string;
  /** Absent for what is not of a room. */
  readonly roomId?: string;
  readonly type: string;
  readonly content: JsonObject;
}

/** The account data of users, which goes with the account. Modules whose data clients see as account data (tags, read markers) write it here. */
export interface AccountData {
  /** The content as JSON text; `undefined` when there is none. */
  get(userId: string, roomId: string | undefined, type: string): Promise<string | undefined>;
  /** Everything of a user, that of rooms and what other modules keep included. */
  all(userId: string): Promise<readonly AccountDatum[]>;
  /** What changed after a position. */
  changedAfter(userId: string, position: number): Promise<readonly AccountDatum[]>;
  set(datum: NewDatum): Promise<void>;
  /** As `set`, as a part of a transaction in the user's partition. */
  setIn(tx: Tx, datum: NewDatum): void;
}

export function createAccountData({ sql, partitions, users, made = new Map() }: Needs): AccountData {
  users.accounts.onDeactivation(deleteAllData);

  const isMade = ({ roomId, type }: AccountDatum): boolean => roomId === "" && made.has(type);
  const makeAll = async (userId: string, types: Iterable<string>): Promise<readonly AccountDatum[]> =>
    await Promise.all([...types].map(async (type) => ({ roomId: "", type, content: await make(userId, type) })));

  async function make(userId: string, type: string): Promise<string> {
    return JSON.stringify((await made.get(type)?.(userId)) ?? {});
  }

  return {
    async get(userId, roomId, type) {
      if (roomId === undefined && made.has(type)) return await make(userId, type);
      return await readDatum(sql, userId, roomId ?? "", type);
    },
    async all(userId) {
      const stored = await listData(sql, userId, undefined);
      return [...(await makeAll(userId, made.keys())), ...stored.filter((datum) => !isMade(datum))];
    },
    async changedAfter(userId, position) {
      const stored = await listData(sql, userId, position);
      const changed = await makeAll(
        userId,
        stored.filter(isMade).map(({ type }) => type),
      );
      return [...changed, ...stored.filter((datum) => !isMade(datum))];
    },
    set: async (datum) => await partitions.of(datum.userId).commit(datum.userId, (tx) => setIn(tx, datum)),
    setIn,
  };
}

function setIn(tx: Tx, { userId, roomId, type, content }: NewDatum): void {
  const position = tx.nextPosition();
  upsertDatum(tx, userId, { roomId: roomId ?? "", type, content: JSON.stringify(content) }, position);
  const change: AccountDataChange = { kind: "account_data", position, userId, type, ...(roomId && { roomId }) };
  tx.publish(change);
}
