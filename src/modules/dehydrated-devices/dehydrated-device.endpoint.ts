import { Type } from "typebox";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { tooLarge } from "../../http/errors.ts";
import { canonicalJson } from "../../protocol/json/canonical.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { deviceKeysSchema, keysSchema, readUpload } from "../device-keys/index.ts";
import { deviceIdSchema, deviceNameSchema } from "../login/index.ts";
import type { DehydratedDevices } from "./dehydrated-devices.ts";

/** Where all of it is, until it is specified. */
export const PATH = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";

const DEVICE_DATA_LIMIT_BYTES = 262_144;

interface Needs {
  readonly dehydrated: DehydratedDevices;
}

const common = { path: PATH, auth: "user", limit: "none", params: Type.Object({}) } as const;

/**
 * Makes a dehydrated device with its keys, in place of the one that there was.
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/3814
 */
export const putDehydratedDevice = ({ dehydrated }: Needs) =>
  endpoint({
    ...common,
    method: "PUT",
    body: Type.Object({
      device_id: deviceIdSchema,
      device_data: Type.Unsafe<JsonObject>(Type.Object({ algorithm: Type.String() })),
      initial_device_display_name: Type.Optional(deviceNameSchema),
      device_keys: deviceKeysSchema,
      one_time_keys: Type.Optional(keysSchema),
      fallback_keys: Type.Optional(keysSchema),
    }),

    async handle({ body, requester: { userId } }) {
      const { device_id: deviceId, initial_device_display_name: displayName } = body;
      const deviceData = canonicalJson(body.device_data);
      if (Buffer.byteLength(deviceData) > DEVICE_DATA_LIMIT_BYTES)
        throw tooLarge(`The data of a device may have ${DEVICE_DATA_LIMIT_BYTES} bytes`);
      const device = { userId, deviceId };
      await dehydrated.create(device, { deviceId, deviceData, displayName, upload: readUpload(body, device) });
      return { device_id: deviceId };
    },
  });

/** @see https://github.com/matrix-org/matrix-spec-proposals/pull/3814 */
export const getDehydratedDevice = ({ dehydrated }: Needs) =>
  endpoint({
    ...common,
    method: "GET",

    async handle({ requester: { userId } }) {
      const { deviceId, deviceData } = await dehydrated.require(userId);
      return new JsonText(`{"device_data":${deviceData},"device_id":${JSON.stringify(deviceId)}}`);
    },
  });

/** @see https://github.com/matrix-org/matrix-spec-proposals/pull/3814 */
export const deleteDehydratedDevice = ({ dehydrated }: Needs) =>
  endpoint({
    ...common,
    method: "DELETE",

    async handle({ requester: { userId } }) {
      return { device_id: await dehydrated.delete(userId) };
    },
  });
