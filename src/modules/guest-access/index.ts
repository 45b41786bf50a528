import type { Module } from "../module.ts";
import { Evictions, type Needs } from "./evictions.ts";
import { guestAccessFollower } from "./follower.ts";

/** Guests in rooms: who forbids them makes them leave. */
export const guestAccess = (needs: Needs): Module => {
  const evictions = new Evictions(needs);
  needs.rooms.follow(guestAccessFollower(() => evictions.wake()));
  // What was left undone when the server stopped.
  evictions.wake();
  return {
    name: "guest-access",
    spec: [
      {
        section: "Guest access",
        link: "https://spec.matrix.org/v1.19/client-server-api/#guest-access",
        status: "complete",
      },
    ],
    endpoints: [],
    dispose: async () => await evictions[Symbol.asyncDispose](),
  };
};
