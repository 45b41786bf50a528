/** Two people, or two devices of one, who compare what their screens show. */
import assert from "node:assert/strict";
import {
  CryptoEvent,
  type ShowSasCallbacks,
  VerificationPhase,
  type VerificationRequest,
  VerificationRequestEvent,
  type Verifier,
  VerifierEvent,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { cryptoOf } from "./encrypted-user.ts";
import type { SdkUser } from "./sdk-user.ts";

const SAS = "m.sas.v1";

/** A new device asks the user's others; `other` is the one that answers. */
export async function verifyOwn(asking: SdkUser, other: SdkUser): Promise<void> {
  await verify(other, async () => await cryptoOf(asking).requestOwnUserVerification());
}

/** Verifies another user of an encrypted room, by messages to the device that answers. */
export async function verifyUser(asking: SdkUser, other: SdkUser, roomId: string): Promise<void> {
  const deviceId = other.client.getDeviceId() ?? "";
  const crypto = cryptoOf(asking);
  crypto.prepareToEncrypt(asking.room(roomId));
  const devices = async () => (await crypto.getUserDeviceInfo([other.userId])).get(other.userId);
  await asking.untilAsync(`the devices of ${other.userId}`, async () => (await devices())?.has(deviceId) === true);
  await verify(other, async () => await crypto.requestDeviceVerification(other.userId, deviceId));
}

async function verify(other: SdkUser, ask: () => Promise<VerificationRequest>): Promise<void> {
  const { promise: received, resolve } = Promise.withResolvers<VerificationRequest>();
  other.client.once(CryptoEvent.VerificationRequestReceived, resolve);
  const sent = await ask();
  const answered = await received;
  await answered.accept();
  await until(sent, () => sent.phase === VerificationPhase.Ready);
  const ours = await sent.startVerification(SAS);
  await until(answered, () => answered.verifier !== undefined);
  const theirs = answered.verifier;
  assert.ok(theirs);
  await compare(ours, theirs);
  for (const request of [sent, answered]) await until(request, () => request.phase === VerificationPhase.Done);
}

async function compare(ours: Verifier, theirs: Verifier): Promise<void> {
  const shown = Promise.all([shownBy(ours), shownBy(theirs)]);
  const done = Promise.all([ours.verify(), theirs.verify()]);
  const sides = await shown;
  const [first, second] = sides.map(({ sas }) => sas.emoji);
  assert.equal(first?.length, 7);
  assert.deepEqual(second, first, "both screens show the same");
  for (const side of sides) await side.confirm();
  await done;
}

async function shownBy(verifier: Verifier): Promise<ShowSasCallbacks> {
  return await new Promise((resolve, reject) => {
    verifier.once(VerifierEvent.ShowSas, resolve);
    verifier.once(VerifierEvent.Cancel, (reason) =>
      reject(new Error("the verification was cancelled", { cause: reason })),
    );
  });
}

async function until(request: VerificationRequest, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (isSo() || request.phase === VerificationPhase.Cancelled) resolve();
  };
  request.on(VerificationRequestEvent.Change, look);
  look();
  await promise;
  request.off(VerificationRequestEvent.Change, look);
  assert.ok(isSo(), `cancelled: ${request.cancellationCode}`);
}
