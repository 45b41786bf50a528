import { Type } from "typebox";
import type { Partitions } from "../../engine/partitions/partitions.ts";
import { endpoint, JsonText } from "../../http/endpoint.ts";
import { forbidden, invalidParam } from "../../http/errors.ts";
import type { Sql } from "../../store/sql.ts";
import { deviceIdSchema } from "../login/index.ts";
import { readWaiting } from "../to-device/index.ts";
import { PATH } from "./dehydrated-device.endpoint.ts";
import type { DehydratedDevices } from "./dehydrated-devices.ts";

/** Messages in one answer. */
const PAGE = 100;
/** The position of the last message told. */
const TOKEN = /^d(\d{1,15})$/;

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "position">;
  readonly dehydrated: DehydratedDevices;
}

/**
 * The messages to the dehydrated device, page by page: an empty page is the last one. They stay until the device is deleted,
 * since a client may be interrupted while it reads them.
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/3814
 */
export const postDehydratedEvents = ({ sql, partitions, dehydrated }: Needs) =>
  endpoint({
    method: "POST",
    path: `${PATH}/{deviceId}/events`,
    auth: "user",
    limit: "none",
    params: Type.Object({ deviceId: deviceIdSchema }),
    body: Type.Object({ next_batch: Type.Optional(Type.String()) }),

    async handle({ params: { deviceId }, body, requester: { userId } }) {
      const device = await dehydrated.require(userId);
      if (device.deviceId !== deviceId) throw forbidden("This is not the dehydrated device");
      const after = positionOf(body.next_batch);
      const waiting = await readWaiting(sql, { userId, deviceId }, { after, until: partitions.position, limit: PAGE });
      const next = `d${waiting.at(-1)?.position ?? after}`;
      const events = waiting.map(({ json }) => json).join(",");
      return new JsonText(`{"events":[${events}],"next_batch":${JSON.stringify(next)}}`);
    },
  });

function positionOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const position = TOKEN.exec(token)?.[1];
  if (position === undefined) throw invalidParam("`next_batch` is no token of this server");
  return Number(position);
}
