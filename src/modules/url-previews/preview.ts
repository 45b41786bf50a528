import type { SharedTurns } from "../../engine/turns.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { StreamedResponse } from "../../outgoing/streamed-response.ts";
import type { Ask } from "./ask.ts";
import { type ImageNeeds, type KeptImage, keepImage, takeImage } from "./image.ts";
import { askOembed } from "./oembed.ts";
import { type PageSummary, type PreviewJson, summaryOf, titled } from "./open-graph.ts";
import { decoderOf } from "./page/charset.ts";
import { readPage } from "./page/read-page.ts";

/** What a preview is made with. */
export interface PreviewNeeds extends ImageNeeds {
  readonly maxPageBytes: number;
  readonly turns: SharedTurns;
}

/** A preview, and the medium of its image. */
export interface Preview {
  readonly answer: PreviewJson;
  /** `''` = none. */
  readonly mediaId: string;
}

const ACCEPTED = "text/html, application/xhtml+xml, image/*;q=0.9, text/plain;q=0.8, */*;q=0.1";
/** Of a text: what is shown of it is less. */
const MAX_TEXT_BYTES = 8 * 1024;

/**
 * Looks at what a URL leads to.
 * @throws OutgoingError when there is nothing to be had
 */
export async function makePreview(needs: PreviewNeeds, target: URL): Promise<Preview> {
  const seen = await lookAt(needs, target);
  if ("answer" in seen) return seen;
  const { members, picture, pictureText } = await completed(needs.ask, seen);
  const image = picture && (await takeImage(needs, picture));
  const alt = pictureText === "" ? {} : { "og:image:alt": pictureText };
  return image ? withImage({ ...members, ...alt }, image) : withoutImage(members);
}

/** The answer is let go of here, before anything else is asked: it may be of the same server. */
async function lookAt(needs: PreviewNeeds, target: URL): Promise<Preview | PageSummary> {
  await using answer = await needs.ask(target, ACCEPTED);
  if (!answer.isOk) throw new OutgoingError("unreachable", target.host);
  const contentType = answer.header("content-type");
  const [mime = ""] = (contentType ?? "").toLowerCase().split(";", 1);
  switch (mime.trim()) {
    case "text/html":
    case "application/xhtml+xml": {
      const bytes = answer.bytes({ maxBytes: needs.maxPageBytes, cutsOff: true });
      return summaryOf(await readPage(bytes, contentType, needs.turns), answer.url);
    }
    case "text/plain":
      return withoutImage(titled(nameOf(answer.url), await textOf(answer)));
    default:
      return mime.startsWith("image/") ? await previewOfImage(needs, answer) : withoutImage({});
  }
}

/** What a page lacks its oEmbed address may have. */
async function completed(ask: Ask, page: PageSummary): Promise<PageSummary> {
  const isComplete = "og:title" in page.members && "og:description" in page.members && page.picture;
  if (!page.oembed || isComplete) return page;
  const embed = await askOembed(ask, page.oembed);
  return { ...page, members: { ...embed.members, ...page.members }, picture: page.picture ?? embed.picture };
}

async function previewOfImage(needs: PreviewNeeds, answer: StreamedResponse): Promise<Preview> {
  const image = await keepImage(needs, answer);
  return image ? withImage(titled(nameOf(answer.url), ""), image) : withoutImage({});
}

const withoutImage = (answer: PreviewJson): Preview => ({ answer, mediaId: "" });

const withImage = (members: PreviewJson, { origin, mediaId, ...image }: KeptImage): Preview => ({
  answer: {
    ...members,
    "og:image": `mxc://${origin}/${mediaId}`,
    "og:image:type": image.contentType,
    "og:image:width": image.width,
    "og:image:height": image.height,
    "matrix:image:size": image.sizeBytes,
  },
  mediaId,
});

async function textOf(answer: StreamedResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.bytes({ maxBytes: MAX_TEXT_BYTES, cutsOff: true })) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return decoderOf(bytes, answer.header("content-type")).decode(bytes);
}

/** The last part of the path, as people read it; `''` = none. */
function nameOf({ pathname }: URL): string {
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
