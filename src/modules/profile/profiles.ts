import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import { profileTooLarge } from "../../http/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import { deleteField, deleteFields, listFields, upsertField } from "./profiles.store.ts";

/** @see https://spec.matrix.org/v1.19/client-server-api/#profiles */
const maximumProfileBytes = 64 * 1024;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly users: Pick<Users, "accounts">;
}

/** Called while a changed field is recorded (`undefined`: it is removed): what it adds is part of the transaction. */
export type ProfileListener = (tx: Tx, userId: string, name: string, value: JsonValue | undefined) => void;

/** The profiles of the users of this server. They go with the account. */
export interface Profiles {
  /** All fields; empty when there are none, whether or not there is such a user. */
  get(userId: string): Promise<JsonObject>;
  /** What a membership event of the user carries. */
  getMember(userId: string): Promise<{ readonly displayname?: string; readonly avatar_url?: string }>;
  /**
   * Writes a field, or removes it (`undefined`). @returns whether anything changed.
   * @throws MatrixError 400 `M_PROFILE_TOO_LARGE`
   */
  set(userId: string, name: string, value: JsonValue | undefined): Promise<boolean>;
  /** Modules that repeat profiles follow their changes. Profiles that go with their account are not told. */
  onChange(listener: ProfileListener): void;
}

export function createProfiles({ sql, partitions, users }: Needs): Profiles {
  const listeners: ProfileListener[] = [];
  users.accounts.onDeactivation(deleteFields);

  async function get(userId: string): Promise<JsonObject> {
    const fields = await listFields(sql, userId);
    const entries = fields.map(({ name, value }): [string, JsonValue] => [name, JSON.parse(value)]);
    return Object.fromEntries(entries);
  }

  return {
    get,
    async getMember(userId) {
      const { displayname, avatar_url: avatarUrl } = await get(userId);
      return {
        ...(typeof displayname === "string" && { displayname }),
        ...(typeof avatarUrl === "string" && { avatar_url: avatarUrl }),
      };
    },
    async set(userId, name, value) {
      const profile = await get(userId);
      const text = value === undefined ? undefined : JSON.stringify(value);
      const before = profile[name] === undefined ? undefined : JSON.stringify(profile[name]);
      if (text === before) return false;
      if (text !== undefined) checkSize({ ...profile, [name]: value ?? null });
      await partitions.of(userId).commit(userId, (tx) => {
        if (text === undefined) deleteField(tx, userId, name);
        else upsertField(tx, userId, { name, value: text });
        for (const listener of listeners) listener(tx, userId, name, value);
      });
      return true;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function checkSize(profile: JsonObject): void {
  if (Buffer.byteLength(JSON.stringify(profile)) > maximumProfileBytes)
    throw profileTooLarge("The profile is too large");
}
