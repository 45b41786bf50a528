import type { JsonObject } from "../../protocol/json/json.ts";

/** What a user is called. */
export interface Profile {
  readonly displayname?: string | undefined;
  readonly avatar_url?: string | undefined;
}

/** Finds the profile of a user of this server; empty for others. */
export type ProfileOf = (userId: string) => Promise<Profile>;

/** The profile as it goes into a membership event: members that are not set are left out. */
export function memberContent({ displayname, avatar_url: avatarUrl }: Profile): JsonObject {
  return {
    ...(displayname === undefined ? {} : { displayname }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  };
}
