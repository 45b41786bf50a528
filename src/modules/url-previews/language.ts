const MOST_LANGUAGES = 4;
const TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;

/**
 * The languages that a client wants, in the form that pages are asked with: so that what differs in form alone is one
 * preview, and that nothing else of the client's header is told.
 * @param byDefault when the client names none
 */
export function languagesOf(header: string | undefined, byDefault: string): string {
  const wanted = (header ?? "").slice(0, 200).split(",").flatMap(parseOne);
  wanted.sort((a, b) => b.weight - a.weight);
  const tags = [...new Set(wanted.map(({ tag }) => tag))].slice(0, MOST_LANGUAGES);
  if (tags.length === 0) return byDefault;
  return tags.map((tag, index) => (index === 0 ? tag : `${tag};q=${(1 - index / 10).toFixed(1)}`)).join(", ");
}

function parseOne(text: string): { readonly tag: string; readonly weight: number }[] {
  const [tag = "", parameter = ""] = text.split(";", 2).map((part) => part.trim());
  const [, weight = "1"] = /^q=(\d(?:\.\d{1,3})?)$/.exec(parameter) ?? [];
  return TAG.test(tag) && Number(weight) > 0 ? [{ tag, weight: Number(weight) }] : [];
}
