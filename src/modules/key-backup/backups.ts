import type { Tx } from "../../engine/partitions/tx.ts";
import { Turns } from "../../engine/turns.ts";
import { forbidden, invalidParam, notFound, wrongRoomKeysVersion } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import {
  type Backup,
  deleteAllBackups,
  deleteBackup,
  insertBackup,
  type NewBackup,
  readBackup,
  readCurrentBackup,
  readLastVersion,
  updateAuthData,
} from "./backups.store.ts";
import { type BackedUpKey, type BackupState, deleteKeys, type KeyRange, readKeys, writeKeys } from "./keys.store.ts";

/** Backups that a user may have. Clients make one, and another when its key is lost. */
export const BACKUP_LIMIT = 100;
/** Keys that are read at once. */
const PAGE = 500;

/** A version as clients write it; anything else is the version of no backup. */
const VERSION = /^[1-9]\d{0,14}$/;

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
}

/** The backups of users' room keys. Whatever does not exist is a 404 `M_NOT_FOUND`. */
export class Backups {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Makes a backup, from now on the current one.
   * @returns its version
   * @throws MatrixError 403 when the user has too many
   */
  async create(backup: NewBackup): Promise<string> {
    const { rows } = await this.#commit(backup.userId, (tx) => insertBackup(tx, backup, BACKUP_LIMIT));
    const [row] = rows;
    if (!row) throw forbidden(`A user may have ${BACKUP_LIMIT} backups: delete some`);
    return String(row.version);
  }

  /** The backup of this version, or the current one. */
  async get(userId: string, version?: string): Promise<Backup> {
    const { sql } = this.#needs;
    const found =
      version === undefined
        ? await readCurrentBackup(sql, userId)
        : await readBackup(sql, userId, parseVersion(version));
    if (!found) throw notFound("There is no such backup");
    return found;
  }

  /** @throws MatrixError 400 `M_INVALID_PARAM` when the backup has another algorithm */
  async update(userId: string, version: string, { algorithm, authData }: Omit<NewBackup, "userId">): Promise<void> {
    const backup = await this.get(userId, version);
    if (backup.algorithm !== algorithm) throw invalidParam("The algorithm of a backup stays what it is");
    const { changes } = await this.#commit(userId, (tx) => updateAuthData(tx, userId, backup.version, authData));
    if (changes === 0) throw notFound("There is no such backup");
  }

  /** Deletes a backup with its keys. One that was deleted before counts as deleted. */
  async delete(userId: string, version: string): Promise<void> {
    const number = parseVersion(version);
    const { changes } = await this.#commit(userId, (tx) => deleteBackup(tx, userId, number));
    if (changes === 0 && number > (await readLastVersion(this.#needs.sql, userId)))
      throw notFound("There is no such backup");
  }

  /**
   * Adds keys to the current backup; of two for one session the better one stays.
   * @throws MatrixError 403 `M_WRONG_ROOM_KEYS_VERSION` when the version is that of an older one
   */
  async putKeys(userId: string, version: string, keys: readonly BackedUpKey[]): Promise<BackupState> {
    const number = parseVersion(version);
    const { dialect } = this.#needs.sql;
    const { rows } = await this.#commit(userId, (tx) => writeKeys(tx, dialect, { userId, version: number, keys }));
    const [state] = rows;
    if (state) return state;
    await this.get(userId, version);
    throw wrongRoomKeysVersion(String((await this.get(userId)).version));
  }

  /** Page by page, in the order of rooms and sessions. */
  async *keys(userId: string, version: string, of: Pick<KeyRange, "roomId" | "sessionId"> = {}) {
    const range = { userId, version: (await this.get(userId, version)).version, ...of };
    const turns = new Turns();
    for (let after: BackedUpKey | undefined; ; ) {
      await turns.next();
      const page = await readKeys(this.#needs.sql, range, { after, limit: PAGE });
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1);
    }
  }

  async deleteKeys(
    userId: string,
    version: string,
    of: Pick<KeyRange, "roomId" | "sessionId"> = {},
  ): Promise<BackupState> {
    const range = { userId, version: parseVersion(version), ...of };
    const { rows } = await this.#commit(userId, (tx) => deleteKeys(tx, range));
    const [state] = rows;
    if (!state) throw notFound("There is no such backup");
    return state;
  }

  /** The account is deactivated: nothing of it stays. */
  deleteAllIn(tx: Tx, userId: string): void {
    deleteAllBackups(tx, userId);
  }

  async #commit<T>(userId: string, build: (tx: Tx) => T): Promise<T> {
    return await this.#needs.partitions.of(userId).commit(userId, build);
  }
}

function parseVersion(version: string): number {
  if (!VERSION.test(version)) throw notFound("There is no such backup");
  return Number(version);
}
