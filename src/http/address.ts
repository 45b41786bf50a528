import { isIPv6 } from "node:net";

/**
 * What of an address is limited together: an IPv4 address, or the /64 network of an IPv6 address, since one household
 * or machine has at least that many.
 */
export function limitKeyOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const left = head.split(":").filter((group) => group !== "");
  if (tail === undefined) return network(left);
  const right = tail.split(":").filter((group) => group !== "");
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return network([...left, ...zeros, ...right]);
}

function network(groups: readonly string[]): string {
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/**
 * The address of the client, after trusted proxies; empty when the connection is gone already. An IPv4 address that came
 * in over an IPv6 socket is written as IPv4.
 */
export function addressOf(request: { readonly ip: string | undefined }): string {
  const { ip = "" } = request;
  return ip.startsWith("::ffff:") && ip.includes(".") ? ip.slice("::ffff:".length) : ip;
}
