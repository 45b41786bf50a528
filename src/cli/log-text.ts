/** Logs for people: `12:00:01.250 info  rooms: joined roomId=!a:b`, the stack of an error on lines of its own. */

const colours: Readonly<Record<string, string>> = { error: "31", fatal: "31", warn: "33", info: "32", debug: "90" };

/** One JSON line of the logger as text. */
export function formatLine(line: string, isColoured: boolean): string {
  const { level, time, msg, module, err, ...fields } = parseLine(line);
  const label = paint(String(level).padEnd(5), isColoured ? colours[String(level)] : undefined);
  const about = module === undefined ? "" : `${formatValue(module)}: `;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${formatValue(value)}`);
  const clock = String(time).slice(11, 23);
  return `${clock} ${label} ${about}${formatValue(msg ?? "")}${rest.join("")}${formatError(err)}\n`;
}

function parseLine(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : { msg: value };
}

function formatValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function formatError(error: unknown): string {
  if (error === undefined) return "";
  const stack =
    typeof error === "object" && error !== null && "stack" in error ? String(error.stack) : formatValue(error);
  return `\n${stack.replace(/^/gm, "    ")}`;
}

function paint(text: string, colour: string | undefined): string {
  return colour === undefined ? text : `\u001B[${colour}m${text}\u001B[0m`;
}
