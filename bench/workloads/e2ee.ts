import { randomBytes } from "node:crypto";
import { perSecond, runLoad, runWarmLoad, type Worker } from "../load.ts";
import type { Measurement } from "../measurement.ts";
import { textAt } from "../read-json.ts";
import { encode, type Session } from "../session.ts";
import type { Context, Workload } from "../workload.ts";

const USERS = 50;
const KEYS_OF_UPLOAD = 50;
const AT_ONCE = 8;
const ALGORITHM = "signed_curve25519";
/** What is uploaded is what is claimed later: a device may have 1,000 keys, and none is to run out. */
const UPLOADS = { warmUp: 200, measured: 800 };
const CLAIMS = { warmUp: 2_000, measured: 16_000 };
const LARGE_CLAIMS = { warmUp: 50, measured: 400 };

interface Device {
  readonly session: Session;
  readonly deviceId: string;
}

let madeCount = 0;

/** What clients ask of a server that cannot read what they say. */
export const e2ee: Workload = {
  name: "e2ee",
  description: `${AT_ONCE} clients at once: uploads of ${KEYS_OF_UPLOAD} one-time keys, claims of one key and of ${USERS} users' keys, queries of ${USERS} users, messages to one device and to ${USERS}.`,

  async run(context) {
    const users = await context.accounts.fresh(USERS);
    const devices = await Promise.all(users.map(publish));
    const asking = users.slice(0, AT_ONCE);
    const timed = async (name: string, workers: readonly Worker[]) =>
      perSecond("e2ee", name, await runWarmLoad(context, workers));
    return [
      await counted(context, `keys/upload, ${KEYS_OF_UPLOAD} one-time keys`, {
        bound: UPLOADS,
        act: inTurn(devices, uploadKeys),
      }),
      await timed(
        `keys/query, ${USERS} users`,
        asking.map((user) => async () => await query(user, users)),
      ),
      await counted(context, "keys/claim, 1 key", {
        bound: CLAIMS,
        act: inTurn(devices, async (device) => await claim([device])),
      }),
      await counted(context, `keys/claim, ${USERS} keys`, {
        bound: LARGE_CLAIMS,
        act: async () => await claim(devices),
      }),
      await timed(
        "sendToDevice, 1 device",
        asking.map((user) => inTurn(devices, async (device) => await send(user, [device]))),
      ),
      await timed(
        `sendToDevice, ${USERS} devices`,
        asking.map((user) => async () => await send(user, devices)),
      ),
    ];
  },
};

/** A load of so many operations after some that are not counted. */
async function counted(
  context: Context,
  name: string,
  {
    bound,
    act,
  }: { readonly bound: { readonly warmUp: number; readonly measured: number }; readonly act: () => Promise<void> },
): Promise<Measurement> {
  const workers = Array.from({ length: AT_ONCE }, () => act);
  await runLoad(context, workers, { operations: bound.warmUp });
  return perSecond("e2ee", name, await runLoad(context, workers, { operations: bound.measured }));
}

/** Takes one device after another, from the first again after the last. */
function inTurn(devices: readonly Device[], act: (device: Device) => Promise<void>): () => Promise<void> {
  let next = 0;
  return async () => {
    const device = devices[next++ % devices.length];
    if (device) await act(device);
  };
}

async function publish(session: Session): Promise<Device> {
  const deviceId = textAt(await session.request("GET", "account/whoami"), "device_id");
  const device_keys = {
    user_id: session.userId,
    device_id: deviceId,
    algorithms: ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
    keys: { [`curve25519:${deviceId}`]: base64(32), [`ed25519:${deviceId}`]: base64(32) },
    signatures: signed(session.userId, deviceId),
  };
  await session.request("POST", "keys/upload", { device_keys });
  return { session, deviceId };
}

async function uploadKeys({ session, deviceId }: Device): Promise<void> {
  const keys = Array.from({ length: KEYS_OF_UPLOAD }, () => {
    madeCount += 1;
    return [`${ALGORITHM}:${madeCount}`, { key: base64(32), signatures: signed(session.userId, deviceId) }];
  });
  await session.request("POST", "keys/upload", { one_time_keys: Object.fromEntries(keys) });
}

async function query(user: Session, users: readonly Session[]): Promise<void> {
  await user.request("POST", "keys/query", {
    device_keys: Object.fromEntries(users.map(({ userId }) => [userId, []])),
  });
}

async function claim(devices: readonly Device[]): Promise<void> {
  const wanted = devices.map(({ session, deviceId }) => [session.userId, { [deviceId]: ALGORITHM }]);
  await devices[0]?.session.request("POST", "keys/claim", { one_time_keys: Object.fromEntries(wanted) });
}

/** Each device gets what a room key takes: an Olm message of about a kilobyte. */
async function send(user: Session, devices: readonly Device[]): Promise<void> {
  madeCount += 1;
  const content = { algorithm: "m.olm.v1.curve25519-aes-sha2", ciphertext: { type: 1, body: base64(700) } };
  const messages = devices.map(({ session, deviceId }) => [session.userId, { [deviceId]: content }]);
  const path = encode`sendToDevice/m.room.encrypted/${`bench-${process.pid}-${madeCount}`}`;
  await user.request("PUT", path, { messages: Object.fromEntries(messages) });
}

const base64 = (bytes: number): string => randomBytes(bytes).toString("base64").replaceAll("=", "");

const signed = (userId: string, deviceId: string) => ({ [userId]: { [`ed25519:${deviceId}`]: base64(64) } });
