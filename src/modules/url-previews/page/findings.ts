import type { Handler } from "htmlparser2";

/** No page that people made is nested deeper; and what is costs the parser more with each level. */
const DEEPEST = 256;
const MOST_PROPERTIES = 100;
const LONGEST_VALUE = 4096;
/** A shorter one is a caption, a date or a button. */
const SHORTEST_PARAGRAPH = 40;
/** Smaller pictures are icons, and those that count visitors. */
const SMALLEST_SIDE = 64;

const PROPERTY = /^(og|article|book|profile|music|video|twitter):[a-z0-9_:-]{1,60}$/;
const withoutText = new Set("script style noscript template svg iframe textarea select nav footer aside".split(" "));
const ofBody = new Set("body main article section header div p h1 img table".split(" "));

type Attributes = Readonly<Record<string, string>>;

/** What was found in a page, as it stands there. */
export class Findings implements Partial<Handler> {
  /** By the names of `<meta>`, in lower case; of several of a name the first that says something. */
  readonly properties = new Map<string, string>();
  title = "";
  heading = "";
  paragraph = "";
  /** Where the first picture is that is large enough for one. */
  picture = "";
  /** What relative URLs start from; `''` = the page's own. */
  base = "";
  oembed = "";
  /** Enough has been seen, or too much. */
  isDone = false;
  #depth = 0;
  /** The depth of an element whose text is not for people. */
  #skippedAt: number | undefined;
  #isInBody = false;
  #captured: { readonly name: "title" | "h1" | "p"; readonly depth: number; text: string } | undefined;

  onopentagname(): void {
    this.#depth++;
    if (this.#depth > DEEPEST) this.isDone = true;
  }

  onopentag(name: string, attributes: Attributes): void {
    if (this.#skippedAt !== undefined || this.isDone) return;
    if (withoutText.has(name)) this.#skippedAt = this.#depth;
    if (ofBody.has(name)) this.#enterBody();
    if (name === "meta") this.#addProperty(attributes);
    else if (name === "link") this.#addLink(attributes);
    else if (name === "base") this.base ||= cut(attributes["href"]);
    else if (name === "img") this.#addPicture(attributes);
    else this.#beginText(name);
  }

  ontext(text: string): void {
    const captured = this.#captured;
    if (!captured || this.#skippedAt !== undefined || captured.text.length >= LONGEST_VALUE) return;
    captured.text = (captured.text + text).slice(0, LONGEST_VALUE);
  }

  onclosetag(name: string): void {
    if (this.#captured?.depth === this.#depth) this.#endText(this.#captured);
    if (this.#skippedAt === this.#depth) this.#skippedAt = undefined;
    this.#depth--;
    if (name === "head") this.#enterBody();
  }

  onend(): void {
    if (this.#captured) this.#endText(this.#captured);
  }

  #beginText(name: string): void {
    if (this.#captured) return;
    const isWanted =
      (name === "title" && this.title === "") ||
      (name === "h1" && this.heading === "") ||
      (name === "p" && this.paragraph === "");
    if (isWanted) this.#captured = { name, depth: this.#depth, text: "" };
  }

  #endText({ name, text }: { readonly name: "title" | "h1" | "p"; readonly text: string }): void {
    this.#captured = undefined;
    const trimmed = text.trim();
    if (name === "title") this.title = trimmed;
    else if (name === "h1") this.heading = trimmed;
    else if (trimmed.length >= SHORTEST_PARAGRAPH) this.paragraph = trimmed;
    if (this.#isInBody) this.#enterBody();
  }

  /** The head is over: what it lacks is looked for in the body, and no more. */
  #enterBody(): void {
    this.#isInBody = true;
    const hasTitle = this.properties.has("og:title") || this.title !== "" || this.heading !== "";
    const hasDescription = this.properties.has("og:description") || this.properties.has("description");
    if (hasTitle && (hasDescription || this.paragraph !== "")) this.isDone = true;
  }

  #addProperty(attributes: Attributes): void {
    const name = (attributes["property"] ?? attributes["name"] ?? "").slice(0, 80).trim().toLowerCase();
    const value = cut(attributes["content"]);
    if (value === "" || this.properties.has(name) || this.properties.size >= MOST_PROPERTIES) return;
    if (name === "description" || PROPERTY.test(name)) this.properties.set(name, value);
  }

  #addLink(attributes: Attributes): void {
    const relations = (attributes["rel"] ?? "").slice(0, 200).toLowerCase().split(/\s+/);
    const isOembed = attributes["type"]?.toLowerCase() === "application/json+oembed";
    if (isOembed && relations.includes("alternate")) this.oembed ||= cut(attributes["href"]);
    if (relations.includes("image_src")) this.picture ||= cut(attributes["href"]);
  }

  #addPicture({ src, width, height }: Attributes): void {
    const isLarge = [width, height].every((side) => side === undefined || !(Number.parseInt(side, 10) < SMALLEST_SIDE));
    if (isLarge && !src?.startsWith("data:")) this.picture ||= cut(src);
  }
}

/** Longer URLs are of no use, cut off even less; longer texts are cut off anyway. */
const cut = (value: string | undefined): string => (value ?? "").slice(0, LONGEST_VALUE + 1).trim();
