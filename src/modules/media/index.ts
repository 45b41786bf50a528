import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { getConfig } from "./config.endpoint.ts";
import { createContent } from "./create.endpoint.ts";
import { getContentAuthed, getContentOverrideNameAuthed } from "./download.endpoint.ts";
import type { MediaLibrary } from "./library.ts";
import { getContent, getContentOverrideName } from "./old-download.endpoint.ts";
import { getContentThumbnail, getContentThumbnailAuthed } from "./thumbnail.endpoint.ts";
import { referencesFollower } from "./references/follower.ts";
import type { Thumbnails } from "./thumbnails/thumbnails.ts";
import { uploadContent } from "./upload.endpoint.ts";
import { uploadContentToMXC } from "./upload-to.endpoint.ts";

export { openDiskStore } from "./files/disk.ts";
export type { FileStore } from "./files/file-store.ts";
export { clearAbandonedFiles } from "./abandoned-files.ts";
export { openFiles } from "./files/open.ts";
export { type MediaLimits, MediaLibrary } from "./library.ts";
export type { MediaName } from "./media.store.ts";
export { Scanner } from "./scanning/scanner.ts";
export { Thumbnails } from "./thumbnails/thumbnails.ts";
export { ThumbnailWorkers } from "./thumbnails/workers.ts";

interface Needs {
  readonly sql: Pick<Sql, "dialect">;
  readonly rooms: Pick<Rooms, "follow">;
  readonly library: MediaLibrary;
  readonly thumbnails: Thumbnails;
  readonly workers: AsyncDisposable;
  /** Media made before are given to those who are not logged in; ms since the epoch. */
  readonly openUntil: number;
}

/** Files that users upload. */
export function media(needs: Needs): Module {
  needs.rooms.follow(referencesFollower(needs.sql.dialect));
  return {
    name: "media",
    spec: [
      {
        section: "Content repository",
        link: "https://spec.matrix.org/v1.19/client-server-api/#content-repository",
        status: "partial",
        missing: "Media of other servers",
      },
    ],
    dispose: async () => await needs.workers[Symbol.asyncDispose](),
    endpoints: [
      uploadContent(needs),
      createContent(needs),
      uploadContentToMXC(needs),
      getContentAuthed(needs),
      getContentOverrideNameAuthed(needs),
      getConfig(needs.library, "/_matrix/client/v1/media/config", [
        "/_matrix/client/unstable/org.matrix.msc3916/media/config",
      ]),
      getContentThumbnailAuthed(needs),
      getContentThumbnail(needs),
      getContent(needs),
      getContentOverrideName(needs),
      getConfig(needs.library, "/_matrix/media/v3/config"),
    ],
  };
}
