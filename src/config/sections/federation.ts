import { resolve } from "node:path";
import { Type } from "typebox";
import { notPublic, parseNetworks } from "../networks.ts";
import { section } from "../section.ts";

export type FederationConfig = {
  readonly enabled: boolean;
  /** Absolute paths, PEM. */
  readonly trustedCaFiles: readonly string[];
  /** Networks in CIDR form, to which no request of this server goes. */
  readonly deniedAddresses: readonly string[];
  /** Server names asked for the keys of others. */
  readonly trustedKeyServers: readonly string[];
  /** `undefined` = everybody. */
  readonly allowedServers: readonly string[] | undefined;
};

export const federation = section({
  key: "federation",
  schema: Type.Object(
    {
      enabled: Type.Boolean({ default: true, description: "Whether this server talks with others at all." }),
      trusted_ca_files: Type.Array(Type.String({ minLength: 1 }), {
        default: [],
        description: "Files of certificate authorities (PEM) that are trusted beside those of the system.",
      }),
      denied_addresses: Type.Union([Type.Literal("default"), Type.Array(Type.String())], {
        default: "default",
        description:
          "Networks to which no request is sent, whatever a server name resolves to. `default`: all that is not the public Internet. `[]` for a test network on loopback.",
      }),
      trusted_key_servers: Type.Array(Type.String({ minLength: 1 }), {
        default: [],
        description: "Servers that are asked for the keys of servers which do not answer themselves.",
      }),
      allowed_servers: Type.Union([Type.Null(), Type.Array(Type.String({ minLength: 1 }))], {
        default: null,
        description: "A list makes the federation an allow list: no other server is talked with. `null`: everybody.",
      }),
    },
    { additionalProperties: false, default: {}, description: "Talking with other servers." },
  ),
  resolve: (written, context): FederationConfig => ({
    enabled: written.enabled,
    trustedCaFiles: written.trusted_ca_files.map((file) => resolve(context.folder, file)),
    deniedAddresses:
      written.denied_addresses === "default" ? notPublic : parseNetworks(written.denied_addresses, context),
    trustedKeyServers: written.trusted_key_servers,
    allowedServers: written.allowed_servers ?? undefined,
  }),
});
