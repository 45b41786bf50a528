import { open } from "node:fs/promises";

const SIGNATURE_BYTES = 8;
/** Length and type; a checksum of 4 bytes follows the data. */
const HEADER_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** Before the image there are a palette, a profile and texts: an image with more chunks there is none that we know. */
const MAX_CHUNKS = 100;

/**
 * Whether a PNG moves: then it has a chunk `acTL` before its image. Its decoder knows nothing of that and shows the first
 * frame.
 * @see https://www.w3.org/TR/png-3/#acTL-chunk
 */
export async function isMovingPng(path: string): Promise<boolean> {
  await using file = await open(path, "r");
  const header = Buffer.alloc(HEADER_BYTES);
  let position = SIGNATURE_BYTES;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, position);
    const type = header.toString("latin1", 4);
    if (bytesRead < HEADER_BYTES || type === "IDAT") return false;
    if (type === "acTL") return true;
    position += HEADER_BYTES + header.readUInt32BE(0) + CHECKSUM_BYTES;
  }
  // Nobody knows: taken for one that moves, it is never given to those who want none that does.
  return true;
}
