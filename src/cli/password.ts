import { randomInt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandError } from "./failure.ts";

/** Without letters and digits that look alike. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** Four groups of five characters: 100 bits, and still readable from a screen. */
export function generatePassword(): string {
  const characters = Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return characters.replace(/.{5}(?=.)/g, "$&-");
}

/** The first line of a file, or of standard input when the file is `-`. */
export async function readPassword(file: string, minimumLength: number): Promise<string> {
  const content = file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  const [password = ""] = content.split(/\r?\n/);
  if (password.length < minimumLength) {
    throw new CommandError(`the password must have at least ${minimumLength} characters (passwords.minimum_length)`);
  }
  return password;
}
