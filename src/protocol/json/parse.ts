/*
 * JSON.parse reads `1.0`, `1e0` and `-0` as the integers 1 and 0, and integers that are too long as a number near them.
 * Room versions with strict canonical JSON refuse events with such numbers, so what `JSON.parse` forgets must be kept.
 * Few texts hold such numbers: a regular expression finds those that may, and only they are parsed the slow way.
 */
import type { JsonValue } from "./json.ts";
import { isNestedDeeperThan, maxNesting } from "./nesting.ts";

/** A value and what its text held that canonical JSON has no room for. */
export interface ParsedJson {
  readonly value: JsonValue;
  /**
   * The objects and lists in `value` of which a number was written in a way that canonical JSON does not have (`1.0`,
   * `1e3`, `-0`, beyond ±(2^53 - 1)). Give it to `checkCanonicalJson`. Empty for nearly every text.
   */
  readonly oddNumbers: ReadonlySet<object>;
}

const noOddNumbers: ReadonlySet<object> = new Set();
/** A number, also one within a string, that may be odd. */
const maybeOddNumber = /(?:^|[[,:])[ \t\n\r]*(?:-0|-?\d+[.eE]|-?\d{16})/;
const plainInteger = /^(?:0|-?[1-9]\d*)$/;

/**
 * Parses JSON of any origin, as lenient as room versions 1 to 5 ask.
 * @throws SyntaxError when the text is not JSON, nests deeper than `maxNesting` or holds a number beyond the doubles.
 */
export function parseJson(text: string): JsonValue {
  return parseJsonWithNumbers(text).value;
}

/**
 * As `parseJson`, and tells which objects hold odd numbers. The value itself can not: a number alone has no object that
 * could hold it, and is checked by its value only.
 * @throws SyntaxError as `parseJson` does.
 */
export function parseJsonWithNumbers(text: string): ParsedJson {
  const value: JsonValue = JSON.parse(text);
  if (isNestedDeeperThan(value, maxNesting)) throw new SyntaxError(`The JSON nests deeper than ${maxNesting} levels`);
  return maybeOddNumber.test(text) ? parseSlowly(text) : { value, oddNumbers: noOddNumbers };
}

function parseSlowly(text: string): ParsedJson {
  const oddNumbers = new Set<object>();
  const value: JsonValue = JSON.parse(text, function (this: object, _name, member: unknown, { source }) {
    if (typeof member !== "number") return member;
    if (!Number.isFinite(member)) throw new SyntaxError(`The number ${source} is too large`);
    if (!Number.isSafeInteger(member) || !plainInteger.test(source ?? "")) oddNumbers.add(this);
    return member;
  });
  return { value, oddNumbers };
}

declare global {
  interface JSON {
    /** The compiler does not know yet that a reviver is told the text of numbers. */
    parse(
      text: string,
      reviver: (this: object, name: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): JsonValue;
  }
}
