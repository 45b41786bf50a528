/** `heddle user devices` and `heddle user logout`. */
import type { Device } from "../engine/users/users.ts";
import { loadConfigOrDefault } from "./default-config.ts";
import { CommandError } from "./failure.ts";
import { withAccounts } from "./open-accounts.ts";
import { print, requireActive, type UserOptions } from "./user-change.ts";
import { toUserId } from "./user-name.ts";

/** `user devices`: one device a line: ID, when and from where it was used, what its user calls it. */
export async function listDevices(name: string, options: UserOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    await requireActive(accounts, userId);
    for (const device of await accounts.devicesOf(userId)) print(describeDevice(device));
  });
}

/** `user logout`: ends the sessions of the devices that are named, or of all, and deletes the devices. */
export async function logOutUser(name: string, deviceIds: readonly string[], options: UserOptions): Promise<void> {
  const config = await loadConfigOrDefault(options.config);
  const userId = toUserId(name, config.serverName);
  await withAccounts(config, async (accounts) => {
    await requireActive(accounts, userId);
    const known = new Set((await accounts.devicesOf(userId)).map(({ deviceId }) => deviceId));
    const unknown = deviceIds.find((deviceId) => !known.has(deviceId));
    if (unknown !== undefined) throw new CommandError(`${userId} has no device ${unknown}`);
    await accounts.logOut(userId, deviceIds);
  });
  print(`${userId} is logged out of ${deviceIds.length === 0 ? "all devices" : deviceIds.join(", ")}`);
}

function describeDevice({ deviceId, displayName, lastSeenAt, lastSeenAddress }: Device): string {
  const seen = lastSeenAt === 0 ? "never used" : `${new Date(lastSeenAt).toISOString()} ${lastSeenAddress}`.trim();
  return [deviceId, seen, printable(displayName ?? "")].filter((part) => part !== "").join("  ");
}

/** Names come from anybody's client: what a terminal would obey is left out. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, "");
