import type { Change } from "../../bus/change.ts";
import type { SyncToken } from "./sync-token.ts";

/** What a sync answer is made for. */
export interface SectionRequest {
  readonly userId: string;
  readonly deviceId: string;
  /** From where on changes are wanted; `undefined`: everything (initial sync, or `full_state`). */
  readonly since: SyncToken | undefined;
  /** What the client has: as `since`, but there even when everything is wanted again (`full_state`). */
  readonly acknowledged: SyncToken | undefined;
  /** Up to where: nothing later may be told. */
  readonly now: SyncToken;
  /** The changes in between; `undefined` when they are not known and the database must tell. */
  readonly changes: readonly Change[] | undefined;
  /** Keeps an event or not, by the filter of the request for this section. */
  readonly keeps: (section: FilteredSection, type: string, sender: string | undefined, roomId?: string) => boolean;
  /** Unread notifications of threads are wanted apart from those of the main timeline. */
  readonly unreadThreadNotifications?: boolean;
  /** The most events that the filter of the request wants of this section; without, as many as there are. */
  readonly limitOf?: (section: FilteredSection) => number | undefined;
}

export type FilteredSection = "account_data" | "presence" | "room.account_data" | "room.ephemeral";

/** What a module adds to one joined room: events as JSON texts, and whole members. */
export interface RoomAddition {
  readonly ephemeral?: readonly string[];
  readonly accountData?: readonly string[];
  /** Further members of the room's object, name to JSON text, e.g. `unread_notifications`. */
  readonly members?: Readonly<Record<string, string>>;
}

/** What a module adds beside the rooms. */
export interface TopAddition {
  /** Members at the top of the answer, name to JSON text, e.g. `account_data` to `{"events":[…]}`. */
  readonly members?: Readonly<Record<string, string>>;
  /** How far messages to the device are told, when more wait: for the next token. */
  readonly toDeviceUpTo?: number;
}

/**
 * What a module contributes to `/sync`. A section is asked when a change of one of its kinds came, on every initial
 * sync, and for rooms also when one is told from the start; it answers with nothing when there is nothing to tell.
 */
export interface SyncSection {
  /** Kinds of changes that concern it, as in `Change.kind`. */
  readonly kinds: readonly string[];
  /** Whether a change of one of its kinds concerns it; without, each does. Of events most concern few sections. */
  isAbout?(change: Change): boolean;
  /**
   * Whether it is to be asked although nothing of its kinds changed: more waits than the last answer told, or the token
   * says that the client has something. Called on every sync, so it must ask no database.
   */
  isDue?(device: { readonly userId: string; readonly deviceId: string }, since: SyncToken): boolean;
  top?(request: SectionRequest): Promise<TopAddition>;
  /**
   * Additions to joined rooms. The rooms of `inFull` are told from the start (initial sync, or the user joined since):
   * they want all of the section; every other room what changed.
   */
  rooms?(request: SectionRequest, inFull: readonly string[]): Promise<ReadonlyMap<string, RoomAddition>>;
  /**
   * Additions to every joined room that the answer tells of, whatever made it do so: for what clients take as absent when
   * it is not said again. Asked even when nothing of its kinds changed.
   */
  everyRoom?(request: SectionRequest, told: readonly string[]): Promise<ReadonlyMap<string, RoomAddition>>;
  /**
   * Members at the top of every answer, name to JSON text, whatever made the answer: for what clients take as absent when
   * it is not said again. An answer with nothing else counts as one that has nothing to tell.
   */
  everyAnswer?(request: SectionRequest): Promise<Readonly<Record<string, string>>>;
}
