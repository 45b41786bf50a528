import { BlockList, isIP } from "node:net";

/** Says to which addresses requests may go. */
export interface AddressPolicy {
  /** Whether a connection to this IPv4 or IPv6 address may be made; what is no address may not. */
  allows(address: string): boolean;
}

/**
 * What no service of an operator's own lies behind: this host unspecified, multicast, and the addresses at which clouds
 * give their machines credentials (link-local ones, and those of AWS over IPv6, Alibaba and Oracle).
 */
const neverAnOperatorsOwn = [
  "0.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/4",
  "255.255.255.255/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "::/128",
  "fe80::/10",
  "fd00:ec2::254/128",
  "ff00::/8",
];

/** For addresses that the operator wrote into the configuration: services beside this one may have private addresses. */
export const operatorPolicy = (): AddressPolicy => policyWithout(neverAnOperatorsOwn);

/**
 * For addresses that come from anybody.
 * @param denied networks in CIDR form: `10.0.0.0/8`, `fc00::/7`. Those of IPv4 hold for IPv6 addresses that lead to them.
 *   What no operator's service lies behind is denied beside them, whatever they are.
 */
export const publicPolicy = (denied: readonly string[]): AddressPolicy =>
  policyWithout([...neverAnOperatorsOwn, ...denied]);

function policyWithout(networks: readonly string[]): AddressPolicy {
  const denied = new BlockList();
  for (const network of networks) addNetwork(denied, network);
  const isDenied = (address: string): boolean => denied.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return {
    allows(address) {
      // A zone (`fe80::1%eth0`) says through which interface, not to whom.
      const [bare = ""] = address.split("%", 1);
      if (isIP(bare) === 0 || isDenied(bare)) return false;
      const inner = embeddedIpv4(bare);
      return inner === undefined || !isDenied(inner);
    },
  };
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", bits] = network.split("/");
  const isIpv6 = isIP(address) === 6;
  list.addSubnet(address, Number(bits ?? (isIpv6 ? 128 : 32)), isIpv6 ? "ipv6" : "ipv4");
}

/**
 * The IPv4 address that an IPv6 address is another way to write, or whose packets a gateway sends on to it: mapped and
 * compatible ones (`::ffff:a.b.c.d`, `::a.b.c.d`), NAT64 (RFC 6052) and 6to4 (RFC 3056). `undefined` when there is none.
 */
export function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const groups = groupsOf(address);
  const starts = (...beginning: number[]): boolean => beginning.every((group, index) => groups[index] === group);
  if (starts(0x2002)) return toIpv4(groups[1], groups[2]);
  const zeros = [0, 0, 0, 0, 0];
  // `::` and `::1` are addresses of their own.
  const isCompatible = starts(...zeros, 0) && groups[6] !== 0;
  const hasTail = starts(0x64, 0xff9b, 0, 0, 0, 0) || starts(...zeros, 0xffff) || isCompatible;
  return hasTail ? toIpv4(groups[6], groups[7]) : undefined;
}

const toIpv4 = (high = 0, low = 0): string => [high >> 8, high & 255, low >> 8, low & 255].join(".");

/** The eight groups. The URL parser writes all forms, dotted ones too, as hexadecimal groups with one `::` at most. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const left = parseGroups(head);
  if (tail === undefined) return left;
  const right = parseGroups(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

const parseGroups = (text: string): number[] =>
  text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
