import { resolve } from "node:path";
import { type Static, Type } from "typebox";
import type { ResolveContext } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

/** A scanner that speaks the protocol of ClamAV's daemon. */
export type MediaScannerConfig = {
  /** Where it listens: a Unix socket by its absolute path, or a host and port. */
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  /** Whether files are taken in that it could not look at. */
  readonly allowsUnscanned: boolean;
  /** For one file. */
  readonly timeoutMs: number;
};

/** The part `scanner` of the section `media`. */
export const mediaScannerSchema = Type.Object(
  {
    clamd: Type.Union(
      [Type.Null(), Type.String({ pattern: "^(unix:.+|tcp://.+:\\d{1,5})$", formName: "an address" })],
      {
        default: null,
        description:
          "Where ClamAV's daemon listens: `unix:/run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`; `null`: files are not scanned.",
      },
    ),
    when_unavailable: Type.Union([Type.Literal("refuse"), Type.Literal("allow")], {
      default: "refuse",
      description:
        "What becomes of a file that the daemon cannot look at: it does not answer, or the file is beyond its `StreamMaxLength`.",
    }),
    timeout: durationSchema("How long the daemon may take for a file.", "1m"),
  },
  {
    additionalProperties: false,
    default: {},
    description: "A scanner that looks at every file before anybody gets it.",
  },
);

export function toMediaScanner(
  { clamd, when_unavailable, timeout }: Static<typeof mediaScannerSchema>,
  { folder, problem }: Pick<ResolveContext, "folder" | "problem">,
): MediaScannerConfig | undefined {
  if (clamd === null) return undefined;
  const common = { allowsUnscanned: when_unavailable === "allow", timeoutMs: parseDuration(timeout) };
  if (clamd.startsWith("unix:")) return { ...common, address: { path: resolve(folder, clamd.slice("unix:".length)) } };
  const url = URL.parse(clamd);
  if (!url || url.port === "" || url.username !== "" || url.pathname.length > 1) {
    problem(["scanner", "clamd"], "is no address such as `tcp://127.0.0.1:3310`");
  }
  return { ...common, address: { host: bareHost(url?.hostname ?? ""), port: Number(url?.port) } };
}

/** URLs have IPv6 addresses in brackets, sockets do not. */
const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, "$1");
