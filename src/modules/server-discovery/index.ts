import type { Module } from "../module.ts";
import { getCapabilities } from "./capabilities.endpoint.ts";
import { getVersions } from "./versions.endpoint.ts";
import { getWellKnownClient } from "./well-known-client.endpoint.ts";
import { getWellKnownServer } from "./well-known-server.endpoint.ts";
import { getWellKnownSupport, type Support } from "./well-known-support.endpoint.ts";

export { supportedVersions } from "./versions.endpoint.ts";
export type { Support } from "./well-known-support.endpoint.ts";

interface Needs {
  readonly config: {
    readonly publicBaseUrl: string | undefined;
    readonly discovery?: {
      readonly identityServer: string | undefined;
      readonly client: Readonly<Record<string, unknown>>;
      readonly support: Support | undefined;
    };
    readonly defaultRoomVersion: string;
    readonly listeners: readonly { readonly serve: readonly string[] }[];
    readonly federation: { readonly enabled: boolean };
    readonly thirdPartyIdentifiers?: { readonly changes: boolean };
  };
  /** All that this server can take part in. */
  readonly roomVersions: readonly string[];
  /** What `/versions` names beside the versions, see `Module.features`. */
  readonly features?: readonly string[];
  /** Whether clients get login tokens for others. */
  readonly givesLoginTokens?: boolean;
  readonly makesUrlPreviews?: boolean;
}

/** How clients and servers find this server, and what they learn of it first. */
export const serverDiscovery = ({
  config,
  roomVersions,
  features = [],
  givesLoginTokens = false,
  makesUrlPreviews = false,
}: Needs): Module => {
  const { publicBaseUrl, discovery, defaultRoomVersion, listeners, federation, thirdPartyIdentifiers } = config;
  const servesBoth = listeners.some(({ serve }) => serve.includes("client") && serve.includes("federation"));
  return {
    name: "server-discovery",
    spec: [
      {
        section: "Server discovery",
        link: "https://spec.matrix.org/v1.19/client-server-api/#server-discovery",
        status: "complete",
      },
      {
        section: "Capabilities negotiation",
        link: "https://spec.matrix.org/v1.19/client-server-api/#capabilities-negotiation",
        status: "complete",
      },
    ],
    endpoints: [
      getVersions({ features }),
      getCapabilities({
        defaultRoomVersion,
        roomVersions,
        givesLoginTokens,
        makesUrlPreviews,
        mayChangeIdentifiers: thirdPartyIdentifiers?.changes ?? false,
      }),
      getWellKnownClient({ publicBaseUrl, ...discovery }),
      getWellKnownServer({ publicBaseUrl, isFederatedThere: federation.enabled && servesBoth }),
      getWellKnownSupport({ support: discovery?.support }),
    ],
  };
};
