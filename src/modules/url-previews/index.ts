import type { Module } from "../module.ts";
import { getUrlPreview, getUrlPreviewAuthed } from "./preview-url.endpoint.ts";
import type { UrlPreviews } from "./previews.ts";

export { UrlPreviews } from "./previews.ts";

interface Needs {
  /** `undefined` = switched off. */
  readonly previews: UrlPreviews | undefined;
  /** The languages that pages are asked for in when a client does not say. */
  readonly language: string;
}

/** What links in messages lead to. */
export const urlPreviews = (needs: Needs): Module => ({
  name: "url-previews",
  spec: [
    {
      section: "Content repository: previews of URLs",
      link: "https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url",
      status: "complete",
    },
  ],
  endpoints: [getUrlPreviewAuthed(needs), getUrlPreview(needs)],
  dispose: () => needs.previews?.[Symbol.dispose](),
});
