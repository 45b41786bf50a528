import type { Module } from "../module.ts";
import { queryLocationByAlias } from "./location-by-alias.endpoint.ts";
import { queryLocationByProtocol } from "./location-by-protocol.endpoint.ts";
import { getProtocolMetadata } from "./protocol.endpoint.ts";
import { getProtocols } from "./protocols.endpoint.ts";
import { queryUserByID } from "./user-by-id.endpoint.ts";
import { queryUserByProtocol } from "./user-by-protocol.endpoint.ts";

/** Ways to rooms and users of other networks: clients ask for them, and learn that there are none. */
export const thirdPartyNetworks = (): Module => ({
  name: "third-party-networks",
  spec: [
    {
      section: "Third-party Networks",
      link: "https://spec.matrix.org/v1.19/client-server-api/#third-party-networks",
      status: "partial",
      missing: "asking application services",
    },
  ],
  endpoints: [
    getProtocols(),
    getProtocolMetadata(),
    queryLocationByProtocol(),
    queryLocationByAlias(),
    queryUserByProtocol(),
    queryUserByID(),
  ],
});
