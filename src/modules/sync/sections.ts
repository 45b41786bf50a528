import type { Change } from "../../bus/change.ts";
import type { Viewer } from "../../engine/rooms/viewer.ts";
import type { SyncSection } from "../../engine/streams/section.ts";
import type { SyncToken } from "../../engine/streams/sync-token.ts";
import type { SyncContext } from "./sync-context.ts";

type With<Member extends keyof SyncSection> = SyncSection & Required<Pick<SyncSection, Member>>;
/** A section with something beside the rooms. */
export type AtTop = With<"top">;
/** A section with something in rooms. */
export type OfRooms = With<"rooms">;

/** The modules' sections by what they have to say, so that none is asked for what it never has. */
export interface Sections {
  readonly atTop: readonly AtTop[];
  readonly ofRooms: readonly OfRooms[];
  readonly ofEveryRoom: readonly With<"everyRoom">[];
  readonly ofEveryAnswer: readonly With<"everyAnswer">[];
  readonly due: readonly With<"isDue">[];
}

export const sectionsBy = (all: readonly SyncSection[]): Sections => ({
  atTop: all.filter(has("top")),
  ofRooms: all.filter(has("rooms")),
  ofEveryRoom: all.filter(has("everyRoom")),
  ofEveryAnswer: all.filter(has("everyAnswer")),
  due: all.filter(has("isDue")),
});

const has =
  <Member extends keyof SyncSection>(member: Member) =>
  (section: SyncSection): section is With<Member> =>
    section[member] !== undefined;

/** A section is asked when something of its kind changed, when what changed is not known, and when it is due anyway. */
export function wantedOf<S extends SyncSection>(sections: readonly S[], context: SyncContext): readonly S[] {
  const { changes, since, fullState, viewer } = context;
  if (!changes || !since || fullState) return sections;
  return sections.filter(
    (section) => changes.some((change) => isFor(change, section)) || section.isDue?.(viewer, since) === true,
  );
}

const isFor = (change: Change, section: SyncSection): boolean =>
  section.kinds.includes(change.kind) && section.isAbout?.(change) !== false;

/** Whether a section has something to do for a client that stands at `since`, although nothing changed. */
export const isAnyDue = ({ due }: Sections, viewer: Viewer, since: SyncToken): boolean =>
  due.some((section) => section.isDue(viewer, since));
