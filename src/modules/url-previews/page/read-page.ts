import type { SharedTurns } from "../../../engine/turns.ts";
import { DECLARATION_BYTES, decoderOf } from "./charset.ts";
import { Findings } from "./findings.ts";

/** What the parser gets at once: nobody waits for more than this. */
const SLICE_LENGTH = 4096;

/**
 * Reads as much of a page as it takes to say what it is about. The page is never whole in memory, and nobody else waits for
 * its reading.
 * @param bytes ends where the page is to be cut off
 * @param turns of all pages that are read at the same time
 */
export async function readPage(
  bytes: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
  turns: SharedTurns,
): Promise<Findings> {
  // Read when it is needed: most servers make no previews.
  const { Parser } = await import("htmlparser2");
  const findings = new Findings();
  const parser = new Parser(findings, { recognizeSelfClosing: contentType?.includes("xhtml") ?? false });
  for await (const text of textOf(bytes, contentType)) {
    for (let at = 0; at < text.length && !findings.isDone; at += SLICE_LENGTH) {
      await turns.run(() => parser.write(text.slice(at, at + SLICE_LENGTH)));
    }
    if (findings.isDone) return findings;
  }
  parser.end();
  return findings;
}

async function* textOf(bytes: AsyncIterable<Uint8Array>, contentType: string | undefined): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    if (decoder) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.byteLength < DECLARATION_BYTES) continue;
    decoder = decoderOf(head, contentType);
    yield decoder.decode(head, { stream: true });
  }
  yield decoder ? decoder.decode() : decoderOf(head, contentType).decode(head);
}
