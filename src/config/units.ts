/** Durations (`1d`, `90s`, `250ms`) and sizes (`100M`, `64KiB`) as sections write them. */
import { type TString, type TUnsafe, Type } from "typebox";

const millisecondsOf: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Powers of 1024, whichever way they are written: what an operator means by 100M is never in doubt by 5 %. */
const bytesOf: Readonly<Record<string, number>> = { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** The schema of a duration. `fallback` is written the same way: `1d`. */
export function durationSchema(description: string, fallback: string): TString {
  const formName = "a duration such as 30s, 5m, 12h or 7d";
  return Type.String({ pattern: "^\\d{1,9}(ms|s|m|h|d|w)$", default: fallback, description, formName });
}

/** The schema of a size: a number of bytes, or with a unit. */
export function sizeSchema(description: string, fallback: string | number): TUnsafe<string | number> {
  const formName = "a size such as 1048576, 64K, 100M or 1G";
  return Type.Unsafe<string | number>(
    Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: "^\\d{1,9}([KMGT]?B|[KMGT](iB)?)$", formName })], {
      default: fallback,
      description,
      formName,
    }),
  );
}

/** `1d` → milliseconds. The text has passed `durationSchema`. */
export function parseDuration(text: string): number {
  return scaled(text, millisecondsOf);
}

/** `100M`, `64KiB`, `4096` → bytes. The value has passed `sizeSchema`. */
export function parseSize(value: string | number): number {
  return typeof value === "number" ? value : scaled(value.replace(/(?<=[KMGT])i?B$/, ""), bytesOf);
}

function scaled(text: string, units: Readonly<Record<string, number>>): number {
  const [, digits, unit = ""] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? [];
  const factor = units[unit];
  if (digits === undefined || factor === undefined) throw new TypeError(`${text} has no known unit`);
  return Number(digits) * factor;
}
