/** Users of matrix-js-sdk with its own cryptography, which forgets all it knows when the device is gone. */
import assert from "node:assert/strict";
import { type ICreateClientOpts, type MatrixEvent, Method, Preset } from "matrix-js-sdk";
import { type CryptoApi, decodeRecoveryKey, type KeyBackupInfo } from "matrix-js-sdk/lib/crypto-api/index.js";
import { confirmed, type SdkUser, type SdkWishes } from "./sdk-user.ts";

const ENCRYPTION = { algorithm: "m.megolm.v1.aes-sha2" };

/** What the user wrote down: the recovery key, once there is one. */
export class Notebook {
  recoveryKey: string | undefined;
}

/** A client that encrypts. Secret storage is opened with what stands in the notebook. */
export function encrypting(notebook: Notebook = new Notebook()): SdkWishes {
  const getSecretStorageKey = async ({ keys }: { keys: object }): Promise<[string, Uint8Array<ArrayBuffer>] | null> => {
    const [keyId] = Object.keys(keys);
    const { recoveryKey } = notebook;
    return keyId === undefined || recoveryKey === undefined ? null : [keyId, decodeRecoveryKey(recoveryKey)];
  };
  const options: Partial<ICreateClientOpts> = { cryptoCallbacks: { getSecretStorageKey } };
  return { options, prepare: async (client) => await client.initRustCrypto({ useIndexedDB: false }) };
}

/** The cryptography of a user's client. */
export function cryptoOf({ client }: SdkUser): CryptoApi {
  const crypto = client.getCrypto();
  assert.ok(crypto);
  return crypto;
}

/** Makes the keys by which the user's devices vouch for each other, secret storage and a key backup. */
export async function secure(user: SdkUser, notebook: Notebook): Promise<void> {
  const crypto = cryptoOf(user);
  await crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (makeRequest) => await confirmed(user.userId, makeRequest),
  });
  const createSecretStorageKey = async () => {
    const made = await crypto.createRecoveryKeyFromPassphrase();
    notebook.recoveryKey = made.encodedPrivateKey;
    return made;
  };
  await crypto.bootstrapSecretStorage({ createSecretStorageKey, setupNewKeyBackup: true });
  assert.equal(await crypto.isCrossSigningReady(), true);
  assert.equal(await crypto.isSecretStorageReady(), true);
}

/** A private, encrypted room in which both are and know each other to be. */
export async function meetInSecret(host: SdkUser, guest: SdkUser): Promise<string> {
  const { room_id: roomId } = await host.client.createRoom({
    preset: Preset.PrivateChat,
    invite: [guest.userId],
    initial_state: [{ type: "m.room.encryption", state_key: "", content: ENCRYPTION }],
  });
  await guest.untilMembership(roomId, guest.userId, "invite");
  await guest.client.joinRoom(roomId);
  for (const user of [host, guest]) {
    await user.untilMembership(roomId, host.userId, "join");
    await user.untilMembership(roomId, guest.userId, "join");
    await user.until("the encryption", () => user.room(roomId).hasEncryptionStateEvent());
  }
  return roomId;
}

/** Waits until an event is there and can be read; tells why when it cannot. */
export async function untilReadable(user: SdkUser, roomId: string, eventId: string): Promise<MatrixEvent> {
  const event = await user.untilEvent(roomId, eventId);
  const isReadable = () => event.getClearContent() !== null && !event.isDecryptionFailure();
  await user.until(`${eventId} decrypted`, isReadable).catch((cause: unknown) => {
    throw new Error(`${user.userId} cannot read ${eventId}: ${String(event.decryptionFailureReason)}`, { cause });
  });
  return event;
}

/** Waits until the key backup on the server has so many keys. */
export async function untilBackedUp(user: SdkUser, keyCount: number): Promise<void> {
  // The client itself remembers an older answer.
  const isSo = async () =>
    (await user.client.http.authedRequest<KeyBackupInfo>(Method.Get, "/room_keys/version")).count >= keyCount;
  await user.untilAsync(`${keyCount} keys in the backup`, isSo);
}

/** What a new device does with the recovery key: it becomes one of the user's own, and has all keys of the backup. */
export async function recover(user: SdkUser): Promise<number> {
  const crypto = cryptoOf(user);
  assert.ok(await crypto.userHasCrossSigningKeys(user.userId, true));
  await crypto.bootstrapCrossSigning({});
  await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  assert.ok(await crypto.checkKeyBackupAndEnable());
  return (await crypto.restoreKeyBackup()).imported;
}
