import { type Static, Type } from "typebox";
import { notPublic, parseNetworks } from "../networks.ts";
import type { ResolveContext } from "../section.ts";
import { durationSchema, parseDuration, parseSize, sizeSchema } from "../units.ts";

export type UrlPreviewsConfig = {
  readonly enabled: boolean;
  /** What is read of a page, unpacked. */
  readonly maxPageBytes: number;
  readonly maxImageBytes: number;
  /** For all that a preview takes, its image included. */
  readonly timeoutMs: number;
  /** Globs of host names; `undefined` = all. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly deniedHosts: readonly string[];
  /** `undefined` = all. */
  readonly allowedPorts: readonly number[] | undefined;
  /** Networks in CIDR form. */
  readonly deniedAddresses: readonly string[];
  /** What is asked for by `Accept-Language` when the client does not say. */
  readonly language: string;
  /** How long a preview is given without a new look at the page. */
  readonly lifetimeMs: number;
  /** How long it is kept for those who ask for that time. */
  readonly keepMs: number;
  readonly maxKept: number;
};

const host = Type.String({ minLength: 1, maxLength: 255 });

/** The part `url_previews` of the section `media`. */
export const urlPreviewsSchema = Type.Object(
  {
    enabled: Type.Boolean({
      default: false,
      description: "Whether this server looks at web pages for its users, to show what links lead to.",
    }),
    max_page_bytes: sizeSchema("How much of a page is read.", "1M"),
    max_image_bytes: sizeSchema("The largest image that is taken from a page.", "10M"),
    timeout: durationSchema("How long a preview may take, its image included.", "20s"),
    allowed_hosts: Type.Union([Type.Null(), Type.Array(host)], {
      default: null,
      description: "Hosts that may be asked, such as `*.example.org`; `null`: all.",
    }),
    denied_hosts: Type.Array(host, {
      default: [],
      description: "Hosts that may not be asked, such as `example.org` and `*.example.org`.",
    }),
    allowed_ports: Type.Union([Type.Null(), Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }))], {
      default: [80, 443],
      description: "Ports that may be asked; `null`: all.",
    }),
    denied_addresses: Type.Union([Type.Literal("default"), Type.Array(Type.String())], {
      default: "default",
      description:
        "Networks that are never asked, whatever a host's name resolves to. `default`: all that is not the public Internet.",
    }),
    language: Type.String({
      pattern: "^[\\w*-]+(;q=[\\d.]+)?(, ?[\\w*-]+(;q=[\\d.]+)?)*$",
      formName: "languages as browsers name them, such as `de, en;q=0.5`",
      default: "en",
      description: "The languages in which pages are asked for when a client does not say.",
    }),
    cache_lifetime: durationSchema("How long a preview is given without a new look at the page.", "1h"),
    keep: durationSchema("How long previews are kept for older messages.", "7d"),
    max_kept: Type.Integer({ minimum: 1, default: 20_000, description: "How many previews are kept." }),
  },
  { additionalProperties: false, default: {}, description: "Previews of web pages that messages link to." },
);

export function toUrlPreviews(
  written: Static<typeof urlPreviewsSchema>,
  problem: ResolveContext["problem"],
): UrlPreviewsConfig {
  const { denied_addresses: denied } = written;
  const networks = {
    problem: (path: readonly string[], message: string) => problem(["url_previews", ...path], message),
  };
  return {
    enabled: written.enabled,
    maxPageBytes: parseSize(written.max_page_bytes),
    maxImageBytes: parseSize(written.max_image_bytes),
    timeoutMs: parseDuration(written.timeout),
    allowedHosts: written.allowed_hosts ?? undefined,
    deniedHosts: written.denied_hosts,
    allowedPorts: written.allowed_ports ?? undefined,
    deniedAddresses: denied === "default" ? notPublic : parseNetworks(denied, networks),
    language: written.language,
    lifetimeMs: parseDuration(written.cache_lifetime),
    keepMs: parseDuration(written.keep),
    maxKept: written.max_kept,
  };
}
