import { isIP } from "node:net";
import { resolve } from "node:path";
import { Type } from "typebox";
import { type ResolveContext, section } from "../section.ts";

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

/**
 * What is not the public Internet: this host, private and shared networks, link-local, documentation, benchmarking,
 * multicast, reserved, and the IPv6 forms that embed such an IPv4 address.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const notPublic = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/127",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001:db8::/32",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
] as const;

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
    deniedAddresses: written.denied_addresses === "default" ? notPublic : networks(written.denied_addresses, context),
    trustedKeyServers: written.trusted_key_servers,
    allowedServers: written.allowed_servers ?? undefined,
  }),
});

/** A bare address is the network of that one address. */
function networks(written: readonly string[], { problem }: ResolveContext): string[] {
  return written.map((text, index) => {
    const [address = "", bits] = text.split("/");
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const valid = family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
    if (!valid) problem(["denied_addresses", String(index)], "is not a network such as 10.0.0.0/8 or fc00::/7");
    return bits === undefined ? `${address}/${most}` : text;
  });
}
