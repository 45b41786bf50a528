import { Readable } from "node:stream";
import { MatrixError } from "../../http/errors.ts";
import { OutgoingError } from "../../outgoing/errors.ts";
import type { StreamedResponse } from "../../outgoing/streamed-response.ts";
import type { MediaLibrary, MediaName } from "../media/index.ts";
import type { Ask } from "./ask.ts";
import { type ImageLook, imageLook, LOOKED_AT_BYTES } from "./image-type.ts";

/** An image that is kept as a medium of this server. */
export interface KeptImage extends ImageLook, MediaName {
  readonly sizeBytes: number;
}

/** What images of pages are taken in with. */
export interface ImageNeeds {
  readonly library: Pick<MediaLibrary, "upload">;
  readonly ask: Ask;
  readonly maxImageBytes: number;
  readonly maxImagePixels: number;
}

/** The image of a page. A preview is one without it as well: `undefined` for whatever cannot be had. */
export async function takeImage(needs: ImageNeeds, url: URL): Promise<KeptImage | undefined> {
  try {
    await using answer = await needs.ask(url, "image/*");
    return await keepImage(needs, answer);
  } catch (error) {
    if (error instanceof OutgoingError) return undefined;
    throw error;
  }
}

/**
 * Keeps an image as it comes. Of which kind it is its bytes say, whatever the header does.
 * @returns `undefined` when it is no image that is shown, or too large
 * @throws OutgoingError when it breaks off
 */
export async function keepImage(needs: ImageNeeds, answer: StreamedResponse): Promise<KeptImage | undefined> {
  if (!answer.isOk || !mayBeImage(answer.header("content-type"))) return undefined;
  const bytes = answer.bytes({ maxBytes: needs.maxImageBytes });
  const head = await headOf(bytes);
  if (!head || head.look.width * head.look.height > needs.maxImagePixels) return undefined;
  let sizeBytes = 0;
  const counted = async function* () {
    for await (const chunk of joined(head.bytes, bytes)) {
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  try {
    const { contentType } = head.look;
    const name = await needs.library.upload({
      uploader: "",
      source: Readable.from(counted()),
      contentType,
      uploadName: "",
    });
    return { ...head.look, ...name, sizeBytes };
  } catch (error) {
    // Too large, or refused by a scanner.
    if (error instanceof MatrixError) return undefined;
    throw error;
  }
}

/** What says that it is something else is not even looked at. */
const mayBeImage = (header: string | undefined): boolean =>
  header === undefined || /^\s*(image\/|application\/octet-stream)/i.test(header);

/** So much of an image as says what it is; `undefined` when that is nothing. */
async function headOf(bytes: AsyncGenerator<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let lookedAt = 0;
  while (size < LOOKED_AT_BYTES) {
    const next = await bytes.next();
    if (!next.done) {
      chunks.push(next.value);
      size += next.value.byteLength;
    }
    // Twice as much each time: what comes in small pieces is not looked at for each of them.
    if (!next.done && size < lookedAt * 2) continue;
    lookedAt = size;
    const head = Buffer.concat(chunks);
    const look = imageLook(head);
    if (look) return { bytes: head, look };
    if (next.done) return undefined;
  }
  return undefined;
}

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
