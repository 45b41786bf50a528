import { Readable } from "node:stream";
import { Answer, JsonText } from "./endpoint.ts";

/** An answer of less is sent whole, with its length. */
const WHOLE_CHARACTERS = 64 * 1024;

/**
 * A JSON answer that may be too large to be made at once: it is made piece by piece, as fast as the client takes it, and
 * no further when the client goes away. What fails before the first 64 K characters are there is an error like any other;
 * later the connection ends, so that no client takes the part for the whole.
 *
 * @param pieces one after another they are the JSON text; each should take less than 10 ms to make
 */
export async function jsonStream(pieces: AsyncGenerator<string, void>): Promise<JsonText | Answer> {
  let begin = "";
  while (begin.length < WHOLE_CHARACTERS) {
    const { value, done } = await pieces.next();
    if (done) return new JsonText(begin);
    begin += value;
  }
  const body = Readable.from(gathered(begin, pieces), { objectMode: false });
  return new Answer(200, body, { "content-type": "application/json" });
}

/** The same text in pieces that are not small: each costs a packet of its own. */
async function* gathered(begin: string, pieces: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield begin;
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    if (text.length < WHOLE_CHARACTERS) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** The items of pages, with commas between them: what stands in an array or an object. A piece for each page. */
export async function* commaSeparated(pages: AsyncIterable<readonly string[]>): AsyncGenerator<string, void> {
  let isFirst = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield (isFirst ? "" : ",") + page.join(",");
    isFirst = false;
  }
}
