import { invalidParam, notFound } from "../../http/errors.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Profiles } from "./profiles.ts";

/** What finding profiles takes. */
export interface FindNeeds {
  readonly profiles: Pick<Profiles, "get">;
  readonly serverName: string;
  readonly exists: (userId: string) => Promise<boolean>;
  /** Asks another server; without it users of other servers have no profile. */
  readonly remote?: (userId: string, field: string | undefined) => Promise<JsonObject>;
}

/**
 * The profile of any user. `field` lets other servers answer with less.
 * @throws MatrixError 404 `M_NOT_FOUND` when there is no such user, 400 `M_INVALID_PARAM` when that is no user ID
 */
export async function findProfile(needs: FindNeeds, userId: string, field?: string): Promise<JsonObject> {
  const parsed = parseUserId(userId);
  if (!parsed) throw invalidParam("This is no user ID");
  if (parsed.serverName === needs.serverName) {
    if (!(await needs.exists(userId))) throw noProfile();
    return await needs.profiles.get(userId);
  }
  if (!needs.remote) throw noProfile();
  return await needs.remote(userId, field);
}

const noProfile = () => notFound("There is no such profile");
