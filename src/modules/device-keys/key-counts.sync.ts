import type { SyncSection } from "../../engine/streams/section.ts";
import type { KeyCountsOfDevices } from "./key-counts.ts";

/**
 * What is left of the device's one-time and fallback keys, in every answer. A claim wakes nobody: who claims sends a
 * message to the device next.
 * @see https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
 */
export const keyCountsSection = (counts: KeyCountsOfDevices): SyncSection => ({
  kinds: [],

  async everyAnswer({ userId, deviceId }) {
    const { oneTimeKeys, unusedFallbackKeys } = await counts.of({ userId, deviceId });
    return {
      device_one_time_keys_count: JSON.stringify(oneTimeKeys),
      device_unused_fallback_key_types: JSON.stringify(unusedFallbackKeys),
    };
  },
});
