/**
 * How texts are found. Two languages are built in. A folder of the operator's may change single texts or add languages:
 * `fr.yaml`, `en.json`, … hold keys and texts as those of `texts/en.ts`; what a file leaves out is English. Which language
 * a person gets is decided by what the browser or client asks for, else by the configuration.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import { parse as parseYaml } from "yaml";
import { german } from "./texts/de.ts";
import { english, type Texts } from "./texts/en.ts";

export type { Texts } from "./texts/en.ts";

/** The key of a text. */
export type TextKey = keyof Texts;

/** Texts by language (`en`, `de`, `pt-br`), all complete. */
export type TextsByLanguage = ReadonlyMap<string, Texts>;

const builtIn: TextsByLanguage = new Map([
  ["en", english],
  ["de", german],
]);

/** Larger files are not read: nobody writes so much by hand. */
const MAX_FILE_BYTES = 262_144;

/**
 * All texts there are.
 * @param folder the operator's, or none
 * @param problem told of each file that cannot be used, in words for an operator
 */
export function readTexts(folder: string | undefined, problem: (message: string) => void): TextsByLanguage {
  const texts = new Map(builtIn);
  for (const file of folder === undefined ? [] : list(folder, problem)) {
    const language = parse(file).name.toLowerCase();
    const changes = readFile(join(folder ?? "", file), (message) => problem(`${file}: ${message}`));
    texts.set(language, { ...(texts.get(language) ?? { ...english, language }), ...changes });
  }
  return texts;
}

function list(folder: string, problem: (message: string) => void): string[] {
  try {
    return readdirSync(folder).filter((file) => /^[a-z]{2,3}(-[a-z0-9]{2,8})*\.(ya?ml|json)$/i.test(file));
  } catch (error) {
    problem(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function readFile(path: string, problem: (message: string) => void): Partial<Texts> {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length > MAX_FILE_BYTES) throw new Error(`is longer than ${MAX_FILE_BYTES} bytes`);
    return checkTexts(parseYaml(text, { maxAliasCount: 0 }), problem);
  } catch (error) {
    problem(error instanceof Error ? error.message : String(error));
    return {};
  }
}

function checkTexts(written: unknown, problem: (message: string) => void): Partial<Texts> {
  const members = typeof written === "object" && written !== null ? Object.entries(written) : [];
  const changes: Partial<Record<TextKey, string>> = {};
  for (const [key, value] of members) {
    if (!isTextKey(key)) problem(`${key} is no text that there is`);
    else if (typeof value !== "string" || value === "") problem(`${key} must be a text`);
    else {
      const unknown = placeholdersOf(value).filter((name) => !known[placeOf(key)].includes(name));
      if (unknown.length > 0) problem(`${key} has no {${unknown.join("}, {")}} that could be put in`);
      changes[key] = value;
    }
  }
  return changes;
}

const isTextKey = (key: string): key is TextKey => Object.hasOwn(english, key);

/** What can be put in, by where the text stands. */
const known: Readonly<Record<Place, readonly string[]>> = {
  mail: ["service", "minutes"],
  sms: ["service", "code"],
  page: ["service", "address"],
};

type Place = "mail" | "sms" | "page";

function placeOf(key: TextKey): Place {
  if (key.startsWith("mail.")) return "mail";
  return key.startsWith("sms.") ? "sms" : "page";
}

const placeholdersOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);

/** Puts values in the place of `{name}`; what has no value stays. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The texts in the first language that a person asks for and that is there. */
export interface Translations {
  /** @param accepted an `Accept-Language` header; without one, or without a match, the configured language */
  for(accepted: string | undefined): Texts;
}

/** @param fallback a language of `texts` */
export function createTranslations(texts: TextsByLanguage, fallback: string): Translations {
  const byDefault = texts.get(fallback.toLowerCase()) ?? english;
  return {
    for(accepted) {
      for (const language of languagesOf(accepted ?? "")) {
        const found = texts.get(language) ?? texts.get(language.split("-")[0] ?? "");
        if (found) return found;
      }
      return byDefault;
    },
  };
}

/** Languages of an `Accept-Language` header, the dearest first. Headers are of bounded length. */
function languagesOf(header: string): string[] {
  const wishes = header.split(",").map((part) => {
    const [language = "", ...parameters] = part.trim().toLowerCase().split(";");
    const weight = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((found) => found !== undefined);
    return { language, weight: weight === undefined ? 1 : Number(weight) };
  });
  const wanted = wishes.filter(({ weight }) => weight > 0);
  return wanted.toSorted((a, b) => b.weight - a.weight).map(({ language }) => language);
}
