import type { Module } from "../module.ts";
import type { FindNeeds } from "./find-profile.ts";
import { deleteProfileField, getProfileField, setProfileField, type WriteNeeds } from "./profile-field.endpoint.ts";
import { getProfile } from "./profile.endpoint.ts";

export { memberFields } from "./field.ts";
export { createProfiles, type Profiles } from "./profiles.ts";

/** Names and pictures of users. */
export const profile = (needs: FindNeeds & WriteNeeds): Module => ({
  name: "profile",
  spec: [
    {
      section: "Profiles",
      link: "https://spec.matrix.org/v1.19/client-server-api/#profiles",
      status: "partial",
      missing: "Telling fields beyond name and picture by /sync",
    },
  ],
  endpoints: [getProfile(needs), getProfileField(needs), setProfileField(needs), deleteProfileField(needs)],
  features: ["uk.tcpip.msc4133", "uk.tcpip.msc4133.stable", "us.cloke.msc4175.stable"],
});
