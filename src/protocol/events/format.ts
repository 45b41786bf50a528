/*
 * Whether JSON from outside is an event at all: members of the right types, as the room version wants them. Says nothing
 * on what the event may do, nor on hashes, signatures and size. Members that nobody names pass.
 */
import { isUserId } from "../ids/ids.ts";
import { checkCanonicalJson } from "../json/check-canonical.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json/json.ts";
import { isNestedDeeperThan, maxNesting } from "../json/nesting.ts";
import type { RoomVersionRules } from "../room-versions/rules.ts";
import { allow, refuse, type Refusal, type Verdict } from "../verdict.ts";
import type { PduJson } from "./pdu.ts";

/** @see https://spec.matrix.org/v1.19/rooms/v11/#event-format-1 */
const maxPrevEvents = 20;
const maxAuthEvents = 10;

/** What of a room version decides on the format. */
export type FormatRules = Pick<
  RoomVersionRules,
  "eventIdFormat" | "eventReferences" | "roomIdIsCreateHash" | "redactsInContent" | "strictCanonicalJson"
>;

/**
 * Whether the value is a PDU of the room version.
 * @param oddNumbers Of `parseJsonWithNumbers`, for room versions with strict canonical JSON.
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu
 */
export const checkEventFormat = (value: JsonValue, rules: FormatRules, oddNumbers?: ReadonlySet<object>): Verdict =>
  findFault(value, rules, oddNumbers) ?? allow;

function findFault(value: JsonValue, rules: FormatRules, oddNumbers?: ReadonlySet<object>): Refusal | undefined {
  if (!isJsonObject(value)) return refuse("event.format", "An event is a JSON object");
  if (rules.strictCanonicalJson) {
    const verdict = checkCanonicalJson(value, oddNumbers);
    if (!verdict.allowed) return verdict;
  } else if (isNestedDeeperThan(value, maxNesting)) {
    return refuse("event.format.nesting", `The event nests deeper than ${maxNesting} levels`);
  }
  for (const [name, check] of membersOf(value, rules)) {
    const expected = check(value[name]);
    if (expected !== undefined) return refuse(`event.format.${name}`, `${name} must be ${expected}`);
  }
  return undefined;
}

/** The value as an event, once its format is known to be right. */
export function readPdu(
  value: JsonValue,
  rules: FormatRules,
  oddNumbers?: ReadonlySet<object>,
): { readonly allowed: true; readonly pdu: PduJson } | Refusal {
  const fault = findFault(value, rules, oddNumbers);
  if (fault) return fault;
  assertChecked(value);
  return { allowed: true, pdu: value };
}

/** Tells the compiler what `findFault` made sure of. */
function assertChecked(_value: JsonValue): asserts _value is PduJson {}

/** What a member must be, in words, when it is not. */
type Check = (value: JsonValue | undefined) => string | undefined;

const check =
  (expected: string, holds: (value: JsonValue | undefined) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : expected;

const optional =
  (inner: Check): Check =>
  (value) =>
    value === undefined ? undefined : inner(value);

const text = check("a string", (value) => typeof value === "string");
const object = check("an object", isJsonObject);
const userId = check("a user ID", (value) => typeof value === "string" && isUserId(value));
const roomId = check("a room ID", (value) => typeof value === "string" && value.startsWith("!"));
const time = check("an integer", Number.isInteger);
const depth = check("an integer, not negative", (value) => Number.isInteger(value) && Number(value) >= 0);
const hashes = check("an object with sha256", (value) => isJsonObject(value) && typeof value["sha256"] === "string");
const signatures = check(
  "an object of objects of strings",
  (value) =>
    isJsonObject(value) &&
    Object.values(value).every(
      (own) => isJsonObject(own) && Object.values(own).every((signature) => typeof signature === "string"),
    ),
);

const isId = (value: JsonValue): boolean => typeof value === "string";
const isPair = (value: JsonValue): boolean =>
  Array.isArray(value) && value.length === 2 && isId(value[0]) && isJsonObject(value[1]);

/** Event IDs, or before room version 3 pairs of ID and hashes. */
const references = ({ eventReferences }: FormatRules, limit: number): Check => {
  const isReference = eventReferences === "ids" ? isId : isPair;
  const what = eventReferences === "ids" ? "event IDs" : "pairs of event ID and hashes";
  return check(
    `a list of at most ${limit} ${what}`,
    (value) => Array.isArray(value) && value.length <= limit && value.every(isReference),
  );
};

const common: readonly (readonly [string, Check])[] = [
  ["type", text],
  ["sender", userId],
  ["content", object],
  ["state_key", optional(text)],
  ["origin_server_ts", time],
  ["depth", depth],
  ["hashes", hashes],
  ["signatures", signatures],
  ["unsigned", optional(object)],
];

function membersOf(pdu: JsonObject, rules: FormatRules): readonly (readonly [string, Check])[] {
  // Since v12 a create event makes its room ID; that it names none is for the authorisation rules to say.
  const isRoomIdFree = rules.roomIdIsCreateHash && pdu["type"] === "m.room.create" && pdu["state_key"] === "";
  return [
    ...common,
    ["room_id", isRoomIdFree ? optional(roomId) : roomId],
    ["prev_events", references(rules, maxPrevEvents)],
    ["auth_events", references(rules, maxAuthEvents)],
    // v1, v2: the ID is part of the event.
    ...(rules.eventIdFormat === "opaque" ? [["event_id", text] as const] : []),
    // Since v11 `redacts` stands in the content, where it is not looked at before it is applied.
    ...(rules.redactsInContent ? [] : [["redacts", optional(text)] as const]),
  ];
}
