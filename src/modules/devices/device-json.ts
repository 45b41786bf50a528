import type { Device } from "../../engine/users/users.ts";

/**
 * A device as clients see it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3devices
 */
export const toDeviceJson = ({ deviceId, displayName, lastSeenAt, lastSeenAddress }: Device) => ({
  device_id: deviceId,
  ...(displayName !== null && { display_name: displayName }),
  ...(lastSeenAt > 0 && { last_seen_ip: lastSeenAddress, last_seen_ts: lastSeenAt }),
});
