import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { maySee } from "../../engine/rooms/visibility.ts";
import { relationIn } from "../../engine/rooms/relation.ts";
import { duplicateAnnotation, unknownError } from "../../http/errors.ts";
import { InTurn } from "../../in-turn.ts";
import type { Sql } from "../../store/sql.ts";
import { type ChildRelation, childRelation } from "./child.ts";
import { hasAnnotation } from "./relations.store.ts";

interface Needs {
  readonly rooms: Rooms;
  readonly sql: Sql;
}

/** Sends events of local users, but for children against the rules of their relation. */
export class RelationRules {
  readonly #needs: Needs;
  /** Of two that annotate the same event alike at once, the second one finds the first. */
  readonly #annotating = new InTurn();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * As `Rooms.send`.
   * @throws MatrixError `M_DUPLICATE_ANNOTATION`; 400 `M_UNKNOWN` for a thread that starts from a child; and as
   * `Rooms.send`.
   */
  async send(roomId: string, draft: EventDraft): Promise<StoredEvent> {
    const { rooms } = this.#needs;
    const relation = childRelation(draft.content);
    // Who may not speak here is refused by the room, and is told nothing about its events.
    if (!relation || !(await this.#isMember(roomId, draft.sender))) return await rooms.send(roomId, draft);
    if (relation.relType === "m.thread") await this.#checkRoot(roomId, draft.sender, relation.parentId);
    if (relation.annotationKey === undefined) return await rooms.send(roomId, draft);
    return await this.#annotate(roomId, draft, relation);
  }

  async #isMember(roomId: string, userId: string): Promise<boolean> {
    const member = await this.#needs.rooms.read(roomId, (room) => room.state("m.room.member", userId));
    return member?.pdu.content["membership"] === "join";
  }

  /**
   * No thread starts from an event that is a child itself. Rich replies are none.
   * @see https://spec.matrix.org/v1.19/client-server-api/#validation-of-mthread-relationships
   */
  async #checkRoot(roomId: string, userId: string, rootId: string): Promise<void> {
    const { rooms } = this.#needs;
    const root = await rooms.events.byId(rootId);
    if (root?.roomId !== roomId || !relationIn(root.pdu.content)) return;
    // What the user may not see is as if it were not there: no thread starts from it either.
    if (!(await maySee(rooms, await rooms.require(roomId), userId, root))) return;
    throw unknownError(400, "A thread cannot start from an event that relates to another");
  }

  /** @see https://spec.matrix.org/v1.19/client-server-api/#avoiding-duplicate-annotations */
  async #annotate(
    roomId: string,
    draft: EventDraft,
    { parentId, annotationKey = "" }: ChildRelation,
  ): Promise<StoredEvent> {
    const { rooms, sql } = this.#needs;
    const { type, sender } = draft;
    const key = JSON.stringify([roomId, parentId, type, sender, annotationKey]);
    return await this.#annotating.run(key, async () => {
      const { nid: roomNid } = await rooms.require(roomId);
      // A type with NUL is no event's, and PostgreSQL takes none.
      const isTaken =
        !type.includes("\u0000") && (await hasAnnotation(sql, { roomNid, parentId, annotationKey, type, sender }));
      if (isTaken) throw duplicateAnnotation("You have annotated this event with the same key already");
      return await rooms.send(roomId, draft);
    });
  }
}
