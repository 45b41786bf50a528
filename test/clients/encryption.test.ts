/** matrix-js-sdk with its own cryptography, both unmodified: verification, an encrypted room, a lost device. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { talk, checkReadBy } from "./encrypted-talk.ts";
import { cryptoOf, encrypting, meetInSecret, Notebook, recover, secure, untilBackedUp } from "./encrypted-user.ts";
import { letForgottenTimersGo } from "./forgotten-timers.ts";
import { confirmed, SdkUser } from "./sdk-user.ts";
import { type Subject, subjects } from "./servers.ts";
import { verifyOwn, verifyUser } from "./verification.ts";

const timeout = 120_000;
/** The devices that say something, each with a key of its own. */
const SPEAKERS = 4;

letForgottenTimersGo();

for (const subject of subjects())
  test(
    `two users with two devices each verify, talk, lose a device and read everything again (${subject.name})`,
    {
      timeout,
    },
    async () => await tellStory(subject),
  );

async function tellStory(subject: Subject): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const { baseUrl } = stack.use(await subject.start());
  const notebooks = { alice: new Notebook(), bob: new Notebook() };
  const laptop = stack.use(await SdkUser.register(baseUrl, "alice", encrypting(notebooks.alice)));
  const desk = stack.use(await SdkUser.register(baseUrl, "bob", encrypting(notebooks.bob)));
  await secure(laptop, notebooks.alice);
  await secure(desk, notebooks.bob);
  const phone = stack.use(await laptop.onNewDevice());
  const tablet = stack.use(await desk.onNewDevice());
  await verifyOwn(phone, laptop);
  await verifyOwn(tablet, desk);
  const roomId = await meetInSecret(laptop, desk);
  await verifyUser(laptop, desk, roomId);
  await checkTrust(laptop, [phone, desk, tablet]);
  await checkTrust(desk, [tablet, laptop, phone]);

  for (const user of [phone, tablet]) await user.untilMembership(roomId, desk.userId, "join");
  const said = await talk({ roomId, laptop, phone, desk, tablet });
  await untilBackedUp(phone, SPEAKERS);
  for (const user of [laptop, phone, desk, tablet]) await checkReadBy(user, said);

  await lose(laptop, phone);
  const successor = stack.use(await phone.onNewDevice());
  await successor.untilEvent(roomId, said.last);
  assert.ok((await recover(successor)) >= SPEAKERS, "each device that spoke has a session of its own");
  await checkReadBy(successor, said);
  await checkTrust(desk, [successor]);
}

/** Every one of the devices is one of its user's own, in the eyes of the first. */
async function checkTrust(viewer: SdkUser, devices: readonly SdkUser[]): Promise<void> {
  const crypto = cryptoOf(viewer);
  for (const { userId, client } of devices) {
    const deviceId = client.getDeviceId() ?? "";
    const isOwn = async () =>
      (await crypto.getDeviceVerificationStatus(userId, deviceId))?.crossSigningVerified === true;
    await viewer.untilAsync(`${deviceId} of ${userId} verified`, isOwn);
    assert.equal((await crypto.getUserVerificationStatus(userId)).isCrossSigningVerified(), true);
  }
}

/** One device is gone, and another of the user's logs it out. */
async function lose(lost: SdkUser, other: SdkUser): Promise<void> {
  const deviceId = lost.client.getDeviceId() ?? "";
  lost.client.stopClient();
  await confirmed(other.userId, async (auth) => await other.client.deleteDevice(deviceId, auth ?? undefined));
  await assert.rejects(lost.client.whoami(), { errcode: "M_UNKNOWN_TOKEN" });
}
