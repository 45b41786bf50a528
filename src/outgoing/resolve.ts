import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";

/** Gives all addresses of a name, in the form of `dns.lookup`. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Asks the system, hosts file included. */
export const systemResolve: Resolve = (hostname, options, callback) => systemLookup(hostname, options, callback);
