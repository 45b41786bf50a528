import type { Findings } from "./page/findings.ts";
import { linkedFrom } from "./target.ts";
import { plainText } from "./text.ts";

/** What clients are told of a page: members of OpenGraph, and of Matrix. */
export type PreviewJson = Readonly<Record<string, string | number>>;

const LONGEST_TITLE = 200;
const LONGEST_DESCRIPTION = 500;
const LONGEST_OTHER = 300;
/** Beside title and description. */
const MOST_MEMBERS = 30;

/** Of a picture only what this server says of it is told; what Twitter's cards say is told by other names. */
const toldOtherwise = /^(twitter:|og:(title|description|image)\b)/;
const ofUrls = /^og:(url|see_also|(video|audio)(:url|:secure_url)?)$/;
const ofNumbers = /:(width|height|duration|release_year|disc|track)$/;
/** A text of this form, which clients may make a link of, leads to no page. */
const STRANGE_SCHEME = /^\s*(?!https?:)[a-z][a-z0-9+.-]*:(?=\S)/i;

/** What a page says of itself, by what is to be told of it. */
export interface PageSummary {
  readonly members: PreviewJson;
  /** What relative URLs of the page start from. */
  readonly base: URL;
  readonly picture: URL | undefined;
  readonly pictureText: string;
  /** Where more is said of the page; asked when something is not. */
  readonly oembed: URL | undefined;
}

/** @see https://ogp.me/ */
export function summaryOf(findings: Findings, url: URL): PageSummary {
  const { properties } = findings;
  const base = linkedFrom(findings.base, url) ?? url;
  const picture = first(
    properties,
    "og:image",
    "og:image:url",
    "og:image:secure_url",
    "twitter:image",
    "twitter:image:src",
  );
  return {
    members: {
      ...titled(
        first(properties, "og:title", "twitter:title") ?? (findings.title || findings.heading),
        first(properties, "og:description", "twitter:description", "description") ?? findings.paragraph,
      ),
      ...Object.fromEntries([...properties].flatMap((property) => memberOf(property, base)).slice(0, MOST_MEMBERS)),
    },
    base,
    picture: linkedFrom(picture ?? findings.picture, base),
    pictureText: plainText(properties.get("og:image:alt") ?? "", LONGEST_OTHER),
    oembed: linkedFrom(findings.oembed, base),
  };
}

/** The two members that clients show first; what is empty is left out. */
export function titled(title: string, description: string): PreviewJson {
  const members = {
    "og:title": plainText(title, LONGEST_TITLE),
    "og:description": plainText(description, LONGEST_DESCRIPTION),
  };
  return Object.fromEntries(Object.entries(members).filter(([, text]) => text !== ""));
}

/** Text beside the two. */
export const otherText = (text: string): string => plainText(text, LONGEST_OTHER);

const first = (properties: ReadonlyMap<string, string>, ...names: readonly string[]): string | undefined =>
  names.map((name) => properties.get(name)).find((value) => value !== undefined);

function memberOf([name, written]: readonly [string, string], base: URL): [string, string | number][] {
  if (toldOtherwise.test(name) || !name.includes(":")) return [];
  if (ofNumbers.test(name)) return /^\d{1,6}$/.test(written) ? [[name, Number(written)]] : [];
  const value = ofUrls.test(name) ? linkedFrom(written, base)?.href : otherText(written);
  return value === undefined || value === "" || STRANGE_SCHEME.test(value) ? [] : [[name, value]];
}
