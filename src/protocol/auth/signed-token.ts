import type { JsonObject } from "../json/json.ts";

/** Whether one of the keys has signed. Nothing is verified yet: no. */
export const isSignedByAny = (_publicKeys: readonly string[], _signed: JsonObject): boolean => false;
