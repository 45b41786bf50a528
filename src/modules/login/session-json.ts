import { Type } from "typebox";
import type { NewSession } from "../../engine/users/users.ts";

/** PostgreSQL stores no NUL in a text. */
const withoutNul = "^[^\\u0000]*$";

/** The ID of a device, chosen by the client or by us. */
export const deviceIdSchema = Type.String({ minLength: 1, maxLength: 255, pattern: withoutNul });

/** What people call a device. */
export const deviceNameSchema = Type.String({ maxLength: 255, pattern: withoutNul });

/** What login and registration take alike. */
export const newDeviceSchema = {
  device_id: Type.Optional(deviceIdSchema),
  initial_device_display_name: Type.Optional(deviceNameSchema),
  refresh_token: Type.Optional(Type.Boolean()),
};

interface NewDeviceJson {
  readonly device_id?: string;
  readonly initial_device_display_name?: string;
  readonly refresh_token?: boolean;
}

/** The session that a body with `newDeviceSchema` asks for. */
export const sessionStartOf = (userId: string, body: NewDeviceJson) => ({
  userId,
  deviceId: body.device_id,
  displayName: body.initial_device_display_name,
  isRefreshable: body.refresh_token,
});

/** A new session in the form that login and registration answer with. */
export function toSessionJson(session: NewSession, serverName: string) {
  return {
    user_id: session.userId,
    access_token: session.accessToken,
    device_id: session.deviceId,
    // Deprecated since r0, but libraries still read it.
    home_server: serverName,
    ...toRefreshJson(session),
  };
}

/** The members that only refreshable sessions have. */
export const toRefreshJson = ({ refresh }: NewSession) =>
  refresh ? { refresh_token: refresh.token, expires_in_ms: refresh.expiresInMs } : {};
