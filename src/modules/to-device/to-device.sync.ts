import type { Change } from "../../bus/change.ts";
import type { SectionRequest, SyncSection } from "../../engine/streams/section.ts";
import { toDeviceOf } from "../../engine/streams/sync-token.ts";
import type { Queues } from "./queues.ts";
import type { ToDeviceChange } from "./sender.ts";

/**
 * Tells a device its messages, in their order and each until the client has it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
 */
export const toDeviceSection = (queues: Queues): SyncSection => ({
  kinds: ["to_device"],

  isDue: (device, since) => since.toDevice !== undefined || queues.isToldSome(device),

  async top(request: SectionRequest) {
    if (isQuiet(queues, request)) return {};
    const { userId, deviceId, acknowledged, now } = request;
    const cursor = acknowledged ? toDeviceOf(acknowledged) : 0;
    const { events, upTo } = await queues.page({ userId, deviceId }, cursor, now.position);
    return {
      ...(events.length > 0 && { members: { to_device: `{"events":[${events.join(",")}]}` } }),
      ...(upTo !== undefined && { toDeviceUpTo: upTo }),
    };
  },
});

/** Whether it is known without the database that there is nothing to tell and nothing to delete. */
function isQuiet(queues: Queues, { userId, deviceId, acknowledged, changes }: SectionRequest): boolean {
  if (!acknowledged || acknowledged.toDevice !== undefined || !changes) return false;
  if (queues.isToldSome({ userId, deviceId })) return false;
  return !changes.some((change) => isToDevice(change) && (change.deviceIds?.includes(deviceId) ?? true));
}

const isToDevice = (change: Change): change is ToDeviceChange => change.kind === "to_device";
