import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";

/**
 * The versions of the specification whose behaviour clients may rely on here. Clients choose by this list what they ask
 * for: a version is added when everything that clients would then ask for works. Clients of today want one of v1.1 and later
 * before they log in at all: v1.1 is there although parts of it are missing (docs/compliance.md).
 */
export const supportedVersions: readonly string[] = [
  "r0.0.1",
  "r0.1.0",
  "r0.2.0",
  "r0.3.0",
  "r0.4.0",
  "r0.5.0",
  "r0.6.0",
  "r0.6.1",
  "v1.1",
];

/** Proposals under their unstable names; `true` for what works. */
export const unstableFeatures: Readonly<Record<string, boolean>> = {
  // Searching the room directory by room type.
  "org.matrix.msc3827.stable": true,
};

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientversions */
export const getVersions = () =>
  endpoint({
    method: "GET",
    path: "/_matrix/client/versions",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: async () => ({ versions: supportedVersions, unstable_features: unstableFeatures }),
  });
