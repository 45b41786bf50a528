import { isIP, type LookupFunction, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { buildConnector } from "undici";
import type { AddressPolicy } from "./address-policy.ts";
import { AddressDenied } from "./errors.ts";
import type { Resolve } from "./resolve.ts";

interface Needs {
  readonly policy: AddressPolicy;
  readonly resolve: Resolve;
  readonly connectTimeoutMs: number;
  /** What is trusted, when that differs from what Node trusts. */
  readonly secureContext: SecureContext | undefined;
}

/**
 * Makes connections to allowed addresses only. The decision is on the very addresses that the connection then uses: a
 * name that resolves otherwise a moment later gains nothing. A connection that is made is looked at once more.
 */
export function createConnector(needs: Needs): buildConnector.connector {
  const { policy, connectTimeoutMs, secureContext } = needs;
  const connect = buildConnector({
    lookup: checkedLookup(needs),
    timeout: connectTimeoutMs,
    allowH2: false,
    autoSelectFamily: true,
    ...(secureContext && { secureContext }),
  });
  return (options, callback) => {
    // Addresses are connected to without a lookup.
    if (isIP(options.hostname) !== 0 && !policy.allows(options.hostname)) {
      callback(new AddressDenied(), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error) callback(error, null);
      else if (isConnectedTo(socket, policy)) callback(null, socket);
      else {
        socket.destroy();
        callback(new AddressDenied(), null);
      }
    });
  };
}

/** What the connection itself says: nothing between the look-up and here may have changed whom it leads to. */
const isConnectedTo = ({ remoteAddress }: Socket, policy: AddressPolicy): boolean =>
  remoteAddress !== undefined && policy.allows(remoteAddress);

function checkedLookup({ policy, resolve }: Needs): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => policy.allows(address));
      const [first] = allowed;
      if (!first) callback(error ?? new AddressDenied(), [], 0);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
