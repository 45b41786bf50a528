import { hash } from "node:crypto";
import { Type } from "typebox";
import type { JsonObject } from "../../protocol/json/json.ts";

/** The schema of the member `auth`, which every endpoint with this authentication takes. */
export const authSchema = Type.Optional(
  Type.Object({ type: Type.Optional(Type.String()), session: Type.Optional(Type.String({ maxLength: 255 })) }),
);

/** Any body with an `auth` member. */
export type AuthenticatedBody = Readonly<Record<string, unknown>>;

/** The `auth` member as plain JSON; empty when it is not there. */
export function authOf(body: object): JsonObject {
  const auth: unknown = Object.entries(body).find(([name]) => name === "auth")?.[1];
  return isJsonObject(auth) ? auth : {};
}

/** The same for bodies that differ in nothing but `auth` and the order of members. Not reversible. */
export function hashBody(body: object): string {
  const members = Object.entries(body).filter(([name]) => name !== "auth");
  return hash("sha256", JSON.stringify(sortMembers(Object.fromEntries(members))), "base64url");
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== "object" || value === null) return value;
  // A list of pairs, since an object would put names that look like numbers first.
  const entries: [string, unknown][] = Object.entries(value);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sortMembers(member)]);
}

/** Bodies come from the JSON parser: what is an object there is JSON. */
const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
