import type { Announcement, Bus } from "./bus.ts";

/** The bus of a single process: announcements reach their listeners before `publish` returns. */
export function inProcessBus(): Bus {
  const listeners = new Set<(announcement: Announcement) => void>();
  return {
    publish(announcement) {
      for (const listener of listeners) listener(announcement);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
