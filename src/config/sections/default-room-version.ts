import { type Static, Type } from "typebox";
import { section } from "../section.ts";

const names = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"] as const;

const schema = Type.Enum(names, {
  default: "12",
  formName: 'a room version in quotes, "1" to "12"',
  description: "The version of rooms made without naming one: `1` to `12`, in quotes.",
});

/** A room version of the specification, `"1"` to `"12"`. */
export type RoomVersionName = Static<typeof schema>;

export const defaultRoomVersion = section({
  key: "default_room_version",
  schema,
  resolve: (written): RoomVersionName => written,
});
