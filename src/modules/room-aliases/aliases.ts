import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Sql } from "../../store/sql.ts";
import { parseRoomAlias, parseRoomId } from "../../protocol/ids/ids.ts";
import { invalidParam, notFound, unknownError } from "../../http/errors.ts";
import {
  type AliasesStore,
  aliasesStore,
  type AliasRecord,
  deleteAlias,
  insertAlias,
  INSERT_OR_FAIL,
  moveAliases,
} from "./aliases.store.ts";

/** The room aliases of this server. */
export interface Aliases extends AliasesStore {
  /** @throws MatrixError 409 `M_UNKNOWN` when the alias is taken. */
  add(record: AliasRecord): Promise<void>;
  /** As `add`, within a transaction, which fails as a whole when the alias was taken meanwhile. */
  reserve(tx: Tx, record: AliasRecord): void;
  /** Lets all aliases of a room point to another one, within a transaction: that of the room's replacement. */
  moveAll(tx: Tx, fromRoom: string, toRoom: string): void;
  remove(alias: string): Promise<void>;
  /**
   * The room of an alias, or the room ID itself.
   * @throws MatrixError `M_NOT_FOUND` for an alias that is not known, `M_INVALID_PARAM` for what is neither.
   */
  resolve(roomIdOrAlias: string): Promise<string>;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: Partitions;
}

export function createAliases({ sql, partitions }: Needs): Aliases {
  const store = aliasesStore(sql);
  return {
    ...store,

    async add(record) {
      // An alias lives in the partition of its name, so that two requests for it meet.
      const inserted = await partitions.of(record.alias).commit(record.alias, (tx) => insertAlias(tx, record));
      if (inserted.changes === 0) throw unknownError(409, `${record.alias} is taken`);
    },

    reserve: (tx, record) => tx.run(INSERT_OR_FAIL, [record.alias, record.roomId, record.creator]),

    moveAll: moveAliases,

    async remove(alias) {
      await partitions.of(alias).commit(alias, (tx) => deleteAlias(tx, alias));
    },

    async resolve(roomIdOrAlias) {
      if (parseRoomId(roomIdOrAlias)) return roomIdOrAlias;
      if (!parseRoomAlias(roomIdOrAlias)) throw invalidParam(`${roomIdOrAlias} is neither a room ID nor a room alias`);
      const record = await store.byAlias(roomIdOrAlias);
      if (!record) throw notFound(`${roomIdOrAlias} is not known`);
      return record.roomId;
    },
  };
}
