/** What an image says of itself in its first bytes. */
export interface ImageLook {
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

type Reader = (bytes: DataView) => ImageLook | undefined;

/** So many bytes of an image are looked at: cameras put much before what counts. */
export const LOOKED_AT_BYTES = 256 * 1024;

/**
 * Reads of which kind and size an image is, without decoding it. Only those are known that browsers show and nothing runs
 * in.
 * @returns `undefined` when it is none of these, or when that does not show yet
 */
export function imageLook(head: Uint8Array): ImageLook | undefined {
  const bytes = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const read of [readPng, readGif, readWebp, readJpeg, readAvif]) {
    const look = tryRead(read, bytes);
    if (look && look.width > 0 && look.height > 0) return look;
  }
  return undefined;
}

/** What is cut off cannot be read yet. */
function tryRead(read: Reader, bytes: DataView): ImageLook | undefined {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const hasText = (bytes: DataView, offset: number, text: string): boolean =>
  Array.from(text).every((character, index) => bytes.getUint8(offset + index) === character.charCodeAt(0));

function readPng(bytes: DataView): ImageLook | undefined {
  if (!hasText(bytes, 0, "\u0089PNG\r\n\u001a\n") || !hasText(bytes, 12, "IHDR")) return undefined;
  return { contentType: "image/png", width: bytes.getUint32(16), height: bytes.getUint32(20) };
}

function readGif(bytes: DataView): ImageLook | undefined {
  if (!hasText(bytes, 0, "GIF87a") && !hasText(bytes, 0, "GIF89a")) return undefined;
  return { contentType: "image/gif", width: bytes.getUint16(6, true), height: bytes.getUint16(8, true) };
}

function readWebp(bytes: DataView): ImageLook | undefined {
  if (!hasText(bytes, 0, "RIFF") || !hasText(bytes, 8, "WEBP")) return undefined;
  const size = webpSize(bytes);
  return size && { contentType: "image/webp", ...size };
}

/** The three kinds: lossy, lossless, and with more than a picture. */
function webpSize(bytes: DataView): { width: number; height: number } | undefined {
  if (hasText(bytes, 12, "VP8 ")) {
    return { width: bytes.getUint16(26, true) & 0x3fff, height: bytes.getUint16(28, true) & 0x3fff };
  }
  if (hasText(bytes, 12, "VP8L")) {
    const bits = bytes.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!hasText(bytes, 12, "VP8X")) return undefined;
  return { width: (bytes.getUint32(24, true) & 0xffffff) + 1, height: (bytes.getUint32(26, true) >>> 8) + 1 };
}

/** Segments that begin a frame, and with it say how large it is: all of `C0` to `CF` but three. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function readJpeg(bytes: DataView): ImageLook | undefined {
  if (bytes.getUint16(0) !== 0xffd8) return undefined;
  let offset = 2;
  for (;;) {
    if (bytes.getUint8(offset) !== 0xff) return undefined;
    const marker = bytes.getUint8(offset + 1);
    if (isFrame(marker)) {
      return { contentType: "image/jpeg", width: bytes.getUint16(offset + 7), height: bytes.getUint16(offset + 5) };
    }
    // A byte may be repeated before a marker; all other segments say how long they are, two bytes at least.
    offset += marker === 0xff ? 1 : 2 + Math.max(2, bytes.getUint16(offset + 2));
  }
}

/** The boxes that hold it lie deep; of several the largest is the whole picture. */
function readAvif(bytes: DataView): ImageLook | undefined {
  if (!hasText(bytes, 4, "ftypavi")) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let largest: ImageLook | undefined;
  for (let at = buffer.indexOf("ispe"); at !== -1; at = buffer.indexOf("ispe", at + 4)) {
    const [width, height] = [bytes.getUint32(at + 8), bytes.getUint32(at + 12)];
    if (!largest || width * height > largest.width * largest.height) {
      largest = { contentType: "image/avif", width, height };
    }
  }
  return largest;
}
