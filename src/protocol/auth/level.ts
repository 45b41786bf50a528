import type { JsonValue } from "../json/json.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";

const wholeNumber = /^\s*[+-]?[0-9]+\s*$/;

/**
 * Reads one power level; `undefined` when the room version takes the value for no level.
 *
 * Since v10: an integer. Before: also a float, of which the fraction is dropped, and a string that is a whole number in
 * base 10 with an optional sign, leading zeroes and white space around it. Since v6 a float can only come from a room
 * that broke the rules of canonical JSON, so that no distinction is made here.
 * @see https://spec.matrix.org/v1.19/rooms/v1/#mroompower_levels-events-accept-values-as-strings
 * @see https://spec.matrix.org/v1.19/rooms/v1/#mroompower_levels-events-accept-values-as-floats
 * @see https://spec.matrix.org/v1.19/rooms/v10/#values-in-mroompower_levels-events-must-be-integers
 */
export function readLevel(value: JsonValue | undefined, rules: RoomVersionRules): number | undefined {
  if (rules.integerPowerLevels) return Number.isInteger(value) ? Number(value) : undefined;
  if (typeof value === "string" && !wholeNumber.test(value)) return undefined;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const level = Number(value);
  // Adding 0 turns -0 into 0.
  return Number.isFinite(level) ? Math.trunc(level) + 0 : undefined;
}
