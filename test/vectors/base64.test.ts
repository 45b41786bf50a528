import assert from "node:assert/strict";
import { decodeBase64, encodeBase64 } from "../../src/protocol/json/base64.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Vectors {
  readonly encode: readonly { readonly input_utf8: string; readonly unpadded_base64: string }[];
  readonly decode: readonly { readonly input: string; readonly output_utf8: string }[];
  readonly alphabet: string;
  readonly urlsafe_alphabet: string;
}

specTest("base64 is written without padding", () => {
  const { encode }: Vectors = readVectors("base64");
  for (const { input_utf8: input, unpadded_base64: text } of encode) {
    assert.equal(encodeBase64(Buffer.from(input)), text);
    assert.equal(textOf(decodeBase64(text)), input);
  }
});

specTest("padded base64 is read", () => {
  const { decode }: Vectors = readVectors("base64");
  for (const { input, output_utf8: output } of decode) assert.equal(textOf(decodeBase64(input)), output);
});

specTest("the alphabets are those of the text", () => {
  const vectors: Vectors = readVectors("base64");
  for (const [alphabet, letters] of [
    ["standard", vectors.alphabet],
    ["url", vectors.urlsafe_alphabet],
  ] as const) {
    const bytes = decodeBase64(letters, alphabet);
    assert.equal(bytes && encodeBase64(bytes, alphabet), letters);
  }
});

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();
