/**
 * Thrown by a follower, or by whatever computes with a room, when it needs something of its own that is not in memory: it
 * is loaded, and all of the unit of work is done again.
 */
export class NotLoaded extends Error {
  override readonly name = "NotLoaded";
  readonly load: () => Promise<void>;
  constructor(load: () => Promise<void>) {
    super("Something must be loaded");
    this.load = load;
  }
}
