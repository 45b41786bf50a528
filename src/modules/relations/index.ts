import type { Clock } from "../../clock.ts";
import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import type { Sql } from "../../store/sql.ts";
import type { IgnoredBy } from "../account-data/index.ts";
import type { Module } from "../module.ts";
import { bundleDecorator, type DecorationNeeds } from "./decoration.ts";
import { relationsFollower } from "./follower.ts";
import { RelationRules } from "./relation-rules.ts";
import { relationsEndpoints } from "./relations.endpoint.ts";
import { SharedThreads } from "./shared-threads.ts";
import { Summaries } from "./summaries.ts";
import { getThreadRoots } from "./threads.endpoint.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ignoredBy: IgnoredBy;
  /** Whether an event that was edited is told with its new content, as up to v1.6; since v1.7 its own is told. */
  readonly replaceEditedContent: boolean;
}

/** What relates to what. */
export interface Relations extends DecorationNeeds {
  readonly clock: Clock;
  readonly sharedThreads: SharedThreads;
  /** As `Rooms.send`, but refuses what is against the rules of its relation. See `RelationRules.send`. */
  readonly send: (roomId: string, draft: EventDraft) => Promise<StoredEvent>;
}

/** Keeps relations from now on, and adds them to events on their way to clients. */
export function createRelations(needs: Needs): Relations {
  const { rooms } = needs;
  const rules = new RelationRules(needs);
  const summaries = new Summaries(needs.sql);
  const sharedThreads = new SharedThreads();
  const made = {
    ...needs,
    summaries,
    sharedThreads,
    send: async (roomId: string, draft: EventDraft) => await rules.send(roomId, draft),
  };
  rooms.follow(relationsFollower(summaries, sharedThreads));
  rooms.decorateWith(bundleDecorator(made));
  return made;
}

/** Events that relate to events: edits, reactions, references and threads. */
export const relations = (made: Relations): Module => ({
  name: "relations",
  spec: [
    {
      section: "Forming relationships between events",
      link: "https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events",
      status: "complete",
    },
    {
      section: "Event replacements",
      link: "https://spec.matrix.org/v1.19/client-server-api/#event-replacements",
      status: "complete",
    },
    { section: "Threading", link: "https://spec.matrix.org/v1.19/client-server-api/#threading", status: "complete" },
    {
      section: "Event annotations and reactions",
      link: "https://spec.matrix.org/v1.19/client-server-api/#event-annotations-and-reactions",
      status: "complete",
    },
    {
      section: "Reference relations",
      link: "https://spec.matrix.org/v1.19/client-server-api/#reference-relations",
      status: "complete",
    },
  ],
  features: [
    "org.matrix.msc3440",
    "org.matrix.msc3440.stable",
    "org.matrix.msc3856",
    "org.matrix.msc3856.stable",
    "org.matrix.msc3715",
    "org.matrix.msc3715.stable",
    "org.matrix.msc3981",
  ],
  endpoints: [...relationsEndpoints(made), getThreadRoots(made)],
});
