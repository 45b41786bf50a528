import type { QueryResult, Tx } from "../../engine/partitions/tx.ts";
import { missingParam } from "../../http/errors.ts";
import { parseJsonObject } from "../../protocol/json/json.ts";
import { signedTextOf } from "../../protocol/signing/json.ts";
import type { Row, Sql } from "../../store/sql.ts";
import type { CrossSigned, CrossSigning, DeviceLists, DeviceName } from "../device-keys/index.ts";
import {
  type AddedSignature,
  deleteAllOf,
  deleteKey,
  deleteSignaturesBy,
  deleteSignaturesOn,
  readKeys,
  type StoredKey,
  type Usage,
  writeMasterKey,
  writeSignatures,
  writeSignedKey,
} from "./cross-signing.store.ts";
import { checkSignedBy, type UploadedKey } from "./uploaded-key.ts";
import { crossSignedOf } from "./view.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly deviceLists: DeviceLists;
}

/** An upload of keys that has been checked, and what it would do. */
export interface KeyUpload {
  /** Those that are not stored as they are. */
  readonly keys: readonly UploadedKey[];
  /** The public key of the master key by which the others are signed. */
  readonly master: string;
  /** The keys that there were. */
  readonly before: ReadonlyMap<Usage, StoredKey>;
  /** Whether keys are added or replaced while there is a master key: the user must be asked. */
  readonly needsAuthentication: boolean;
}

/** The cross-signing keys of users, and the signatures that were added to keys. */
export class CrossSigningKeys implements CrossSigning {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async of(userIds: readonly string[], viewer: string): Promise<CrossSigned> {
    return await crossSignedOf(this.#needs.sql, userIds, viewer);
  }

  deviceReplaced(tx: Tx, { userId, deviceId }: DeviceName): void {
    deleteSignaturesOn(tx, userId, deviceId);
    deleteSignaturesBy(tx, userId, `ed25519:${deviceId}`);
  }

  /**
   * Compares an upload with what there is.
   * @throws MatrixError 400 `M_MISSING_PARAM` without a master key, `M_INVALID_SIGNATURE` when it did not sign the others
   */
  async check(userId: string, uploaded: readonly UploadedKey[]): Promise<KeyUpload> {
    const stored = await readKeys(this.#needs.sql, [userId], userId);
    const before = new Map(stored.map((key) => [key.usage, key]));
    const master = (uploaded.find(({ usage }) => usage === "master") ?? before.get("master"))?.publicKey;
    if (master === undefined) throw missingParam("There is no master key");
    for (const key of uploaded) if (key.usage !== "master") checkSignedBy(master, key, userId);
    return {
      keys: uploaded.filter(
        (key) => master !== before.get("master")?.publicKey || before.get(key.usage)?.json !== key.json,
      ),
      master,
      before,
      needsAuthentication: before.has("master") && !uploaded.every((key) => isSameKey(key, before.get(key.usage))),
    };
  }

  /**
   * Stores the keys of an upload. Those that another master key had signed are gone with it, and so is what a replaced key
   * signed.
   * @returns whether they were: nothing is stored when the keys were replaced meanwhile
   */
  async store(userId: string, { keys, master, before }: KeyUpload): Promise<boolean> {
    if (keys.length === 0) return true;
    const written = await this.#needs.partitions.of(userId).commit(userId, (tx) => {
      const expected = before.get("master")?.publicKey ?? "";
      const results = keys
        .toSorted((a, b) => Number(b.usage === "master") - Number(a.usage === "master"))
        .map((key) => writeKey(tx, userId, { key, expected, master }));
      for (const old of before.values()) replaceKey(tx, old, { keys, isSigned: expected === master });
      this.#announce(tx, userId, keys);
      return results;
    });
    return written.every(({ changes }) => changes > 0);
  }

  /** Adds signatures of a user to keys: those on the user's own are for all to see. */
  async addSignatures(userId: string, signatures: readonly AddedSignature[]): Promise<void> {
    if (signatures.length === 0) return;
    const { sql, partitions, deviceLists } = this.#needs;
    await partitions.of(userId).commit(userId, (tx) => {
      writeSignatures(tx, sql.dialect, { signerUser: userId, signatures });
      for (const target of new Set(signatures.map(({ targetUser }) => targetUser))) {
        if (target === userId) deviceLists.announce(tx, userId);
        else deviceLists.announceTo(tx, userId, target);
      }
    });
  }

  /** The account is deactivated: nothing of it stays. */
  deleteIn(tx: Tx, userId: string): void {
    deleteAllOf(tx, userId);
    this.#needs.deviceLists.announce(tx, userId);
  }

  /** The user-signing key is nobody's but the user's. */
  #announce(tx: Tx, userId: string, keys: readonly UploadedKey[]): void {
    const { deviceLists } = this.#needs;
    if (keys.some(({ usage }) => usage !== "user_signing")) deviceLists.announce(tx, userId);
    else deviceLists.announceTo(tx, userId, userId);
  }
}

/** Ends what another key takes the place of, or what is signed by the master key no more. */
function replaceKey(
  tx: Tx,
  old: StoredKey,
  { keys, isSigned }: { readonly keys: readonly UploadedKey[]; readonly isSigned: boolean },
): void {
  const replacement = keys.find(({ usage }) => usage === old.usage);
  if (replacement ? replacement.publicKey === old.publicKey : isSigned) return;
  if (!replacement) deleteKey(tx, old);
  deleteSignaturesBy(tx, old.userId, `ed25519:${old.publicKey}`);
  deleteSignaturesOn(tx, old.userId, old.publicKey);
}

function writeKey(
  tx: Tx,
  userId: string,
  { key, expected, master }: { readonly key: UploadedKey; readonly expected: string; readonly master: string },
): QueryResult<Row> {
  if (key.usage === "master") return writeMasterKey(tx, userId, key, expected);
  return writeSignedKey(tx, userId, key, master);
}

const isSameKey = (key: UploadedKey, stored: StoredKey | undefined): boolean =>
  stored !== undefined && signedTextOf(parseJsonObject(stored.json)) === key.signedText;
