/**
 * Called before a user refuses an invite. Throws when the invite is one that cannot be refused: that to the room of the
 * server's notices.
 */
export type CheckRefusal = (userId: string, roomId: string) => Promise<void>;
