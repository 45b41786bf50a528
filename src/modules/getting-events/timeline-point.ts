import { parseTimelineToken } from "../../engine/streams/timeline-token.ts";
import { invalidParam } from "../../http/errors.ts";

/**
 * The point of the timeline that a query parameter names: tokens of `/messages` and `/sync` are taken too.
 * @throws MatrixError `M_INVALID_PARAM`
 */
export function timelinePoint(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const token = parseTimelineToken(text);
  if (!token) throw invalidParam(`\`${name}\` is no token of this server`);
  return token.before;
}
