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

/** @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientversions */
export const getVersions = ({ features }: { readonly features: readonly string[] }) => {
  const answer = {
    versions: supportedVersions,
    unstable_features: Object.fromEntries(features.toSorted().map((name) => [name, true])),
  };
  return endpoint({
    method: "GET",
    path: "/_matrix/client/versions",
    auth: "none",
    limit: "none",
    params: Type.Object({}),
    handle: async () => answer,
  });
};
