import { allow, refuse, type Verdict } from "../verdict.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { maxNesting } from "./nesting.ts";

const noOddNumbers: ReadonlySet<object> = new Set();
/** Longer paths are cut in reasons. */
const maxPathLength = 200;

/**
 * Whether a value is what canonical JSON can say, as room versions since 6 demand of events: integers within
 * ±(2^53 - 1), no negative zero, no lone surrogates; and nesting within our limit.
 * @param oddNumbers What `parseJsonWithNumbers` found. Without it `1.0` passes for `1`.
 * @see https://spec.matrix.org/v1.19/appendices/#canonical-json
 */
export function checkCanonicalJson(value: JsonValue, oddNumbers: ReadonlySet<object> = noOddNumbers): Verdict {
  const flaw = findFlaw(value, { oddNumbers, level: 0 });
  if (flaw === undefined) return allow;
  const place = flaw.path === "" ? "The value" : flaw.path.slice(0, maxPathLength);
  return refuse(flaw.rule, `${place} ${flaw.what}`);
}

interface Flaw {
  readonly rule: string;
  readonly what: string;
  readonly path: string;
}

interface Walk {
  readonly oddNumbers: ReadonlySet<object>;
  readonly level: number;
}

const flaw = (rule: string, what: string): Flaw => ({ rule, what, path: "" });

function findFlaw(value: JsonValue, walk: Walk): Flaw | undefined {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? undefined : flaw("canonical-json.text", "holds half of a character");
    case "number":
      return findFlawInNumber(value);
    case "boolean":
      return undefined;
    default:
      return value === null ? undefined : findFlawWithin(value, walk);
  }
}

function findFlawInNumber(value: number): Flaw | undefined {
  if (!Number.isInteger(value)) return flaw("canonical-json.float", "is not an integer");
  if (!Number.isSafeInteger(value)) return flaw("canonical-json.range", "is not within ±(2^53 - 1)");
  return Object.is(value, -0) ? flaw("canonical-json.float", "is the negative zero") : undefined;
}

function findFlawWithin(value: JsonObject | readonly JsonValue[], { oddNumbers, level }: Walk): Flaw | undefined {
  if (level === maxNesting) return flaw("canonical-json.nesting", `nests deeper than ${maxNesting} levels`);
  const inner = { oddNumbers, level: level + 1 };
  for (const [name, member] of Object.entries<JsonValue>(value)) {
    const found = findFlaw(name, inner) ?? findFlaw(member, inner);
    if (found) return { ...found, path: found.path === "" ? name : `${name}.${found.path}` };
  }
  // Last, since it can not say which of the numbers it is.
  return oddNumbers.has(value)
    ? flaw("canonical-json.float", "holds a number that is not written as integer")
    : undefined;
}
