import { type DestinationStream, destination, type Logger, pino } from "pino";

/** Fields that no line may hold, wherever somebody puts them. */
const SECRETS = ["token", "accessToken", "access_token", "password", "authorization"];

interface LogSettings {
  readonly level: "error" | "warn" | "info" | "debug";
  /** `json`: one object a line; `text`: a line for people. */
  readonly format: "text" | "json";
}

/** Makes the logger of the process. @param to where lines go; standard error by default, written at once */
export function createLogger({ level, format }: LogSettings, to: DestinationStream = destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: SECRETS.flatMap((name) => [name, `*.${name}`]),
    },
    format === "json" ? to : textLines(to),
  );
}

function textLines(to: DestinationStream): DestinationStream {
  return { write: (line) => to.write(`${toText(line)}\n`) };
}

/** One JSON line of the logger as `2026-11-24T12:00:00.000Z INFO  rooms: message key=value`, a stack below it. */
export function toText(line: string): string {
  const { time, level, module, msg, err, ...fields }: Record<string, unknown> = JSON.parse(line);
  const head = `${asText(time)} ${asText(level).toUpperCase().padEnd(5)} ${module === undefined ? "" : `${asText(module)}: `}`;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${asText(value)}`);
  return `${head}${asText(msg ?? "")}${rest.join("")}${stackOf(err)}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const stack = "stack" in error && typeof error.stack === "string" ? error.stack : JSON.stringify(error);
  return stack
    .split("\n")
    .map((line) => `\n    ${asText(line)}`)
    .join("");
}

/** A line break or another control character in a field must not look like a line of the log, or steer a terminal. */
function asText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** Query parameters whose values help to understand a log and tell nothing about anybody. */
const harmless = new Set(["timeout", "limit", "dir", "since", "from", "to", "full_state", "set_presence", "recurse"]);

/** A URL for the log: values of query parameters are left out (tokens, addresses, search terms) but for a few. */
export function loggableUrl(url: string): string {
  const mark = url.indexOf("?");
  if (mark === -1) return url;
  const shown = [...new URLSearchParams(url.slice(mark + 1))].map(([name, value]) =>
    harmless.has(name) ? `${name}=${value}` : `${name}=…`,
  );
  return `${url.slice(0, mark)}?${shown.join("&")}`;
}
