import { OutgoingError } from "../../outgoing/errors.ts";
import type { Ask } from "./ask.ts";
import { otherText, type PreviewJson, titled } from "./open-graph.ts";
import { linkedFrom } from "./target.ts";

const MAX_BYTES = 64 * 1024;

/** What oEmbed says of a page. */
export interface Embed {
  readonly members: PreviewJson;
  readonly picture: URL | undefined;
}

const nothing: Embed = { members: {}, picture: undefined };

/**
 * Asks what a page's own oEmbed address says of it. Whatever goes wrong, a preview is one without it. What leads on from
 * there is not followed, and HTML is not looked at.
 * @see https://oembed.com/
 */
export async function askOembed(ask: Ask, url: URL): Promise<Embed> {
  try {
    await using answer = await ask(url, "application/json");
    const isJson = /^application\/(json|[\w.]+\+json)\b/i.test(answer.header("content-type") ?? "");
    if (!answer.isOk || !isJson) return nothing;
    const value = (await answer.whole(MAX_BYTES)).json();
    return typeof value === "object" && value !== null ? embedOf(Object.entries(value), answer.url) : nothing;
  } catch (error) {
    if (error instanceof OutgoingError) return nothing;
    throw error;
  }
}

function embedOf(entries: readonly (readonly [string, unknown])[], url: URL): Embed {
  const texts = new Map(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
  const textOf = (name: string): string => texts.get(name) ?? "";
  const siteName = otherText(textOf("provider_name"));
  const picture = textOf("type") === "photo" ? textOf("url") : textOf("thumbnail_url");
  return {
    members: {
      ...titled(textOf("title"), textOf("author_name")),
      ...(siteName !== "" && { "og:site_name": siteName }),
    },
    picture: linkedFrom(picture, url),
  };
}
