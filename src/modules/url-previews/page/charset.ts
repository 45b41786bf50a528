/** As many bytes of a page are looked at for a declaration, by the rules of HTML. */
export const DECLARATION_BYTES = 1024;

/** Byte order marks, which decide before all else. */
const marks: readonly (readonly [charset: string, bytes: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16be", [0xfe, 0xff]],
  ["utf-16le", [0xff, 0xfe]],
];

/**
 * What reads the bytes of a page as text: by its byte order mark, by the header, by what it declares itself, or by what it
 * looks like. What cannot be read becomes U+FFFD.
 * @param head the first `DECLARATION_BYTES`, or all when there are less
 * @see https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
 */
export function decoderOf(head: Uint8Array, contentType: string | undefined): TextDecoder {
  const marked = marks.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  const [, named] = /;\s*charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? "") ?? [];
  for (const charset of [marked?.[0], named, declaredIn(head)]) {
    const decoder = charset === undefined ? undefined : tryDecoder(charset);
    if (decoder) return decoder;
  }
  return new TextDecoder(isUtf8(head) ? "utf-8" : "windows-1252");
}

/** In `<meta charset>`, `<meta http-equiv>` or `<?xml encoding?>`. */
function declaredIn(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.subarray(0, DECLARATION_BYTES)).toString("latin1");
  const [, charset] = /<(?:meta|\?xml)\b[^>]{0,500}?\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)/i.exec(text) ?? [];
  // It could not have been read, were it true.
  return charset?.toLowerCase().startsWith("utf-16") ? "utf-8" : charset;
}

function tryDecoder(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch (error) {
    // A name that nobody knows, or that must not be used.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Cut off within a character it is still UTF-8. */
function isUtf8(head: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
