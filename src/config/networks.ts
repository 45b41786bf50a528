/** Networks as sections write them. */
import { isIP } from "node:net";
import type { ResolveContext } from "./section.ts";

/**
 * What is not the public Internet: this host, private and shared networks, link-local, documentation, benchmarking,
 * multicast, reserved, and the IPv6 forms that embed such an IPv4 address.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export const notPublic: readonly string[] = [
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
  "2001::/32",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];

/** Networks in CIDR form. A bare address is the network of that one address. */
export function parseNetworks(written: readonly string[], { problem }: Pick<ResolveContext, "problem">): string[] {
  return written.map((text, index) => {
    const [address = "", bits] = text.split("/");
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const valid = family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
    if (!valid) problem(["denied_addresses", String(index)], "is not a network such as 10.0.0.0/8 or fc00::/7");
    return bits === undefined ? `${address}/${most}` : text;
  });
}
