import { type Logger, pino, stdTimeFunctions } from "pino";
import type { LogConfig } from "../config/config.ts";
import { formatLine } from "./log-text.ts";

/** The program's logger: to standard error, so that standard output stays for what was asked for. */
export function createLogger({ level, format }: LogConfig): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: ["token", "accessToken", "access_token", "password", "authorization"].flatMap((key) => [key, `*.${key}`]),
  };
  if (format === "json") return pino(options, pino.destination({ fd: 2, sync: true }));
  const isColoured = process.stderr.isTTY;
  return pino(options, { write: (line) => void process.stderr.write(formatLine(line, isColoured)) });
}
