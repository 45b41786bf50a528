import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { invalidParam } from "../../http/errors.ts";
import type { KeyCountsOfDevices } from "./key-counts.ts";
import { deviceKeysSchema, keysSchema, readUpload } from "./upload-json.ts";
import type { Uploads } from "./uploads.ts";

interface Needs {
  readonly uploads: Uploads;
  readonly counts: KeyCountsOfDevices;
}

/**
 * Publishes keys of the requester's device.
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload
 */
export const uploadKeys = ({ uploads, counts }: Needs) =>
  endpoint({
    method: "POST",
    path: "/_matrix/client/v3/keys/upload",
    // The device was named in the path once.
    aliases: ["/_matrix/client/v3/keys/upload/{deviceId}"],
    auth: "user-or-guest",
    limit: "none",
    params: Type.Object({ deviceId: Type.String() }),
    body: Type.Object({
      device_keys: Type.Optional(deviceKeysSchema),
      one_time_keys: Type.Optional(keysSchema),
      fallback_keys: Type.Optional(keysSchema),
    }),

    async handle({ params, body, requester: { userId, deviceId } }) {
      const device = { userId, deviceId };
      if (params.deviceId !== "" && params.deviceId !== deviceId) throw invalidParam("The path names another device");
      await uploads.store(device, readUpload(body, device));
      return { one_time_key_counts: (await counts.of(device)).oneTimeKeys };
    },
  });
