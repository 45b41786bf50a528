import { readFile } from "node:fs/promises";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { operatorPolicy, publicPolicy } from "./address-policy.ts";
import { ClientWhenAsked } from "./client-when-asked.ts";
import { type ClientLimits, defaultLimits } from "./limits.ts";
import type { HttpClient, StreamingClient } from "./request.ts";
import { type Resolve, systemResolve } from "./resolve.ts";

/** The one way by which the program asks other servers over HTTP. */
export interface Outgoing extends AsyncDisposable {
  /** For URLs that come from other servers, clients and people: the addresses that the operator denies are not asked. */
  readonly public: HttpClient;
  /** For URLs that the operator wrote into the configuration: services with private addresses are asked as well. */
  readonly operator: HttpClient;
  /**
   * For URLs that come from anybody, of which there may be many: with limits of its own, so that nothing else waits for
   * them. Ends with `Outgoing`.
   * @param deniedAddresses networks in CIDR form
   */
  separate(deniedAddresses: readonly string[]): StreamingClient;
}

/** Of `separate` clients. Few of their requests have a server in common: connections would stay open for nothing. */
const separateLimits: Partial<ClientLimits> = {
  perHost: 4,
  waitingPerHost: 50,
  total: 32,
  waiting: 500,
  keepsConnections: false,
};

interface OutgoingOptions {
  /** Networks in CIDR form that `public` never asks. */
  readonly deniedAddresses: readonly string[];
  /** Files of certificate authorities (PEM) that are trusted beside those that Node trusts. */
  readonly caFiles: readonly string[];
  /** How names are resolved; as the system does unless a test says otherwise. */
  readonly resolve?: Resolve;
  readonly limits?: Partial<ClientLimits>;
}

/** @throws Error when a file of certificates cannot be read or holds none */
export async function openOutgoing(options: OutgoingOptions): Promise<Outgoing> {
  const needs = {
    resolve: options.resolve ?? systemResolve,
    secureContext: options.caFiles.length === 0 ? undefined : await trusting(options.caFiles),
    limits: { ...defaultLimits, ...options.limits },
  };
  await using stack = new AsyncDisposableStack();
  const separate = (deniedAddresses: readonly string[]) => {
    const limits = { ...needs.limits, ...separateLimits, ...options.limits };
    return opened.use(new ClientWhenAsked({ ...needs, limits, policy: publicPolicy(deniedAddresses) }));
  };
  const clients = {
    public: stack.use(new ClientWhenAsked({ ...needs, policy: publicPolicy(options.deniedAddresses) })),
    operator: stack.use(new ClientWhenAsked({ ...needs, policy: operatorPolicy() })),
  };
  const opened = stack.move();
  return { ...clients, separate, [Symbol.asyncDispose]: async () => await opened.disposeAsync() };
}

async function trusting(files: readonly string[]): Promise<SecureContext> {
  const added = await Promise.all(files.map(readCertificates));
  return createSecureContext({ ca: [...getCACertificates("default"), ...added] });
}

async function readCertificates(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new Error(`${file} holds no certificate in PEM form`);
  return text;
}
