import { resolve } from "node:path";
import { type Static, Type } from "typebox";
import type { Surface } from "../../http/endpoint.ts";
import { section } from "../section.ts";

export type TlsConfig = {
  /** Absolute path, PEM. */ readonly certificateFile: string;
  readonly privateKeyFile: string;
};

export type ListenerConfig = {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly tls: TlsConfig | undefined;
  readonly serve: readonly Surface[];
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
};

const surfaces = [
  "client",
  "federation",
  "media",
  "admin",
  "console",
  "health",
  "metrics",
] as const satisfies Surface[];

const listener = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "127.0.0.1", description: "The address or host name to bind." }),
    port: Type.Integer({ minimum: 0, maximum: 65535, default: 8008, description: "The TCP port; 0 takes a free one." }),
    tls: Type.Optional(
      Type.Object(
        {
          certificate: Type.String({ minLength: 1, description: "The file of the certificate chain (PEM)." }),
          private_key: Type.String({ minLength: 1, description: "The file of its private key (PEM)." }),
        },
        { additionalProperties: false, description: "Makes this a TLS listener." },
      ),
    ),
    serve: Type.Array(Type.Enum(surfaces), {
      minItems: 1,
      default: ["client", "federation", "media", "admin", "console", "health"],
      description: "What this listener answers.",
    }),
    trusted_proxies: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        "Addresses and networks (`10.0.0.0/8`) of reverse proxies in front of this listener: the client's address is then taken from their `X-Forwarded-For`.",
    }),
  },
  { additionalProperties: false },
);

export const listeners = section({
  key: "listeners",
  schema: Type.Array(listener, {
    minItems: 1,
    default: [{}],
    description: "Where the server listens, and what is answered there.",
  }),
  resolve: (written, { folder }) => written.map((entry) => toListener(entry, folder)),
});

function toListener(entry: Static<typeof listener>, folder: string): ListenerConfig {
  const { tls } = entry;
  return {
    host: entry.host,
    port: entry.port,
    tls: tls && {
      certificateFile: resolve(folder, tls.certificate),
      privateKeyFile: resolve(folder, tls.private_key),
    },
    serve: entry.serve,
    trustedProxies: entry.trusted_proxies,
  };
}
