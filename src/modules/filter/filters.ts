import { hash } from "node:crypto";
import type { Tx } from "../../engine/partitions/tx.ts";
import { forbidden } from "../../http/errors.ts";
import type { SyncFilter } from "../../protocol/filters/filter.ts";
import { parseFilter } from "../../protocol/filters/parse.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { insertFilter, readFilter, readFilterId } from "./filters.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
}

/** Filters that clients have stored. They never change, so that they may be kept in memory for as long as one likes. */
export interface Filters {
  /** Stores a filter that has been checked. Equal texts get the same ID: many clients send theirs at every start. */
  add(userId: string, filter: JsonObject): Promise<string>;
  /** The JSON text of a filter. */
  getText(userId: string, filterId: string): Promise<string | undefined>;
  /** The filter, compiled for `/sync`; `undefined` when the user has no such filter. */
  get(userId: string, filterId: string): Promise<SyncFilter | undefined>;
}

export function createFilters({ sql, partitions }: Needs): Filters {
  async function getText(userId: string, filterId: string): Promise<string | undefined> {
    return /^\d{1,15}$/.test(filterId) ? await readFilter(sql, userId, Number(filterId)) : undefined;
  }

  return {
    async add(userId, filter) {
      const json = JSON.stringify(filter);
      const jsonHash = hash("sha256", json, "base64url");
      const known = await readFilterId(sql, userId, jsonHash);
      if (known !== undefined) return String(known);
      await partitions.of(userId).commit(userId, (tx) => insertFilter(tx, userId, jsonHash, json));
      const added = await readFilterId(sql, userId, jsonHash);
      if (added === undefined) throw forbidden("You have stored too many filters");
      return String(added);
    },
    getText,
    async get(userId, filterId) {
      const text = await getText(userId, filterId);
      if (text === undefined) return undefined;
      const json: JsonValue = JSON.parse(text);
      const parsed = parseFilter(json);
      if (!parsed.ok) throw new Error(`The stored filter ${filterId} of ${userId} is not valid: ${parsed.reason}`);
      return parsed.filter;
    },
  };
}
